"""How far a predicted figure of merit may lie from the simulated one."""

import math
from dataclasses import dataclass

import numpy as np

from ..errors import DynsurError
from ..numbers import number, numbers
from .definitions import Merit

SHARE = 0.9  # of figures of merit that a band holds


@dataclass(frozen=True)
class MeritBand:
    """A band of a figure of merit: its predictions ± a half width, on its scale.

    Args:
        share: Share of new systems whose value lies inside.
        half_width: Half of its width: in decades for a merit of scale "log", else in its unit;
            infinite where there are too few systems to tell.
        n: Number of systems that it was fitted on.
    """

    share: float
    half_width: float
    n: int


def departure(merit: Merit, predicted: np.ndarray, simulated: np.ndarray) -> np.ndarray:
    """Return predicted − simulated on the merit's scale, NaN where either is undefined.

    It is log₁₀(predicted/simulated) of a merit of scale "log", which values of unlike sign lack.
    """
    if merit.scale == "linear":
        return predicted - simulated
    ratio = np.full(predicted.shape, np.nan)
    np.divide(predicted, simulated, out=ratio, where=(simulated != 0) & np.isfinite(simulated))
    logs = np.full(ratio.shape, np.nan)
    return np.log10(ratio, out=logs, where=ratio > 0)


def merit_band(errors: np.ndarray, share: float = SHARE) -> MeritBand:
    """Return the split-conformal band of errors [n] of systems that were not trained on.

    The half width is the ⌈(n + 1)·share⌉-th smallest modulus; NaN errors are left out.

    Source: Lei et al. (2018), doi:10.1080/01621459.2017.1307116.
    """
    errors, share = numbers("'errors'", errors), number("'share'", share)
    if not 0.0 < share < 1.0:
        raise DynsurError(f"the share of a band lies between 0 and 1; got {share:g}.")
    sizes = np.sort(np.abs(errors[np.isfinite(errors)]))
    rank = math.ceil((sizes.size + 1) * share)
    return MeritBand(share, float(sizes[rank - 1]) if rank <= sizes.size else math.inf, sizes.size)
