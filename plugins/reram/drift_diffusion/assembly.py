"""Densities, fluxes and node terms of the coupled system, with their derivatives.

Every node reads S(u) + F_right − F_left = 0 with the flux F linearised as
G (x_k − x_{k+1}) + H x_{k+1}; unknowns are y = ψ/U_T, ξ_n = −φ_n/U_T, ξ_p = φ_p/U_T and v.
"""

import math

import numpy as np
from numba import njit

from .device import Device
from .fluxes import carrier_flux, vacancy_flux
from .schottky import lowering
from .statistics import log_density, vacancy
from .unknowns import LEVEL_ROUNDING, State, Work, charge, reduced_level

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
            density[s, k] = (device.N_c if s == 0 else device.N_v) * f
            excess[2 * s, k] = eta - log_f
            excess[2 * s + 1, k] = g
        density[2, k], excess[4, k], excess[5, k], excess[6, k] = vacancy(u[3, k])
    for k in range(edge.size):
        h = edge[k]
        dy = w[2, k]
        stiffness = device.eps * device.U_T / h
        fluxes[0, k] = -stiffness * dy
        G[k, 0, 0] = stiffness
        for s in range(2):
            diffusion = device.D_n if s == 0 else device.D_p
            start = (density[s, k], excess[2 * s, k], excess[2 * s + 1, k])
            end = (density[s, k + 1], excess[2 * s, k + 1], excess[2 * s + 1, k + 1])
            flux, g_y, g_own, h_y, h_own = carrier_flux(
                diffusion / h, 1.0 - 2.0 * s, dy, w[s, k], start, end
            )
            fluxes[1 + s, k] = flux
            G[k, 1 + s, 0], G[k, 1 + s, 1] = g_y, g_own
            H[k, 1 + s, 0], H[k, 1 + s, 1] = h_y, h_own
        left = (density[2, k], excess[4, k], excess[5, k], excess[6, k])
        right = (density[2, k + 1], excess[4, k + 1], excess[5, k + 1], excess[6, k + 1])
        flux, g_y, g_own, h_own = vacancy_flux(device.D_x / h, device.z_a, dy, left, right)
        fluxes[3, k] = flux
        G[k, 3, 0], G[k, 3, 1] = g_y, g_own
        H[k, 3, 1] = h_own


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
        dn, dp = n[k] * excess[1, k], p[k] * excess[3, k]
        out_n = out_p = velocity_n = velocity_p = 0.0
        if k in (0, last):
            side = 0 if k == 0 else 1
            velocity_n, velocity_p = device.v_n, device.v_p
            out_n = device.v_n * _surplus(device, state, work, equilibrium, k, side, 0)
            out_p = device.v_p * _surplus(device, state, work, equilibrium, k, side, 1)
        storage[0, k] = -cell * (device.z_a * device.N_x * c[k] + p[k] - n[k] + device.C)
        storage[1, k] = cell * (a0 * n[k] - history[0, k]) + out_n
        storage[2, k] = cell * (a0 * p[k] - history[1, k]) + out_p
        storage[3, k] = cell * (a0 * c[k] - history[2, k])
        dstorage[k, 0, 0], dstorage[k, 0, 1] = cell * (dn + dp), cell * dn
        dstorage[k, 0, 2] = -cell * dp
        dstorage[k, 0, 3] = -cell * device.z_a * device.N_x * excess[4, k]
        dstorage[k, 1, 0] = dstorage[k, 1, 1] = (cell * a0 + velocity_n) * dn
        dstorage[k, 2, 2] = (cell * a0 + velocity_p) * dp
        dstorage[k, 2, 0] = -dstorage[k, 2, 2]
        dstorage[k, 3, 3] = cell * a0 * excess[4, k]
        work.border[k] = 0.0
    _contact(device, state, work, 0, 0.0)
    _contact(device, state, work, last, voltage)


@njit(cache=True, error_model="numpy")
def _surplus(
    device: Device, state: State, work: Work, equilibrium: np.ndarray, k: int, side: int, s: int
) -> float:
    """Return n − n_eq of electrons (s = 0) or holes at a contact, exact where they nearly agree."""
    column = device.h.size + side
    density, slope, eta_equilibrium = equilibrium[side, s]
    between = reduced_level(device.E_g, state.u, s, k) - eta_equilibrium
    if not abs(state.w[s, column] - between) < LEVEL_ROUNDING:
        state.w[s, column] = between
    deviation = state.w[s, column]
    if abs(deviation) > 1e-3:
        return work.density[s, k] - density
    return density * math.expm1(0.5 * (slope + work.excess[2 * s + 1, k]) * deviation)


@njit(cache=True, error_model="numpy")
def contact_field(device: Device, state: State, work: Work, k: int) -> float:
    """Field that lowers the barrier at node k (first or last), in V/m, after `assemble`.

    It takes in the charge of the half cell, so it is the scheme's own boundary field.
    """
    enclosed = device.cell[k] * charge(device, work, k)
    if k == 0:
        outer = work.flux[0, 0] - enclosed
        return -outer / device.eps - state.beta[0]
    outer = work.flux[0, k - 1] + enclosed
    return outer / device.eps + state.beta[0]


@njit(cache=True, error_model="numpy")
def _contact(device: Device, state: State, work: Work, k: int, voltage: float) -> None:
    """Turn Poisson's row of a contact into ψ = −φ + Δ(E) + U, scaled like a flux balance."""
    delta, slope = lowering(device.image, contact_field(device, state, work, k))
    phi = device.phi_L if k == 0 else device.phi_R
    misfit = state.u[0, k] - (delta - phi + voltage) / device.U_T
    stiffness = device.eps * device.U_T * (1.0 / slope if slope > 1.0 / RIGID else RIGID)
    # The outer flux of the row is replaced, so what the generic balance adds is taken out.
    balance = work.flux[0, 0] if k == 0 else -work.flux[0, k - 1]
    work.storage[0, k] = stiffness * misfit - balance
    work.dstorage[k, 0, 0] += stiffness
    work.border[k] = device.eps if k == 0 else -device.eps
