"""Step control from the difference between a solution and the extrapolation of the past."""

import numpy as np
from numba import njit

from ..drift_diffusion.device import Device
from ..drift_diffusion.statistics import vacancy
from ..drift_diffusion.unknowns import C, V, Work
from .bdf import Past, derivative, extrapolation

# Growth of the step at order 2 and 3: zero stability ends at 2.41 and 1.53 (Calvo et al., 1990,
# doi:10.1007/BF01932022).
GROWTH_2, GROWTH_3 = 2.0, 1.5
STEP_TOLERANCE = 2e-4  # local error of a step that an error of 1 % of the peak takes


def more_steps(tolerance: float) -> float:
    """Return how many times as many steps of order 2 another local error of a step takes."""
    return (STEP_TOLERANCE / tolerance) ** (1 / 3)


@njit(cache=True, error_model="numpy")
def next_step(t: float, h: float, target: float) -> float:
    """Return the step to take, which ends at `target` or leaves no tiny step before it."""
    if t + 1.01 * h >= target:
        return target - t
    if t + 2.0 * h > target:
        return 0.5 * (target - t)
    return h


@njit(cache=True, error_model="numpy")
def redistribution(cell: np.ndarray, c: np.ndarray, past: np.ndarray, weights: np.ndarray) -> float:
    """Return the relative L1 distance of the fractions c from those of the extrapolated v."""
    total = moved = 0.0
    for k in range(cell.size):
        v = 0.0
        for i in range(weights.size):
            v += weights[i] * past[i, V, k]
        total += cell[k] * abs(c[k])
        moved += cell[k] * abs(c[k] - vacancy(v)[0])
    return moved / total if total > 0.0 else 0.0


@njit(cache=True, error_model="numpy")
def local_error(
    device: Device, work: Work, past: Past, order: int, known: int, t: float, current: float,
    size: float,
) -> float:  # fmt: skip
    """Estimate the local error of a step from the extrapolation of the past levels.

    Args:
        device: The device.
        work: Work arrays with the new densities.
        past: The last time levels.
        order: Order of the step, less than `known`.
        known: Number of levels in this segment; the first one's current is of the slope before.
        t: The new instant, in s.
        current: The new current, in A.
        size: Current to which its error is relative, in A.
    """
    weights = extrapolation(past.time, order + 1, t)
    moved = redistribution(device.cell, work.density[C], past.u, weights)
    ratio = 1.0 / (derivative(past.time, order, t)[0] * (t - past.time[order]))
    count = min(known - 1, order + 1)
    if count < 2:
        return ratio * moved
    expected = np.sum(extrapolation(past.time, count, t) * past.current[:count])
    current_ratio = ratio if count > order else 0.5
    return max(ratio * moved, current_ratio * (abs(current - expected) / size))


@njit(cache=True, error_model="numpy")
def growth(error: float, tolerance: float, order: int) -> float:
    """Return the factor by which the next step may be longer for an error of that order."""
    return 0.85 * (tolerance / error) ** (1.0 / (order + 1)) if error > 0.0 else np.inf


@njit(cache=True, error_model="numpy")
def choose(second: float, third: float, tolerance: float) -> tuple[float, int]:
    """Return the factor by which the next step is longer, and its order.

    Args:
        second: Local error at order 2.
        third: Local error at order 3; infinite if that order is not available.
        tolerance: Allowed local error.
    """
    factor, order = min(GROWTH_2, growth(second, tolerance, 2)), 2
    at_third = min(GROWTH_3, growth(third, tolerance, 3))
    if at_third >= factor:
        factor, order = at_third, 3
    return max(factor, 0.3), order
