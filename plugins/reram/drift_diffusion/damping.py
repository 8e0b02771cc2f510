"""Damped Newton updates that keep levels and their differences consistent."""

import math

import numpy as np
from numba import njit

from .device import Device
from .unknowns import (
    DROP_N,
    DROP_P,
    DROP_Y,
    LEFT,
    LEVEL_ROUNDING,
    RIGHT,
    XI_N,
    XI_P,
    N,
    P,
    State,
    V,
    Work,
    Y,
)

RELEVANT = 1e4  # m^-3: carriers thinner than this do not delay convergence
LARGEST_STEP = 40.0  # of y = ψ/U_T; a larger one shortens the whole update
UNDERSHOOT = 1e-3  # of the mean vacancy density: how far BDF2 may pass below zero
# Of the donors: vacancies below zero by more than these attract each other without bound.
UNDERSHOOT_OF_DONORS = 0.2
SMALLEST_FACTOR = 1e-3  # a density falls at most this much in one iteration


@njit(cache=True, error_model="numpy")
def _damped(delta: float) -> tuple[float, float]:
    """Return D(δ) = log(1 + δ), Newton in the density itself, and D(δ) − δ."""
    if abs(delta) < 1e-4:
        extra = delta * delta * (-0.5 + delta / 3.0)
        return delta + extra, extra
    logarithm = math.log1p(max(delta, SMALLEST_FACTOR - 1.0))
    return logarithm, logarithm - delta


@njit(cache=True, error_model="numpy")
def mean_and_undershoot(device: Device, c: np.ndarray) -> tuple[float, float]:
    """Return the mean of the vacancy fraction and how far it may pass below zero."""
    mean = 0.0
    for k in range(c.size):
        mean += abs(c[k]) * device.cell[k]
    mean /= device.x[-1]
    below = UNDERSHOOT * mean
    if device.C > 0.0:
        below = min(below, UNDERSHOOT_OF_DONORS * device.C / (device.z_a * device.N_x))
    return mean, below


@njit(cache=True, error_model="numpy")
def apply_step(
    device: Device, state: State, work: Work, dbeta: float, mean: float, below: float
) -> float:
    """Add the damped step to the state and return its norm (1 = one U_T).

    Args:
        device: The device.
        state: Updated in place.
        work: Holds the step.
        dbeta: Step of beta.
        mean: Mean of the vacancy fraction.
        below: How far it may pass below zero.
    """
    u, w, step, drop, density = state.u, state.w, work.step, work.drop, work.density
    last = u.shape[1] - 1
    largest = 0.0
    for k in range(last + 1):
        if not math.isfinite(step[Y, k] + step[XI_N, k] + step[XI_P, k] + step[V, k]):
            return math.nan
        largest = max(largest, abs(step[Y, k]))
    fraction = min(1.0, LARGEST_STEP / largest) if largest > 0.0 else 1.0
    norm = largest
    last_n = last_p = 0.0
    for k in range(last + 1):
        dy = fraction * step[Y, k]
        delta_n = dy + fraction * step[XI_N, k]
        delta_p = fraction * step[XI_P, k] - dy
        damped_n, extra_n = _damped(delta_n)
        damped_p, extra_p = _damped(delta_p)
        n, p, v = density[N, k], density[P, k], u[V, k]
        norm = max(norm, abs(delta_n) * n / (n + RELEVANT), abs(delta_p) * p / (p + RELEVANT))
        norm = max(norm, abs(step[V, k]) / (abs(v) + 1e-3 * mean))
        if k == 0:
            u[Y, k] += dy
        else:
            # The other way round for y: its drops carry the field and its rate of change.
            w[DROP_Y, k - 1] -= fraction * drop[Y, k - 1]
            u[Y, k] = u[Y, k - 1] + w[DROP_Y, k - 1]
        u[XI_N, k] += damped_n - dy
        u[XI_P, k] += damped_p + dy
        lower = max(-below, v - 2.0)
        u[V, k] = min(max(v + fraction * step[V, k], lower), max(v, 0.5) + 2.0)
        if k > 0:
            w[DROP_N, k - 1] += extra_n - last_n - fraction * drop[XI_N, k - 1]
            w[DROP_P, k - 1] += extra_p - last_p - fraction * drop[XI_P, k - 1]
            for s in (N, P):
                # Within rounding the nodes follow the drops; beyond it they are the truth.
                xi = XI_N + s
                follows = u[xi, k - 1] + w[DROP_N + s, k - 1]
                if abs(u[xi, k] - follows) < LEVEL_ROUNDING:
                    u[xi, k] = follows
                else:
                    w[DROP_N + s, k - 1] = u[xi, k] - u[xi, k - 1]
        last_n, last_p = extra_n, extra_p
        if k in (0, last):
            side = LEFT if k == 0 else RIGHT
            w[DROP_N, last + side] += damped_n
            w[DROP_P, last + side] += damped_p
    state.beta[0] += fraction * dbeta
    return norm
