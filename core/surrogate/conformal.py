"""Conformal bands around predictions, calibrated on held-back curves."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..encoding.scales import Scale

COVERAGE = 0.9
GROUP_CURVES = 20  # validation curves for each group of points at least
MOST_GROUPS = 20


@dataclass(frozen=True)
class Calibration:
    """Split-conformal bands of one output, by groups of the prediction's size.

    A band is g⁻¹(g(ŷ) ± q_k (σ + s)) with g the output's scale and σ the spread of the members
    on it; q_k is the quantile of |g(y) − g(ŷ)|/(σ + s) among validation points whose |g(ŷ)|
    falls into the same group. Points of a curve are not independent, so coverage holds on average
    over curves like those of training, not for each curve.

    Args:
        name: The output.
        coverage: Share of points that a band holds.
        spread: s, on the scale, so that agreeing members leave no band of width zero.
        edges: |g(ŷ)| between the groups, increasing.
        quantiles: q_k, one more than edges.

    Source: Papadopoulos et al. (2002), doi:10.1007/3-540-36755-1_29; Boström & Johansson (2020),
    Mondrian conformal regressors.
    """

    name: str
    coverage: float
    spread: float
    edges: tuple[float, ...]
    quantiles: tuple[float, ...]

    @classmethod
    def fit(
        cls,
        scale: Scale,
        predicted: np.ndarray,
        spread: np.ndarray,
        true: np.ndarray,
        coverage: float = COVERAGE,
    ) -> "Calibration":
        """Learn the bands' width.

        Args:
            scale: The output's scale.
            predicted: Of the validation curves, shape [curve, time], physical.
            spread: Standard deviation of the members on the scale, the same shape.
            true: What was simulated, the same shape.
            coverage: Share of points that a band shall hold.
        """
        least = float(np.median(spread)) or 1.0 / abs(scale.span)
        size = _size(scale, predicted)
        error = np.abs(scale.forward(true) - scale.forward(predicted)) / (spread + least)
        groups = min(MOST_GROUPS, max(1, len(predicted) // GROUP_CURVES))
        edges = np.unique(np.quantile(size, np.arange(1, groups) / groups))
        group = np.searchsorted(edges, size)
        found = [_quantile(error[group == k], coverage) for k in range(edges.size + 1)]
        return cls(scale.name, coverage, least, tuple(edges.tolist()), tuple(found))

    def band(
        self, scale: Scale, predicted: np.ndarray, spread: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the lower and upper bounds, each [curve, time], physical."""
        group = np.searchsorted(self.edges, _size(scale, predicted))
        half = np.array(self.quantiles)[group] * (spread + self.spread)
        middle = scale.forward(predicted)
        return scale.inverse(middle - half), scale.inverse(middle + half)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Calibration":
        """Rebuild what `to_json` wrote."""
        return cls(**{**data, "edges": tuple(data["edges"]), "quantiles": tuple(data["quantiles"])})


def spread_of(scale: Scale, members: Sequence[Mapping[str, np.ndarray]]) -> np.ndarray:
    """Return the standard deviation on its scale of what members predict of an output."""
    return np.std([scale.forward(member[scale.name]) for member in members], axis=0)


def coverage_by_size(
    scale: Scale, low: np.ndarray, high: np.ndarray, predicted: np.ndarray, true: np.ndarray
) -> dict[str, Any]:
    """Return the share of points inside their band: of all, and by the prediction's size.

    On a logarithmic scale sizes are decades of |ŷ|, named by the exponent of their lower end; on
    a linear one tenths of the largest.
    """
    inside = (true >= low) & (true <= high)
    size = np.abs(predicted)
    if scale.kind == "linear":
        place = np.floor(10.0 * size / max(float(size.max()), 1e-300)).clip(max=9)
    else:
        place = np.floor(np.log10(np.maximum(size, 1e-300)))
    return {
        "all": float(inside.mean()),
        "by_size": {
            f"{int(k)}": {"covered": float(inside[place == k].mean()), "n": int((place == k).sum())}
            for k in np.unique(place)
        },
    }


def _size(scale: Scale, values: np.ndarray) -> np.ndarray:
    """Return |g(ŷ)|, zero where ŷ is."""
    if scale.kind == "log":
        return scale.forward(values)
    return np.abs(scale.forward(values) - scale.forward(np.zeros(1)))


def _quantile(error: np.ndarray, coverage: float) -> float:
    """Return the ⌈(n + 1) c⌉-th smallest of n errors, or the largest (Vovk et al. 2005)."""
    rank = min(error.size, math.ceil((error.size + 1) * coverage))
    return float(np.partition(error, rank - 1)[rank - 1])
