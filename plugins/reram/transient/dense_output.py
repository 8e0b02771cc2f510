"""Interpolate the current of the time steps at the instants of the output."""

import numpy as np
from dynsur.core import Waveform
from numba import njit

from .record import STEPS, Record

DEGREE = 3  # of the time integration


def resample(record: Record, waveform: Waveform, time: np.ndarray) -> np.ndarray:
    """Interpolate the current between the kinks, at which the displacement current may jump.

    Args:
        record: The record of the steps.
        waveform: The voltage waveform.
        time: Wanted instants, in any order, shape [time], in s.
    """
    used = slice(1, record.counts[STEPS] + 1)
    result = np.zeros(time.size)
    interpolate(
        record.time[used], record.current[used], record.segment[used], np.array(waveform.times),
        np.ascontiguousarray(time), result,
    )  # fmt: skip
    return result


@njit(cache=True, error_model="numpy", nogil=True)
def interpolate(
    t: np.ndarray,
    current: np.ndarray,
    segment: np.ndarray,
    kinks: np.ndarray,
    wanted: np.ndarray,
    result: np.ndarray,
) -> None:
    """Fill the current from the polynomials of the steps.

    Each goes through the end of its step and up to three earlier levels of the same segment. Step
    control bounds their errors, and later steps do not change them.

    Args:
        t: Ends of the steps, increasing, shape [step], in s.
        current: The current there, shape [step], in A.
        segment: Segment of the waveform that each step belongs to, shape [step].
        kinks: Kinks of the waveform, shape [kink], in s.
        wanted: Wanted instants, in any order, shape [time], in s.
        result: Filled; 0 at the start, shape [time], in A.
    """
    first = np.searchsorted(segment, np.arange(kinks.size))
    for i in range(wanted.size):
        owner = np.searchsorted(kinks, wanted[i]) - 1
        owner = min(max(owner, 0), kinks.size - 2)
        begin, end = first[owner], first[owner + 1]
        if wanted[i] <= 0.0:
            result[i] = 0.0
        elif end - begin == 1:
            result[i] = current[begin]
        else:
            # Rounding may put a kink past itself: what follows the tiny first step tells the limit.
            x = min(wanted[i], t[end - 1])
            top = min(max(begin + np.searchsorted(t[begin:end], x), begin + 1), end - 1)
            result[i] = _polynomial(t, current, top, min(top - begin, DEGREE) + 1, x)


@njit(cache=True, error_model="numpy")
def _polynomial(t: np.ndarray, values: np.ndarray, top: int, count: int, x: float) -> float:
    """Return the polynomial through `count` steps up to `top`, at x."""
    result = 0.0
    for i in range(count):
        weight = values[top - i]
        for j in range(count):
            if j != i:
                weight = weight * (x - t[top - j]) / (t[top - i] - t[top - j])
        result += weight
    return result
