"""Thermodynamic equilibrium: the Poisson–Boltzmann problem with all φ = 0."""

import math

import numpy as np
from numba import njit

from .assembly import assemble, evaluate
from .device import Device
from .statistics import log_density, vacancy
from .unknowns import (
    BY_Y,
    DENSITY,
    DROP_Y,
    GAMMA_A,
    LEVEL,
    LOG_SLOPE,
    POISSON,
    SLOPE,
    C,
    N,
    P,
    State,
    V,
    Work,
    Y,
    reduced_level,
    residual,
)

INSTANT = 1e20  # m/s: emission velocity at which a contact's density never departs from equilibrium
EQUILIBRIUM_TOLERANCE = 1e-11  # of y = ψ/U_T


@njit(cache=True, error_model="numpy")
def vacancy_unknown(device: Device, y: float) -> float:
    """Return v of c = 1/(1 + e^{−η}), η = −z_a (ψ + E_a)/U_T, of φ_a = 0."""
    eta = -device.z_a * (y + device.E_a)
    if eta < 0.0:
        return 1.0 / (1.0 + math.exp(-eta)) if eta > -700.0 else 0.0
    return 0.5 - 0.5 * math.log(2.0) + 0.5 * (eta + math.log1p(math.exp(-eta)))


@njit(cache=True, error_model="numpy")
def _fill(device: Device, state: State) -> None:
    state.w[DROP_Y, : device.h.size] = np.diff(state.u[Y])
    for k in range(device.x.size):
        state.u[V, k] = vacancy_unknown(device, state.u[Y, k])


@njit(cache=True, error_model="numpy")
def _neutral(device: Device) -> float:
    """Return y of charge neutrality by bisection."""
    low, high = -device.E_g - 60.0 - abs(device.E_a), 60.0
    for _ in range(200):
        y = 0.5 * (low + high)
        c = vacancy(vacancy_unknown(device, y))[0]
        n = device.N_c * math.exp(log_density(y, device.boltzmann)[0])
        p = device.N_v * math.exp(log_density(-y - device.E_g, device.boltzmann)[0])
        if device.z_a * device.N_x * c + p - n + device.C > 0.0:
            low = y
        else:
            high = y
    return 0.5 * (low + high)


def hold_neutral(device: Device) -> Device:
    """Return the device with ohmic contacts: charge-neutral equilibrium held at both ends.

    ψ = ψ_neutral + U, and emission so fast that n and p stay what they are in equilibrium.

    Args:
        device: The device, its barriers and lowering not used.
    """
    barrier = -device.U_T * _neutral(device)
    return device._replace(phi_L=barrier, phi_R=barrier, image=0.0, v_n=INSTANT, v_p=INSTANT)


@njit(cache=True, error_model="numpy")
def _poisson_step(device: Device, state: State, work: Work, limit: float, share: float) -> float:
    """Solve Poisson's linearised rows for y, with beta bordered; returns the largest update.

    Large updates are damped logarithmically node by node, all are shortened to `limit` and to
    `share` of Newton's.
    """
    last = device.x.size - 1
    upper, right, border = np.zeros(last + 1), np.zeros(last + 1), np.zeros(last + 1)
    excess = carried = carried_border = 0.0
    for k in range(last + 1):
        occupied = work.density[C, k] * math.exp(-work.excess[GAMMA_A, k])
        vacancies = device.cell[k] * device.z_a**2 * device.N_x * occupied
        excess += work.dstorage[k, POISSON, Y] + vacancies
        stiffness = work.G[k, POISSON, BY_Y] if k < last else 0.0
        pivot = excess + stiffness
        upper[k] = stiffness / pivot
        right[k] = (carried - residual(work.storage, work.flux, POISSON, k)) / pivot
        border[k] = (carried_border - work.border[k]) / pivot
        carried, carried_border = stiffness * right[k], stiffness * border[k]
        excess = upper[k] * excess
    for k in range(last - 1, -1, -1):
        right[k] += upper[k] * right[k + 1]
        border[k] += upper[k] * border[k + 1]
    span, y = device.x[last], state.u[Y]
    ends = y[last] + right[last] - y[0] - right[0]
    target = (device.U_T * ends + device.phi_R - device.phi_L) / span
    change = (target - state.beta[0]) / (1.0 - device.U_T * (border[last] - border[0]) / span)
    largest = 0.0
    for k in range(last + 1):
        largest = max(largest, abs(right[k] + change * border[k]))
    fraction = share * min(1.0, limit / largest) if largest > 0.0 else share
    for k in range(last + 1):
        delta = fraction * (right[k] + change * border[k])
        y[k] += math.copysign(math.log1p(abs(delta)), delta) if abs(delta) > 1e-3 else delta
    state.beta[0] += fraction * change
    return largest


@njit(cache=True, error_model="numpy")
def solve_equilibrium(device: Device, state: State, work: Work, contact: np.ndarray) -> bool:
    """Fill `state` with the equilibrium and `contact` with what `assemble` needs of it.

    Args:
        device: The device.
        state: Overwritten.
        work: Work arrays.
        contact: Filled; see `assemble`, shape [2, 2, 3].

    Returns:
        Whether Newton's method converged.
    """
    state.u[:] = 0.0
    state.w[:] = 0.0
    state.beta[0] = 0.0
    state.u[Y, :] = _neutral(device)
    nothing = np.zeros((3, device.x.size))
    for count in range(600):
        _fill(device, state)
        evaluate(device, state, work)
        assemble(device, state, work, 0.0, contact, 0.0, nothing)
        limit = math.inf if count < 200 else 0.5
        # Around the kink of √E full steps may go to and fro for ever.
        share = 1.0 if count < 40 else 0.5
        if _poisson_step(device, state, work, limit, share) < EQUILIBRIUM_TOLERANCE:
            _fill(device, state)
            evaluate(device, state, work)
            _keep_contacts(device, state, work, contact)
            return True
    return False


@njit(cache=True, error_model="numpy")
def _keep_contacts(device: Device, state: State, work: Work, contact: np.ndarray) -> None:
    for s in (N, P):
        for side in range(2):
            k = side * (device.x.size - 1)
            contact[side, s, DENSITY] = work.density[s, k]
            contact[side, s, LOG_SLOPE] = work.excess[SLOPE + 2 * s, k]
            contact[side, s, LEVEL] = reduced_level(device.E_g, state.u, s, k)
    state.w[:DROP_Y] = 0.0
