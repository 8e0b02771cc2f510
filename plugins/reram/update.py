"""Damped Newton updates and the Newton loop of one time step."""

import math

import numpy as np
from numba import njit

from .newton import LEVEL_ROUNDING, State, Work, assemble, eliminate, evaluate, substitute
from .physics import Device

RELEVANT = 1e4  # m^-3: carriers thinner than this do not delay convergence
STEP_TOLERANCE = 1e-6  # last Newton update accepted; quadratic convergence leaves its square
BALANCE_TOLERANCE = 1e-9  # current imbalance accepted, relative to the largest current so far
CONTENT_TOLERANCE = 1e-14  # drift of the vacancy content accepted in a step, relative
UNDERSHOOT = 1e-3  # of the mean vacancy density: how far BDF2 may pass below zero
STALLED_STEP, STALLED_BALANCE = 0.05, 1e-6  # accepted after 8 iterations without more progress
STALLED_DRIFT = 1e-13
SMALLEST_FACTOR = 1e-3  # a density falls at most this much in one iteration
ROUNDING = 1e-9  # two updates in a row below this cannot be improved


@njit(cache=True, error_model="numpy")
def _damped(delta: float) -> tuple[float, float]:
    """Return D(δ) = log(1 + δ), Newton in the density itself, and D(δ) − δ."""
    if abs(delta) < 1e-4:
        extra = delta * delta * (-0.5 + delta / 3.0)
        return delta + extra, extra
    logarithm = math.log1p(max(delta, SMALLEST_FACTOR - 1.0))
    return logarithm, logarithm - delta


@njit(cache=True, error_model="numpy")
def apply_step(device: Device, state: State, work: Work, dbeta: float, limit: float) -> float:
    """Add the damped step to the state and return its norm (1 = one U_T).

    Args:
        device: The device.
        state: Updated in place.
        work: Holds the step.
        dbeta: Step of beta.
        limit: Largest step of y taken at once; the whole step is shortened to it.
    """
    u, w, step, drop, density = state.u, state.w, work.step, work.drop, work.density
    last = u.shape[1] - 1
    largest = 0.0
    for k in range(last + 1):
        if not math.isfinite(step[0, k] + step[1, k] + step[2, k] + step[3, k]):
            return math.nan
        largest = max(largest, abs(step[0, k]))
    fraction = min(1.0, limit / largest) if largest > 0.0 else 1.0
    norm = largest
    mean = 0.0
    for k in range(last + 1):
        mean += abs(density[2, k]) * device.cell[k]
    mean /= device.x[last]
    last_n = last_p = 0.0
    for k in range(last + 1):
        dy = fraction * step[0, k]
        delta_n = dy + fraction * step[1, k]
        delta_p = fraction * step[2, k] - dy
        damped_n, extra_n = _damped(delta_n)
        damped_p, extra_p = _damped(delta_p)
        n, p, v = density[0, k], density[1, k], u[3, k]
        norm = max(norm, abs(delta_n) * n / (n + RELEVANT), abs(delta_p) * p / (p + RELEVANT))
        norm = max(norm, abs(step[3, k]) / (abs(v) + 1e-3 * mean))
        if k == 0:
            u[0, k] += dy
        else:
            # The other way round for y: its drops carry the field and its rate of change.
            w[2, k - 1] -= fraction * drop[0, k - 1]
            u[0, k] = u[0, k - 1] + w[2, k - 1]
        u[1, k] += damped_n - dy
        u[2, k] += damped_p + dy
        lower = max(-UNDERSHOOT * mean, v - 2.0)
        u[3, k] = min(max(v + fraction * step[3, k], lower), max(v, 0.5) + 2.0)
        if k > 0:
            w[0, k - 1] += extra_n - last_n - fraction * drop[1, k - 1]
            w[1, k - 1] += extra_p - last_p - fraction * drop[2, k - 1]
            for i in range(2):
                # Within rounding the nodes follow the drops; beyond it they are the truth.
                follows = u[1 + i, k - 1] + w[i, k - 1]
                if abs(u[1 + i, k] - follows) < LEVEL_ROUNDING:
                    u[1 + i, k] = follows
                else:
                    w[i, k - 1] = u[1 + i, k] - u[1 + i, k - 1]
        last_n, last_p = extra_n, extra_p
        if k in (0, last):
            side = 0 if k == 0 else 1
            w[0, last + side] += damped_n
            w[1, last + side] += damped_p
    state.beta[0] += fraction * dbeta
    return norm


@njit(cache=True, error_model="numpy")
def imbalance(device: Device, work: Work) -> float:
    """Return the largest accumulated charge imbalance over the nodes, in 1/(m² s)."""
    last = work.storage.shape[1] - 1
    total = worst = 0.0
    for k in range(last + 1):
        for i in range(1, 4):
            weight = -1.0 if i == 1 else (1.0 if i == 2 else device.z_a * device.N_x)
            residual = work.storage[i, k]
            if k > 0:
                residual -= work.flux[i, k - 1]
            if k < last:
                residual += work.flux[i, k]
            total += weight * residual
        # The accumulated sum starts from the contact's own emission, so interior nodes count.
        worst = max(worst, abs(total))
    return worst


@njit(cache=True, error_model="numpy")
def content_drift(work: Work, content: float, a0: float) -> float:
    """Return the relative change of the vacancy content in this step."""
    total = 0.0
    for k in range(work.storage.shape[1]):
        total += work.storage[3, k]
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
    limit: float,
    iterations: int,
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
        limit: Largest step of y taken at once, in units of U_T.
        iterations: How many linear solves are allowed.

    Returns:
        The number of linear solves, negative if it did not converge.
    """
    norm = previous = math.inf
    for count in range(iterations + 1):
        evaluate(device, state, work)
        assemble(device, state, work, voltage, equilibrium, a0, history)
        if norm < STEP_TOLERANCE or (count >= 8 and norm < STALLED_STEP):
            rest = imbalance(device, work)
            drift = content_drift(work, np.sum(device.cell * np.abs(work.density[2])), a0)
            balanced = rest <= BALANCE_TOLERANCE * scale and drift <= CONTENT_TOLERANCE
            stalled = count >= 8 and rest <= STALLED_BALANCE * scale and drift <= STALLED_DRIFT
            rounded = max(norm, previous) < ROUNDING
            if balanced or rounded or stalled:
                return count
        if count == iterations:
            break
        eliminate(work)
        change = substitute(device, state, work, voltage)
        previous = norm
        norm = apply_step(device, state, work, change, limit)
        if not math.isfinite(norm):
            return -count - 1
    return -iterations - 1
