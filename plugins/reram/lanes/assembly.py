"""Densities, fluxes and node terms of eight devices, as `drift_diffusion.assembly` has of one."""

import math
from typing import Any

import numpy as np

from ..drift_diffusion.assembly import RIGID
from ..drift_diffusion.schottky import SMOOTHING_FIELD
from ..drift_diffusion.statistics import SLOW, VANISHING
from ..drift_diffusion.unknowns import (
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
    V,
    Y,
)  # fmt: skip
from .device import CONSTANTS, Lanes
from .functions import exponential, logarithm
from .vector import (
    Eight,
    absolute,
    compiled,
    inlined,
    load,
    root,
    select,
    store,
    which_lanes,
)  # fmt: skip

ROOT_PI = 0.75 * math.sqrt(math.pi)
NONDEGENERATE = -36.0  # η below which F = e^η to rounding
(
    U_T, EPS, N_C, N_V, N_X, DONORS, E_G, E_A, Z_A, D_N, D_P, D_X, V_N, V_P, PHI_L, PHI_R, IMAGE,
    BOLTZMANN, AREA,
) = range(len(CONSTANTS))  # fmt: skip


@inlined
def bernoulli(x: Eight) -> Any:
    """Return B(x) = x/(eˣ − 1) and B′(x)/B(x)."""
    tiny = absolute(x) < 1e-3
    safe = select(tiny, 1.0, x)
    b = safe / exponential(safe)[1]
    near = 1.0 - x * (0.5 - x / 12.0)
    b = select(tiny, near, b)
    return b, select(tiny, (-0.5 + x / 6.0) / near, (1.0 - x - b) / safe)


@inlined
def log_density(eta: Eight, boltzmann: Eight) -> Any:
    """Return log F(η), d log F/dη and F, see `statistics.log_density`."""
    thin = (eta < NONDEGENERATE) | boltzmann
    slow = eta < VANISHING
    low = select(slow, VANISHING + SLOW * (eta - VANISHING), eta)
    power = exponential(select(thin, low, -eta))[0]
    x = select(thin, 0.0, eta)
    gauss = 0.68 * exponential(-0.17 * (x + 1.0) * (x + 1.0))[0]
    square = x * x
    v = square * square + 50.0 + 33.6 * x * (1.0 - gauss)
    dv = 4.0 * square * x + 33.6 * (1.0 - gauss) + 33.6 * x * gauss * 0.34 * (x + 1.0)
    eighth = root(root(root(v)))
    zeta = ROOT_PI / (eighth * eighth * eighth)
    dzeta = -0.375 * zeta * dv / v
    inverse = power + zeta
    f = 1.0 / inverse
    log_f = select(thin, low, -logarithm(inverse))
    slope = select(thin, select(slow, SLOW, 1.0 + 0.0 * x), (power - dzeta) * f)
    return log_f, slope, select(thin, power, f)


@inlined
def vacancy(v: Eight) -> Any:
    """Return c, dc/dv, γ and dγ/dv, see `statistics.vacancy`."""
    full = v >= 0.5
    x = select(full, 0.0, v)
    c, dc_dv, gamma, dgamma = x, 1.0 + 0.0 * x, -logarithm(1.0 - x), 1.0 / (1.0 - x)
    if which_lanes(full):
        empty = 0.5 * exponential(1.0 - 2.0 * v)[0]
        c, dc_dv = select(full, 1.0 - empty, c), select(full, 2.0 * empty, dc_dv)
        gamma = select(full, math.log(2.0) + 2.0 * v - 1.0, gamma)
        dgamma = select(full, 2.0, dgamma)
    return c, dc_dv, gamma, dgamma


@inlined
def carrier_flux(
    k: int,
    s: float,
    dy: Eight,
    w: Eight,
    n_left: Eight,
    gamma_left: Eight,
    g_left: Eight,
    n_right: Eight,
    gamma_right: Eight,
    g_right: Eight,
) -> Any:
    """Return the flux and its derivatives G_y, G_ξ, H_ξ, see `fluxes.carrier_flux`."""
    q = gamma_right - gamma_left - s * dy
    rising = w >= 0.0
    b, ratio = bernoulli(select(rising, -q, q))
    scale = k * b * select(rising, n_right, n_left)
    passing, missing = exponential(-absolute(w))
    flux = scale * missing
    flux = select(rising, flux, -flux)
    flux_q = flux * select(rising, -ratio, ratio)
    common = flux_q * (g_left - g_right) + flux * select(rising, g_right, g_left)
    extra = select(rising, 0.0, flux * g_left)
    by_y = s * (flux_q * g_left + extra)
    own = scale * passing - flux_q * (1.0 - g_left) + extra
    return flux, by_y, own, common


@compiled
def evaluate(a: Lanes) -> None:
    """Compute densities at the nodes and fluxes, with derivatives, over the edges."""
    of = a.constant
    E_g, N_c, N_v = load(of, E_G), load(of, N_C), load(of, N_V)
    boltzmann = load(of, BOLTZMANN) > 0.5
    for k in range(a.u.shape[1]):
        y = load(a.u, (Y, k))
        eta = y + load(a.u, (XI_N, k))
        log_f, g, f = log_density(eta, boltzmann)
        store(a.density, (N, k), N_c * f)
        store(a.excess, (GAMMA, k), eta - log_f)
        store(a.excess, (SLOPE, k), g)
        eta = load(a.u, (XI_P, k)) - y - E_g
        log_f, g, f = log_density(eta, boltzmann)
        store(a.density, (P, k), N_v * f)
        store(a.excess, (GAMMA + 2, k), eta - log_f)
        store(a.excess, (SLOPE + 2, k), g)
        c, dc_dv, gamma, dgamma_dv = vacancy(load(a.u, (V, k)))
        store(a.density, (C, k), c)
        store(a.excess, (DC_DV, k), dc_dv)
        store(a.excess, (GAMMA_A, k), gamma)
        store(a.excess, (DGAMMA_A, k), dgamma_dv)
    eps_U_T, D_x, z = load(of, EPS) * load(of, U_T), load(of, D_X), load(of, Z_A)
    for k in range(a.h.shape[0]):
        per_h = 1.0 / load(a.h, k)
        dy = load(a.w, (DROP_Y, k))
        stiffness = eps_U_T * per_h
        store(a.flux, (POISSON, k), -(stiffness * dy))
        store(a.G, (k, POISSON, BY_Y), stiffness)
        for s in range(2):
            i, gamma_s, slope_s, sign = ELECTRONS + s, GAMMA + 2 * s, SLOPE + 2 * s, 1.0 - 2.0 * s
            flux, by_y, own, common = carrier_flux(
                load(of, D_N + s) * per_h, sign, dy, load(a.w, (s, k)),
                load(a.density, (s, k)), load(a.excess, (gamma_s, k)), load(a.excess, (slope_s, k)),
                load(a.density, (s, k + 1)), load(a.excess, (gamma_s, k + 1)),
                load(a.excess, (slope_s, k + 1)),
            )  # fmt: skip
            store(a.flux, (i, k), flux)
            store(a.G, (k, i, BY_Y), by_y)
            store(a.G, (k, i, OWN), own)
            store(a.H, (k, i, BY_Y), sign * common)
            store(a.H, (k, i, OWN), common)
        _vacancy_flux(a, k, D_x * per_h, z, dy)


@inlined
def _vacancy_flux(a: Lanes, k: int, rate: Eight, z: Eight, dy: Eight) -> None:
    """Fill the vacancies' flux over edge k with its derivatives, see `fluxes.vacancy_flux`."""
    c_left, c_right = load(a.density, (C, k)), load(a.density, (C, k + 1))
    gamma_left, gamma_right = load(a.excess, (GAMMA_A, k)), load(a.excess, (GAMMA_A, k + 1))
    q = z * dy + gamma_right - gamma_left
    small, ratio = bernoulli(absolute(q))
    large, slope = small + absolute(q), small * ratio
    up = q > 0.0
    forward, backward = select(up, small, large), select(up, large, small)
    flux_q = rate * select(
        up, slope * c_left - (slope + 1.0) * c_right, slope * c_right - (slope + 1.0) * c_left
    )
    by_left = rate * forward * load(a.excess, (DC_DV, k)) - flux_q * load(a.excess, (DGAMMA_A, k))
    by_right = flux_q * load(a.excess, (DGAMMA_A, k + 1))
    by_right = by_right - rate * backward * load(a.excess, (DC_DV, k + 1))
    store(a.flux, (VACANCIES, k), rate * (forward * c_left - backward * c_right))
    store(a.G, (k, VACANCIES, BY_Y), -(z * flux_q))
    store(a.G, (k, VACANCIES, OWN), by_left)
    store(a.H, (k, VACANCIES, OWN), by_left + by_right)


@compiled
def assemble(a: Lanes, voltage: np.ndarray, a0: np.ndarray) -> None:
    """Fill the node terms, see `assembly.assemble`.

    Args:
        a: Eight devices, after `evaluate`.
        voltage: U of the right contacts, in V, shape [lane].
        a0: Leading coefficients of the time derivatives, in 1/s, shape [lane].
    """
    of, last, rate = a.constant, a.cell.shape[0] - 1, load(a0, ())
    z, N_x, donors = load(of, Z_A), load(of, N_X), load(of, DONORS)
    for k in range(last + 1):
        cell = load(a.cell, k)
        n, p, c = load(a.density, (N, k)), load(a.density, (P, k)), load(a.density, (C, k))
        dn, dp = n * load(a.excess, (SLOPE, k)), p * load(a.excess, (SLOPE + 2, k))
        dc = load(a.excess, (DC_DV, k))
        storage_n = cell * (rate * n - load(a.history, (N, k)))
        storage_p = cell * (rate * p - load(a.history, (P, k)))
        by_n = by_p = cell * rate
        if k in (0, last):
            side = LEFT if k == 0 else RIGHT
            storage_n = storage_n + load(of, V_N) * _surplus(a, k, side, N)
            storage_p = storage_p + load(of, V_P) * _surplus(a, k, side, P)
            by_n, by_p = by_n + load(of, V_N), by_p + load(of, V_P)
        store(a.storage, (POISSON, k), -(cell * (z * N_x * c + p - n + donors)))
        store(a.storage, (ELECTRONS, k), storage_n)
        store(a.storage, (HOLES, k), storage_p)
        store(a.storage, (VACANCIES, k), cell * (rate * c - load(a.history, (C, k))))
        store(a.dstorage, (k, POISSON, Y), cell * (dn + dp))
        store(a.dstorage, (k, POISSON, XI_N), cell * dn)
        store(a.dstorage, (k, POISSON, XI_P), -(cell * dp))
        store(a.dstorage, (k, POISSON, V), -(cell * z * N_x * dc))
        store(a.dstorage, (k, ELECTRONS, Y), by_n * dn)
        store(a.dstorage, (k, ELECTRONS, XI_N), by_n * dn)
        store(a.dstorage, (k, HOLES, XI_P), by_p * dp)
        store(a.dstorage, (k, HOLES, Y), -(by_p * dp))
        store(a.dstorage, (k, VACANCIES, V), cell * rate * dc)
        store(a.border, k, 0.0)
    _contact(a, 0, LEFT, load(of, PHI_L), 0.0 * rate)
    _contact(a, last, RIGHT, load(of, PHI_R), load(voltage, ()))


@inlined
def _surplus(a: Lanes, k: int, side: int, s: int) -> Any:
    """Return n − n_eq at a contact, see `assembly._surplus`."""
    column = a.h.shape[0] + side
    eta = load(a.u, (Y, k)) + load(a.u, (XI_N, k))
    if s == P:
        eta = load(a.u, (XI_P, k)) - load(a.u, (Y, k)) - load(a.constant, E_G)
    density = load(a.contact, (side, s, DENSITY))
    between = eta - load(a.contact, (side, s, LEVEL))
    held = load(a.w, (s, column))
    deviation = select(absolute(held - between) < LEVEL_ROUNDING, held, between)
    store(a.w, (s, column), deviation)
    mean = 0.5 * (load(a.contact, (side, s, LOG_SLOPE)) + load(a.excess, (SLOPE + 2 * s, k)))
    near = density * exponential(mean * deviation)[1]
    return select(absolute(deviation) > 1e-3, load(a.density, (s, k)) - density, near)


@inlined
def _contact(a: Lanes, k: int, side: int, phi: Eight, voltage: Eight) -> None:
    """Turn Poisson's row of a contact into ψ = −φ + Δ(E) + U, see `assembly._contact`."""
    of = a.constant
    eps, thermal, image = load(of, EPS), load(of, U_T), load(of, IMAGE)
    charge = load(of, Z_A) * load(of, N_X) * load(a.density, (C, k)) + load(of, DONORS)
    charge = charge + load(a.density, (P, k)) - load(a.density, (N, k))
    enclosed = load(a.cell, k) * charge
    if side == LEFT:
        balance = load(a.flux, (POISSON, 0))
        field = -((balance - enclosed) / eps) - load(a.beta, ())
    else:
        balance = -load(a.flux, (POISSON, k - 1))
        field = (enclosed - balance) / eps + load(a.beta, ())
    size = root(field * field + SMOOTHING_FIELD**2)
    outward = field >= 0.0
    positive = select(
        outward, 0.5 * (field + size), 0.5 * SMOOTHING_FIELD**2 / select(outward, 1.0, size - field)
    )
    delta = root(image * positive)
    slope = 0.5 * delta / size
    misfit = load(a.u, (Y, k)) - (delta - phi + voltage) / thermal
    soft = slope > 1.0 / RIGID
    stiffness = eps * thermal * select(soft, 1.0 / select(soft, slope, 1.0), RIGID)
    store(a.storage, (POISSON, k), stiffness * misfit - balance)
    store(a.dstorage, (k, POISSON, Y), load(a.dstorage, (k, POISSON, Y)) + stiffness)
    store(a.border, k, eps if side == LEFT else -eps)
