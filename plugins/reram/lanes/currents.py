"""The currents of many devices at any instants, from the polynomials of their steps."""

import numpy as np
from numba import njit

from ..transient.dense_output import DEGREE
from .pace import Tasks


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
