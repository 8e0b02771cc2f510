"""Densities, fluxes and node terms of the coupled system, with their derivatives.

Every node reads S(u) + F_right − F_left = 0 with the flux F linearised as
G (x_k − x_{k+1}) + H x_{k+1}; `unknowns` names the rows and columns.
"""

import math

import numpy as np
from numba import njit

from .device import Device
from .fluxes import carrier_flux, vacancy_flux
from .schottky import lowering
from .statistics import log_density, vacancy
from .unknowns import (
    BY_Y,
    DC_DV,
    DENSITY,
    DGAMMA_A,
    DROP_Y,
    ELECTRONS,
    GAMMA,
    GAMMA_A,
    HOLES,
    LEFT,
    LEVEL,
    LEVEL_ROUNDING,
    LOG_SLOPE,
    OWN,
    POISSON,
    RIGHT,
    SLOPE,
    VACANCIES,
    XI_N,
    XI_P,
    C,
    N,
    P,
    State,
    V,
    Work,
    Y,
    charge,
    reduced_level,
)

RIGID = 1e25  # 1/V: stiffness of a contact whose barrier does not respond to the field


@njit(cache=True, error_model="numpy")
def evaluate(device: Device, state: State, work: Work) -> None:
    """Compute densities at the nodes and fluxes, with derivatives, over the edges."""
    # Arrays by name: a call that hands on whole tuples of arrays costs more than its work.
    u, w, density, excess = state.u, state.w, work.density, work.excess
    fluxes, G, H, edge = work.flux, work.G, work.H, device.h
    for k in range(u.shape[1]):
        for s in range(2):
            eta = reduced_level(device.E_g, u, s, k)
            log_f, g, f = log_density(eta, device.boltzmann)
            density[s, k] = (device.N_c if s == N else device.N_v) * f
            excess[GAMMA + 2 * s, k] = eta - log_f
            excess[SLOPE + 2 * s, k] = g
        c, dc_dv, gamma, dgamma_dv = vacancy(u[V, k])
        density[C, k], excess[DC_DV, k] = c, dc_dv
        excess[GAMMA_A, k], excess[DGAMMA_A, k] = gamma, dgamma_dv
    for k in range(edge.size):
        h = edge[k]
        dy = w[DROP_Y, k]
        stiffness = device.eps * device.U_T / h
        fluxes[POISSON, k] = -stiffness * dy
        G[k, POISSON, BY_Y] = stiffness
        for s in range(2):
            diffusion = device.D_n if s == N else device.D_p
            i, gamma_s, slope_s = ELECTRONS + s, GAMMA + 2 * s, SLOPE + 2 * s
            start = (density[s, k], excess[gamma_s, k], excess[slope_s, k])
            end = (density[s, k + 1], excess[gamma_s, k + 1], excess[slope_s, k + 1])
            flux, g_y, g_own, h_y, h_own = carrier_flux(
                diffusion / h, 1.0 - 2.0 * s, dy, w[s, k], start, end
            )
            fluxes[i, k] = flux
            G[k, i, BY_Y], G[k, i, OWN] = g_y, g_own
            H[k, i, BY_Y], H[k, i, OWN] = h_y, h_own
        left = _vacancies(density, excess, k)
        right = _vacancies(density, excess, k + 1)
        flux, g_y, g_own, h_own = vacancy_flux(device.D_x / h, device.z_a, dy, left, right)
        fluxes[VACANCIES, k] = flux
        G[k, VACANCIES, BY_Y], G[k, VACANCIES, OWN] = g_y, g_own
        H[k, VACANCIES, OWN] = h_own


@njit(cache=True, error_model="numpy", inline="always")
def _vacancies(density: np.ndarray, excess: np.ndarray, k: int) -> tuple:
    """Return c, dc/dv, γ and dγ/dv at node k."""
    return density[C, k], excess[DC_DV, k], excess[GAMMA_A, k], excess[DGAMMA_A, k]


@njit(cache=True, error_model="numpy")
def assemble(
    device: Device,
    state: State,
    work: Work,
    voltage: float,
    equilibrium: np.ndarray,
    a0: float,
    history: np.ndarray,
) -> None:
    """Fill the node terms: charge, storage a0·n − history, emission and barrier lowering.

    Args:
        device: The device.
        state: Where to linearise.
        work: Filled here, after `evaluate`.
        voltage: U of the right contact, in V.
        equilibrium: Density in m⁻³, d log F/dη and η of equilibrium, for each side and for
            electrons and holes, shape [2, 2, 3].
        a0: Leading coefficient of the time derivative, in 1/s.
        history: The derivative's known part for n, p, c, shape [3, node].
    """
    n, p, c = work.density
    storage, dstorage, excess, cells = work.storage, work.dstorage, work.excess, device.cell
    last = cells.size - 1
    for k in range(last + 1):
        cell = cells[k]
        dn, dp = n[k] * excess[SLOPE, k], p[k] * excess[SLOPE + 2, k]
        out_n = out_p = velocity_n = velocity_p = 0.0
        if k in (0, last):
            side = LEFT if k == 0 else RIGHT
            velocity_n, velocity_p = device.v_n, device.v_p
            out_n = device.v_n * _surplus(device, state, work, equilibrium, k, side, N)
            out_p = device.v_p * _surplus(device, state, work, equilibrium, k, side, P)
        storage[POISSON, k] = -cell * (device.z_a * device.N_x * c[k] + p[k] - n[k] + device.C)
        storage[ELECTRONS, k] = cell * (a0 * n[k] - history[N, k]) + out_n
        storage[HOLES, k] = cell * (a0 * p[k] - history[P, k]) + out_p
        storage[VACANCIES, k] = cell * (a0 * c[k] - history[C, k])
        by = dstorage[k]
        by[POISSON, Y], by[POISSON, XI_N] = cell * (dn + dp), cell * dn
        by[POISSON, XI_P] = -cell * dp
        by[POISSON, V] = -cell * device.z_a * device.N_x * excess[DC_DV, k]
        by[ELECTRONS, Y] = by[ELECTRONS, XI_N] = (cell * a0 + velocity_n) * dn
        by[HOLES, XI_P] = (cell * a0 + velocity_p) * dp
        by[HOLES, Y] = -by[HOLES, XI_P]
        by[VACANCIES, V] = cell * a0 * excess[DC_DV, k]
        work.border[k] = 0.0
    _contact(device, state, work, 0, 0.0)
    _contact(device, state, work, last, voltage)


@njit(cache=True, error_model="numpy")
def _surplus(
    device: Device, state: State, work: Work, equilibrium: np.ndarray, k: int, side: int, s: int
) -> float:
    """Return n − n_eq of electrons (s = N) or holes at a contact, exact where they nearly agree."""
    column = device.h.size + side
    at_rest = equilibrium[side, s]
    density, slope = at_rest[DENSITY], at_rest[LOG_SLOPE]
    between = reduced_level(device.E_g, state.u, s, k) - at_rest[LEVEL]
    if not abs(state.w[s, column] - between) < LEVEL_ROUNDING:
        state.w[s, column] = between
    deviation = state.w[s, column]
    if abs(deviation) > 1e-3:
        return work.density[s, k] - density
    return density * math.expm1(0.5 * (slope + work.excess[SLOPE + 2 * s, k]) * deviation)


@njit(cache=True, error_model="numpy")
def contact_field(device: Device, state: State, work: Work, k: int) -> float:
    """Field that lowers the barrier at node k (first or last), in V/m, after `assemble`.

    It takes in the charge of the half cell, so it is the scheme's own boundary field.
    """
    enclosed = device.cell[k] * charge(device, work, k)
    if k == 0:
        outer = work.flux[POISSON, 0] - enclosed
        return -outer / device.eps - state.beta[0]
    outer = work.flux[POISSON, k - 1] + enclosed
    return outer / device.eps + state.beta[0]


@njit(cache=True, error_model="numpy")
def _contact(device: Device, state: State, work: Work, k: int, voltage: float) -> None:
    """Turn Poisson's row of a contact into ψ = −φ + Δ(E) + U, scaled like a flux balance."""
    delta, slope = lowering(device.image, contact_field(device, state, work, k))
    phi = device.phi_L if k == 0 else device.phi_R
    misfit = state.u[Y, k] - (delta - phi + voltage) / device.U_T
    stiffness = device.eps * device.U_T * (1.0 / slope if slope > 1.0 / RIGID else RIGID)
    # The outer flux of the row is replaced, so what the generic balance adds is taken out.
    balance = work.flux[POISSON, 0] if k == 0 else -work.flux[POISSON, k - 1]
    work.storage[POISSON, k] = stiffness * misfit - balance
    work.dstorage[k, POISSON, Y] += stiffness
    work.border[k] = device.eps if k == 0 else -device.eps
