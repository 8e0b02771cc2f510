"""Conformal bands around predictions, calibrated on held-out curves."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..encoding.scales import Scale

COVERAGE = 0.9
GROUP_CURVES = 20  # validation curves for each group of points at least
MOST_GROUPS = 20
WIDEST = 1.0  # of the scale's span: to either side, such a band allows whatever the training knew


@dataclass(frozen=True)
class Calibration:
    """Split-conformal bands of one output, calibrated in groups of similar predictions.

    The band is g⁻¹(g(ŷ) ± q_k (σ + s)), with g the output's scale and σ the spread of the members
    on it. q_k is the quantile of |g(y) − g(ŷ)|/(σ + s) among those validation points whose |g(ŷ)|
    lies in the same group. To either side it is at most a span of g wide: where members contradict
    each other, more would overflow. The points of a curve are not independent. The coverage
    therefore holds on average over curves like those of the training, not for each curve.

    Args:
        name: Name of the output.
        coverage: Share of points that a band holds.
        spread: s, on the scale; it keeps the band from vanishing where all members agree.
        edges: |g(ŷ)| at the limits between the groups, increasing.
        quantiles: q_k of each group, one more than there are edges.

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
        """Fit the width of the bands.

        Args:
            scale: Scale of the output.
            predicted: Predicted validation curves, shape [curve, time], in physical units.
            spread: Standard deviation of the members on the scale, of the same shape.
            true: Simulated validation curves, of the same shape.
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
        """Return the lower and upper bounds, each [curve, time], in physical units."""
        group = np.searchsorted(self.edges, _size(scale, predicted))
        half = np.minimum(np.array(self.quantiles)[group] * (spread + self.spread), WIDEST)
        middle = scale.forward(predicted)
        return scale.inverse(middle - half), scale.inverse(middle + half)

    def to_json(self) -> dict[str, Any]:
        """Return the calibration as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Calibration":
        """Rebuild what `to_json` wrote."""
        return cls(**{**data, "edges": tuple(data["edges"]), "quantiles": tuple(data["quantiles"])})


def spread_of(scale: Scale, members: Sequence[Mapping[str, np.ndarray]]) -> np.ndarray:
    """Return the standard deviation of the members' predictions on the scale of the output."""
    return np.std([scale.forward(member[scale.name]) for member in members], axis=0)


def bands_of(
    calibrations: Iterable[Calibration],
    scales: Iterable[Scale],
    middle: Mapping[str, np.ndarray],
    members: Sequence[Mapping[str, np.ndarray]],
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the lower and the upper bound by output, each [curve, time], in physical units.

    Args:
        calibrations: The calibration of each output.
        scales: The scale of each output.
        middle: The ensemble's outputs by name, each [curve, time].
        members: The outputs of each of its members.
    """
    known = {scale.name: scale for scale in scales}
    return {
        c.name: c.band(known[c.name], middle[c.name], spread_of(known[c.name], members))
        for c in calibrations
    }


def coverage_by_size(
    scale: Scale, low: np.ndarray, high: np.ndarray, predicted: np.ndarray, true: np.ndarray
) -> dict[str, Any]:
    """Return the share of points inside their band, for all points and by size of |ŷ|.

    On a logarithmic scale the sizes are decades, named by the exponent of their lower end. On a
    linear scale they are tenths of the largest |ŷ|.
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
    """Return |g(ŷ)|, and zero where ŷ is zero."""
    if scale.kind == "log":
        return scale.forward(values)
    return np.abs(scale.forward(values) - scale.forward(np.zeros(1)))


def _quantile(error: np.ndarray, coverage: float) -> float:
    """Return the ⌈(n + 1) c⌉-th smallest of n errors, at most the largest (Vovk et al. 2005)."""
    rank = min(error.size, math.ceil((error.size + 1) * coverage))
    return float(np.partition(error, rank - 1)[rank - 1])
