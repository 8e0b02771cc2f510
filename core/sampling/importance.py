"""Pareto-smoothed importance sampling: draws of one density weighted for another.

See Vehtari, Simpson, Gelman, Yao & Gabry (2024), JMLR 25(72), and for the fit of the tail Zhang &
Stephens (2009), doi:10.1198/tech.2009.08017.
"""

from typing import NamedTuple

import numpy as np

from ..errors import DynsurError

LEAST_TAIL = 5  # weights; fewer cannot be fitted
RELIABLE = 0.7  # the largest shape of the tail with which the weights are to be trusted


class Smoothed(NamedTuple):
    """Weights of draws.

    Args:
        weights: Normalised, shape [draw].
        shape: k̂ of the tail of the weights, NaN if all weights are alike.
        effective: The number of independent draws that are worth as much, (Σ w²)⁻¹.
    """

    weights: np.ndarray
    shape: float
    effective: float


def smoothed(log_ratios: np.ndarray) -> Smoothed:
    """Return smoothed weights of draws whose log importance ratios are given.

    The largest weights are replaced by the expected order statistics of a generalised Pareto
    distribution fitted to them.

    Args:
        log_ratios: ln of target over proposal density of each draw, up to a constant, shape
            [draw]; −inf where the target is zero.

    Raises:
        DynsurError: The target is zero at every draw.
    """
    ratios = np.asarray(log_ratios, float)
    if not np.isfinite(ratios).any():
        raise DynsurError(
            f"none of the {ratios.size} draws that were simulated again has a response to compare "
            "with the data, so they cannot be weighted; narrow the ranges, or check none of them."
        )
    log_weights = ratios - ratios.max()
    count = log_weights.size
    tail = min(int(np.ceil(0.2 * count)), int(np.ceil(3.0 * np.sqrt(count))))
    shape = np.nan
    if tail >= LEAST_TAIL and np.ptp(log_weights[np.isfinite(log_weights)]) > 1e-10:
        order = np.argsort(log_weights, kind="stable")
        largest = order[-tail:]
        cutoff = max(log_weights[order[-tail - 1]], np.log(np.finfo(float).tiny))
        above = np.exp(log_weights[largest]) - np.exp(cutoff)
        if np.count_nonzero(above > 0) >= LEAST_TAIL:
            shape, scale = _pareto(above)
            places = (np.arange(tail) + 0.5) / tail
            values = np.exp(cutoff) + _quantile(places, shape, scale)
            log_weights[largest] = np.minimum(np.log(values), 0.0)
    weights = np.exp(log_weights)
    weights /= weights.sum()
    return Smoothed(weights, float(shape), float(1.0 / (weights**2).sum()))


def _pareto(values: np.ndarray) -> tuple[float, float]:
    """Return shape and scale of a generalised Pareto distribution, fitted to sorted values.

    The estimator is Zhang & Stephens' posterior mean, with the weak prior on the shape of
    Vehtari et al. (2024).
    """
    count = values.size
    candidates = 30 + int(np.sqrt(count))
    quartile = max(values[int(count / 4.0 + 0.5) - 1], np.finfo(float).tiny)
    inverse = 1.0 - np.sqrt(candidates / (np.arange(1, candidates + 1) - 0.5))
    inverse = inverse / (3.0 * quartile) + 1.0 / values[-1]
    shapes = np.mean(np.log1p(-inverse[:, None] * values), axis=1)
    profile = count * (np.log(-inverse / shapes) - shapes - 1.0)
    weights = 1.0 / np.exp(profile - profile[:, None]).sum(axis=1)
    weights /= weights.sum()
    middle = float((inverse * weights).sum())
    shape = float(np.mean(np.log1p(-middle * values)))
    scale = -shape / middle
    shape = (count * shape + 10 * 0.5) / (count + 10)
    return shape, scale


def _quantile(places: np.ndarray, shape: float, scale: float) -> np.ndarray:
    if abs(shape) < 1e-12:
        return -scale * np.log1p(-places)
    return scale * np.expm1(-shape * np.log1p(-places)) / shape
