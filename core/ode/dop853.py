"""The explicit Runge–Kutta method of order 8 of Dormand and Prince, for many devices at once.

Coefficients, error estimate and dense output of order 7 are those of DOP853 (Hairer, Nørsett and
Wanner 1993, Solving Ordinary Differential Equations I, section II.10), as scipy ships them.
"""

import functools
from typing import NamedTuple

import numpy as np

from .step import Step, combine, shaped
from .vector_field import Lanes

STABILITY = 6.1  # |h λ| up to which the method is stable on the negative real axis


class RungeKutta8:
    """The method DOP853, whose error estimate is of order 7.

    Args:
        relative: Local error of a step relative to each component.
        absolute: Local error that is always accepted, one value or one per component.
    """

    order = 7
    evaluations = 12.0

    def __init__(self, relative: float, absolute: np.ndarray) -> None:
        self._relative, self._absolute = relative, absolute

    def step(
        self, f: Lanes, t: np.ndarray, y: np.ndarray, h: np.ndarray, slope: np.ndarray
    ) -> Step:
        """Step from t to t + h, both of shape [lane] in s; `slope` is dy/dt at t."""
        tableau = _tableau()
        K = np.empty((16, *y.shape))
        K[0] = slope
        at = y
        for s, (c, a) in enumerate(zip(tableau.C, tableau.A, strict=True), start=1):
            at = y + h * combine(a, K)
            K[s] = f(t + c * h, at)
        end = y + h * combine(tableau.B, K)
        K[12] = f(t + h, end)
        scale = self._absolute + self._relative * np.maximum(np.abs(y), np.abs(end))
        return Step(
            end,
            K[12],
            _error(h, combine(tableau.E5, K) / scale, combine(tableau.E3, K) / scale),
            _stiffness(h, (K[12] - K[11]) / scale, (end - at) / scale),
            lambda: _dense(f, t, h, y, end, K),
        )

    @staticmethod
    def interpolate(coefficients: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return the state at shares x [n] of steps from y [c, n]; coefficients [7, c, n]."""
        result = np.zeros_like(y)
        for i, row in enumerate(coefficients[::-1]):
            result = (result + row) * (x if i % 2 == 0 else 1.0 - x)
        return y + result


class _Tableau(NamedTuple):
    """The coefficients; each row ends with its last entry that is not zero."""

    C: tuple[float, ...]
    A: tuple[np.ndarray, ...]
    B: np.ndarray
    E3: np.ndarray
    E5: np.ndarray
    C_extra: tuple[float, ...]
    A_extra: tuple[np.ndarray, ...]
    D: tuple[np.ndarray, ...]


@functools.cache
def _tableau() -> _Tableau:
    from scipy.integrate import DOP853

    return _Tableau(
        C=tuple(DOP853.C[1:].tolist()),
        A=tuple(shaped(row[:s]) for s, row in enumerate(DOP853.A[1:], start=1)),
        B=shaped(DOP853.B),
        E3=shaped(DOP853.E3[:12]),
        E5=shaped(DOP853.E5[:12]),
        C_extra=tuple(DOP853.C_EXTRA.tolist()),
        A_extra=tuple(shaped(row[:s]) for s, row in enumerate(DOP853.A_EXTRA, start=13)),
        D=tuple(map(shaped, DOP853.D)),
    )


def _error(h: np.ndarray, fifth: np.ndarray, third: np.ndarray) -> np.ndarray:
    """Combine the estimates of orders 5 and 3 into one of order 7."""
    components = len(fifth)
    fifth, third = (fifth**2).sum(axis=0), (third**2).sum(axis=0)
    weighed = np.sqrt((fifth + 0.01 * third) * components)
    return np.divide(h * fifth, weighed, out=np.zeros_like(fifth), where=weighed != 0)


def _stiffness(h: np.ndarray, slopes: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Estimate |h λ| from two slopes at the end of the step."""
    rate = np.sqrt((slopes**2).sum(axis=0) / np.maximum((states**2).sum(axis=0), 1e-300))
    return h * rate / STABILITY


def _dense(
    f: Lanes, t: np.ndarray, h: np.ndarray, y: np.ndarray, end: np.ndarray, K: np.ndarray
) -> np.ndarray:
    tableau = _tableau()
    extra = zip(tableau.C_extra, tableau.A_extra, strict=True)
    for s, (c, a) in enumerate(extra, start=13):
        K[s] = f(t + c * h, y + h * combine(a, K))
    change = end - y
    return np.stack(
        [
            change,
            h * K[0] - change,
            2.0 * change - h * (K[12] + K[0]),
            *(h * combine(d, K) for d in tableau.D),
        ]
    )
