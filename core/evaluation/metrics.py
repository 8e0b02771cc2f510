"""Errors of predicted curves, one number for each curve, computed in physical units.

All arrays of curves have shape [n, time], and every function returns shape [n]. A ratio whose
denominator is zero is NaN, since such a curve has no relative error.
"""

import numpy as np

from ..systems.loops import loop_areas

FLOOR = 1e-15  # unit of the output: curves whose values stay below it count as zero
KEPT = 0.5  # largest error of its area with which a loop counts as kept
OPEN = 0.01  # share of its bounding box that a loop fills at least to be judged by its area


def rmse(predicted: np.ndarray, simulated: np.ndarray) -> np.ndarray:
    """Return the root mean square error, in the unit of the curves."""
    return np.sqrt(np.mean((predicted - simulated) ** 2, axis=1))


def nrmse(predicted: np.ndarray, simulated: np.ndarray) -> np.ndarray:
    """Return the RMSE relative to max − min of each simulated curve."""
    return _ratio(rmse(predicted, simulated), np.ptp(simulated, axis=1))


def vrmse(predicted: np.ndarray, simulated: np.ndarray) -> np.ndarray:
    """Return the RMSE relative to each curve's standard deviation.

    A prediction of the curve's mean has the error 1.
    """
    return _ratio(rmse(predicted, simulated), np.std(simulated, axis=1))


def log_error(predicted: np.ndarray, simulated: np.ndarray, floor: float) -> np.ndarray:
    """Return the median of |Δ log₁₀|y||, in decades, where |simulated| exceeds `floor`.

    Predictions below the floor count as the floor. A curve entirely below it gives NaN.
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
    """Return the error of the lobes' areas relative to the sum of their moduli.

    Only an open loop has such an error. A curve whose lobes fill less than the share `OPEN` of its
    bounding box gives NaN, and so does a drive that is zero throughout.
    """
    true = loop_areas(drive, simulated)
    box = np.ptp(drive, axis=1) * np.ptp(simulated, axis=1)
    is_open = np.abs(true).sum(axis=1) >= OPEN * box
    error = np.abs(loop_areas(drive, predicted) - true)
    return np.where(is_open, _ratio(error.sum(axis=1), np.abs(true).sum(axis=1)), np.nan)


def peak_error(predicted: np.ndarray, simulated: np.ndarray) -> np.ndarray:
    """Return the error of max |y| relative to the simulated value."""
    peak = np.abs(simulated).max(axis=1)
    return _ratio(np.abs(np.abs(predicted).max(axis=1) - peak), peak)


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    missing = np.full(denominator.shape, np.nan)
    return np.divide(numerator, denominator, out=missing, where=denominator > 0)
