"""Newton's method for one time level of the coupled system."""

import math

import numpy as np
from numba import njit

from .assembly import assemble, evaluate
from .block_elimination import eliminate, substitute
from .damping import apply_step
from .device import Device
from .unknowns import DROP_Y, ELECTRONS, HOLES, VACANCIES, C, State, Work, residual

ITERATIONS = 20  # linear solves allowed for one time level
UPDATE_TOLERANCE = 1e-6  # last Newton update accepted; quadratic convergence leaves its square
BALANCE_TOLERANCE = 1e-9  # current imbalance accepted, relative to the largest current so far
CONTENT_TOLERANCE = 1e-14  # drift of the vacancy content accepted in a step, relative
STALLED_STEP, STALLED_BALANCE = 1e-3, 30.0  # accepted after 8 iterations without more progress
STALLED_DRIFT = 1e-13
EPSILON = 1e-14  # a few roundings, of the exponentials included
ROUNDING = 1e-9  # two updates in a row below this cannot be improved


@njit(cache=True, error_model="numpy")
def imbalance(device: Device, state: State, work: Work, allowed: float) -> float:
    """Return the largest accumulated charge imbalance over the nodes, as a multiple of `allowed`.

    Args:
        device: The device.
        state: Its drops of y set the size of the vacancies' fluxes.
        work: Holds the assembled system.
        allowed: Imbalance allowed, in 1/(m² s). Vacancies are allowed, beside it, what their
            two opposing fluxes over an edge round to.
    """
    storage, flux = work.storage, work.flux
    electronic = vacancies = rounding = worst = 0.0
    for k in range(storage.shape[1]):
        electronic += residual(storage, flux, HOLES, k) - residual(storage, flux, ELECTRONS, k)
        vacancies += device.z_a * device.N_x * residual(storage, flux, VACANCIES, k)
        if k < flux.shape[1]:
            opposing = device.D_x / device.h[k] * (1.0 + abs(device.z_a * state.w[DROP_Y, k]))
            opposing *= abs(work.density[C, k]) + abs(work.density[C, k + 1])
            rounding = max(rounding, EPSILON * device.z_a * device.N_x * opposing)
        # The accumulated sum starts from the contact's own emission, so interior nodes count.
        worst = max(worst, abs(electronic) / allowed, abs(vacancies) / (allowed + rounding))
    return worst


@njit(cache=True, error_model="numpy")
def content_drift(work: Work, content: float, a0: float) -> float:
    """Return the relative change of the vacancy content in this step."""
    total = 0.0
    for k in range(work.storage.shape[1]):
        total += work.storage[VACANCIES, k]
    return abs(total) / (a0 * content)


@njit(cache=True, error_model="numpy")
def newton(
    device: Device,
    state: State,
    work: Work,
    voltage: float,
    equilibrium: np.ndarray,
    a0: float,
    history: np.ndarray,
    scale: float,
    mean: float,
    below: float,
) -> int:
    """Solve one time level in place.

    Args:
        device: The device.
        state: Predicted state, overwritten by the solution.
        work: Work arrays; afterwards they hold the solution's densities and fluxes.
        voltage: U, in V.
        equilibrium: Contact densities, see `assemble`.
        a0: Leading coefficient of the time derivative, in 1/s.
        history: Known part of the time derivative, shape [3, node].
        scale: Largest current density so far, in particles: J/q, in 1/(m² s).
        mean: Mean of the vacancy fraction.
        below: How far it may pass below zero.

    Returns:
        The number of linear solves, negative if it did not converge.
    """
    norm = previous = math.inf
    for count in range(ITERATIONS + 1):
        evaluate(device, state, work)
        assemble(device, state, work, voltage, equilibrium, a0, history)
        if norm < UPDATE_TOLERANCE or (count >= 8 and norm < STALLED_STEP):
            rest = imbalance(device, state, work, BALANCE_TOLERANCE * scale)
            drift = content_drift(work, np.sum(device.cell * np.abs(work.density[C])), a0)
            balanced = rest <= 1.0 and drift <= CONTENT_TOLERANCE
            stalled = count >= 8 and rest <= STALLED_BALANCE and drift <= STALLED_DRIFT
            rounded = max(norm, previous) < ROUNDING
            if balanced or rounded or stalled:
                return count
        if count == ITERATIONS:
            break
        eliminate(work)
        change = substitute(device, state, work, voltage)
        previous = norm
        norm = apply_step(device, state, work, change, mean, below)
        if not math.isfinite(norm):
            return -count - 1
    return -ITERATIONS - 1
