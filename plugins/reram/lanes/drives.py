"""The drives of many devices as few straight pieces, and their currents at any instants."""

import numpy as np
from numba import njit

from ..transient.dense_output import DEGREE
from .pace import Tasks

STRAIGHT = 1e-3  # of the largest |U|: how far a drive may be from the straight pieces it is cut to


@njit(cache=True, error_model="numpy", nogil=True)
def straight_pieces(
    time: np.ndarray, voltage: np.ndarray, times: np.ndarray, volts: np.ndarray, kinks: np.ndarray
) -> None:
    """Cut sampled drives into as few straight pieces as keep within `STRAIGHT` of all samples.

    Args:
        time: Instants, shape [device, time], in s; counted from the first one.
        voltage: Samples, shape [device, time], in V.
        times: Filled with the kinks, in s, shape [device, time].
        volts: Filled with the values there, in V, likewise.
        kinks: Filled with how many there are, shape [device].
    """
    last = time.shape[1] - 1
    for i in range(time.shape[0]):
        allowed = STRAIGHT * max(np.max(np.abs(voltage[i])), 1e-12)
        count, start, low, high = 1, 0, -np.inf, np.inf
        times[i, 0], volts[i, 0] = 0.0, voltage[i, 0]
        for k in range(1, last + 1):
            span, rise = time[i, k] - time[i, start], voltage[i, k] - voltage[i, start]
            if k > start + 1 and not low <= rise / span <= high:
                start = k - 1
                times[i, count], volts[i, count] = time[i, start] - time[i, 0], voltage[i, start]
                count += 1
                span, rise = time[i, k] - time[i, start], voltage[i, k] - voltage[i, start]
                low, high = -np.inf, np.inf
            low, high = max(low, (rise - allowed) / span), min(high, (rise + allowed) / span)
        times[i, count], volts[i, count] = time[i, last] - time[i, 0], voltage[i, last]
        kinks[i] = count + 1


def cut(time: np.ndarray, voltage: np.ndarray) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the kinks of one drive and the values there, see `straight_pieces`."""
    times, volts, kinks = np.zeros((1, time.size)), np.zeros((1, time.size)), np.zeros(1, np.int64)
    straight_pieces(time[None].copy(), voltage[None].copy(), times, volts, kinks)
    kept = slice(0, int(kinks[0]))
    return tuple(times[0, kept].tolist()), tuple(volts[0, kept].tolist())


@njit(cache=True, error_model="numpy", nogil=True)
def currents(tasks: Tasks, wanted: np.ndarray, current: np.ndarray) -> None:
    """Fill the currents at the wanted instants from the polynomials of the steps.

    Each goes through the end of its step and up to three levels before, all in one straight piece
    of the drive: at a kink the displacement current may jump. See `transient.dense_output`.

    Args:
        tasks: Solved devices.
        wanted: Instants in any order, shape [device, instant], in s.
        current: Filled, in A, likewise.
    """
    for i in range(wanted.shape[0]):
        steps, kinks = tasks.steps[i], tasks.kinks[i]
        t, values = tasks.t[i, :steps], tasks.current[i, :steps]
        first = np.searchsorted(tasks.segment[i, :steps], np.arange(kinks))
        for j in range(wanted.shape[1]):
            x = wanted[i, j]
            owner = np.searchsorted(tasks.times[i, :kinks], x) - 1
            owner = min(max(owner, 0), kinks - 2)
            begin, end = first[owner], first[owner + 1]
            if x <= 0.0:
                current[i, j] = 0.0
                continue
            x = min(x, t[end - 1])
            top = min(max(begin + np.searchsorted(t[begin:end], x), begin + 1), end - 1)
            count = min(top - begin, DEGREE) + 1
            current[i, j] = (
                _polynomial(t, values, top, count, x) if end - begin > 1 else values[top]
            )


@njit(cache=True, error_model="numpy")
def _polynomial(t: np.ndarray, values: np.ndarray, top: int, count: int, x: float) -> float:
    """Return the polynomial through `count` steps up to `top`, at x."""
    result = 0.0
    for i in range(count):
        weight = values[top - i]
        for j in range(count):
            if j != i:
                weight *= (x - t[top - j]) / (t[top - i] - t[top - j])
        result += weight
    return result
