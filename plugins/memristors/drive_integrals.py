"""Closed-form integrals of a drive for states whose rate depends on the drive alone."""

from collections.abc import Callable
from typing import Any

import numpy as np


def knots(time: np.ndarray, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rebuild a piecewise-linear drive from samples of it.

    The drive is continued to t = 0. If the lines through the samples before and after an interval
    meet within it, the drive has a kink there.

    Args:
        time: Instants, shape [n, time], in s.
        u: The drive at these instants, shape [n, time].

    Returns:
        Times and values of shape [n, 2·time + 1]: two knots for each sample and the interval after
        it, and one more. The last two knots are the last sample.
    """
    first = u[:, :1] - time[:, :1] * (u[:, 1:2] - u[:, :1]) / (time[:, 1:2] - time[:, :1])
    t = np.concatenate([np.zeros_like(first), time], axis=1)
    v = np.concatenate([first, u], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.diff(v, axis=1) / np.diff(t, axis=1)
        before, after = slope[:, :-2], slope[:, 2:]
        meet = v[:, 2:-1] - v[:, 1:-2] + before * t[:, 1:-2] - after * t[:, 2:-1]
        kink = meet / (before - after)
        value = v[:, 1:-2] + before * (kink - t[:, 1:-2])
        inside = (kink > t[:, 1:-2]) & (kink < t[:, 2:-1])
    middle_t, middle_v = 0.5 * (t[:, 1:] + t[:, :-1]), 0.5 * (v[:, 1:] + v[:, :-1])
    middle_t[:, 1:-1] = np.where(inside, kink, middle_t[:, 1:-1])
    middle_v[:, 1:-1] = np.where(inside, value, middle_v[:, 1:-1])
    return _interleaved(t, middle_t), _interleaved(v, middle_v)


def _interleaved(ends: np.ndarray, middle: np.ndarray) -> np.ndarray:
    whole = np.empty((len(ends), 2 * ends.shape[1] - 1))
    whole[:, ::2], whole[:, 1::2] = ends, middle
    return whole


def over(t: np.ndarray, u: np.ndarray, threshold: Any, exponent: Any) -> np.ndarray:
    """Integrate (u/threshold − 1)₊^exponent over each straight piece by its antiderivative.

    Args:
        t: Times of the knots, shape [n, knot], in s.
        u: The drive at the knots, shape [n, knot].
        threshold: Threshold in the unit of the drive, shape [n, 1].
        exponent: Exponent, shape [n, 1].

    Returns:
        The integrals, shape [n, knot − 1], in s.
    """
    s = u / threshold - 1.0
    rise, mean = np.diff(s, axis=1), 0.5 * (s[:, 1:] + s[:, :-1])
    flat = np.abs(rise) < 1e-6 * (1.0 + np.abs(mean))
    power = np.maximum(s, 0.0) ** (exponent + 1.0) / (exponent + 1.0)
    slanted = np.diff(power, axis=1) / np.where(flat, 1.0, rise)
    return np.diff(t, axis=1) * np.where(flat, np.maximum(mean, 0.0) ** exponent, slanted)


def pushed(
    start: np.ndarray, opened: np.ndarray, closed: np.ndarray, rising: np.ndarray,
    step: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> np.ndarray:  # fmt: skip
    """Apply doses one after another; where the drive rises, the closing dose comes first.

    Args:
        start: State at the start, shape [n].
        opened: Dose of each piece towards 1, shape [n, piece].
        closed: Dose of each piece towards 0, as a negative number.
        rising: Whether the drive rises in the piece.
        step: Function that returns the state after a dose from the state and the dose.

    Returns:
        State at the end of each piece, shape [n, piece].
    """
    x, states = start, np.empty_like(opened)
    for k in range(opened.shape[1]):
        first = np.where(rising[:, k], closed[:, k], opened[:, k])
        x = step(step(x, first), opened[:, k] + closed[:, k] - first)
        states[:, k] = x
    return states
