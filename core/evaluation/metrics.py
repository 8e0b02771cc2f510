"""Errors of predicted curves: one number for each curve, in physical units.

All arrays of curves have shape [n, time]; every function returns shape [n]. A ratio whose
denominator is zero is NaN: such a curve cannot be judged by it.
"""

import numpy as np

from ..systems.loops import loop_areas

FLOOR = 1e-15  # unit of the output: curves whose values stay below it count as zero
OPEN = 0.01  # share of its bounding box that a loop fills at least to be judged by its area


def rmse(predicted: np.ndarray, simulated: np.ndarray) -> np.ndarray:
    """Root mean square error, in the curves' unit."""
    return np.sqrt(np.mean((predicted - simulated) ** 2, axis=1))


def nrmse(predicted: np.ndarray, simulated: np.ndarray) -> np.ndarray:
    """RMSE relative to each curve's own max − min."""
    return _ratio(rmse(predicted, simulated), np.ptp(simulated, axis=1))


def vrmse(predicted: np.ndarray, simulated: np.ndarray) -> np.ndarray:
    """RMSE relative to each curve's standard deviation; predicting its mean gives 1."""
    return _ratio(rmse(predicted, simulated), np.std(simulated, axis=1))


def log_error(predicted: np.ndarray, simulated: np.ndarray, floor: float) -> np.ndarray:
    """Median |Δ log₁₀|y|| in decades, over the points where |simulated| exceeds `floor`.

    A prediction below the floor counts as the floor; a curve entirely below it gives NaN.
    """
    judged = np.abs(simulated) > floor
    decades = np.log10(np.maximum(np.abs(predicted), floor))
    decades -= np.log10(np.maximum(np.abs(simulated), floor))
    return np.array(
        [
            np.median(np.abs(row[inside])) if inside.any() else np.nan
            for row, inside in zip(decades, judged, strict=True)
        ]
    )


def loop_area_error(predicted: np.ndarray, simulated: np.ndarray, drive: np.ndarray) -> np.ndarray:
    """Error of the lobes' areas relative to the sum of their moduli.

    Only an open loop has an area to compare with: a curve whose lobes together fill less than
    `OPEN` of its bounding box gives NaN.
    """
    true = loop_areas(drive, simulated)
    box = np.ptp(drive, axis=1) * np.ptp(simulated, axis=1)
    is_open = np.abs(true).sum(axis=1) >= OPEN * box
    error = np.abs(loop_areas(drive, predicted) - true)
    return np.where(is_open, _ratio(error.sum(axis=1), np.abs(true).sum(axis=1)), np.nan)


def peak_error(predicted: np.ndarray, simulated: np.ndarray) -> np.ndarray:
    """Error of max |y| relative to the simulated one."""
    peak = np.abs(simulated).max(axis=1)
    return _ratio(np.abs(np.abs(predicted).max(axis=1) - peak), peak)


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    missing = np.full(denominator.shape, np.nan)
    return np.divide(numerator, denominator, out=missing, where=denominator > 0)
