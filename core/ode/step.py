"""One step of an explicit or linearly implicit method, for many systems at once."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np


class Step(NamedTuple):
    """The result of one step of every lane.

    Args:
        state: y at the end, shape [component, lane].
        slope: dy/dt at the end, shape [component, lane].
        error: Estimated error relative to the allowed one, shape [lane].
        stiffness: |h λ| relative to the stability limit of the method, shape [lane].
        dense: Returns the coefficients of `interpolate`, shape [coefficient, component, lane].
    """

    state: np.ndarray
    slope: np.ndarray
    error: np.ndarray
    stiffness: np.ndarray
    dense: Callable[[], np.ndarray]


def combine(weights: np.ndarray, K: np.ndarray) -> np.ndarray:
    """Return Σ_s weights_s K_s.

    BLAS is not used, because its rounding may depend on the position of a lane.

    Args:
        weights: Weights of the stages as `shaped` returns them.
        K: Slopes, shape [stage, component, lane].
    """
    return np.add.reduce(weights * K[: len(weights)], axis=0)


def shaped(weights: Iterable[float]) -> np.ndarray:
    """Return the weights of stages in the form that `combine` takes, [stage, 1, 1]."""
    return np.array([*weights], float)[:, None, None]
