"""The applicability domain: check whether a system and its drive resemble the training data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

EXPLAINED = 1e-6  # share of the drives' variance that the kept shapes may leave out
ALLOWANCE = 1.5  # times the largest distance of a held-back drive from those shapes
ROUNDING = 1e-2  # of a drive's size, the least distance that counts
HIDDEN = 0.1  # share of a drive that may act between the instants a network sees
OUTSIDE = 1e-6  # of a range, by which a value may exceed it


@dataclass(frozen=True)
class Drives:
    """The training drives of one input: their range and the space that their shapes span.

    Args:
        name: Name of the input.
        low: Smallest value.
        high: Largest value.
        shapes: Orthonormal shapes over the trained phases, [shape, phase]; none if any will do.
        distance: Largest relative distance of a familiar drive from the span of the shapes.
        hidden: Largest share of a familiar drive that acts between the trained phases.
    """

    name: str
    low: float
    high: float
    shapes: tuple[tuple[float, ...], ...]
    distance: float
    hidden: float = HIDDEN

    @classmethod
    def fit(cls, name: str, series: np.ndarray, held: np.ndarray, hidden: float = 0.0) -> "Drives":
        """Fit the shapes to training drives and the distance to further drives of the same kind.

        Args:
            name: Name of the input.
            series: Training drives at the trained phases, shape [n, phase].
            held: Held-out drives, e.g. those of the validation part, shape [m, phase].
            hidden: Largest share of them that acts between the phases; see `hidden_share`.
        """
        _, sizes, rows = np.linalg.svd(series, full_matrices=False)
        power = np.cumsum(sizes**2) / max(float((sizes**2).sum()), 1e-300)
        rows = rows[: 1 + int(np.searchsorted(power, 1.0 - EXPLAINED))]
        limit = max(
            ROUNDING, ALLOWANCE * float(_distance(np.concatenate([series, held]), rows).max())
        )
        shapes = tuple(tuple(row) for row in rows.tolist())
        return cls(
            name,
            float(series.min()),
            float(series.max()),
            shapes,
            limit,
            max(HIDDEN, ALLOWANCE * hidden),
        )

    @classmethod
    def within(cls, name: str, series: np.ndarray) -> "Drives":
        """Fit the range alone, for records of any length that have no shape in common."""
        return cls(name, float(series.min()), float(series.max()), (), 0.0)

    def reasons(self, series: np.ndarray, hidden: np.ndarray | None = None) -> list[str]:
        """Return what is unfamiliar about each drive of shape [n, phase], or "".

        Args:
            series: The drives at the trained phases.
            hidden: The share of each that acts between the phases, [n]; None if nothing does.
        """
        shares = np.zeros(len(series)) if hidden is None else hidden
        far = np.zeros(len(series), bool)
        if self.shapes:
            far = _distance(series, np.array(self.shapes)) > self.distance
        slack = OUTSIDE * (self.high - self.low)
        return [
            f"{self.name} reaches {wrong:g}, trained on {_span(self.low, self.high)}"
            if not self.low - slack <= wrong <= self.high + slack
            else (f"{self.name} has a shape not trained on" if strange else "")
            or self._hidden(share)
            for strange, wrong, share in zip(far, self._farthest(series), shares, strict=True)
        ]

    def _hidden(self, share: float) -> str:
        if share <= self.hidden:
            return ""
        return (
            f"{share:.0%} of {self.name} acts between the instants that the model sees, where it "
            "knows nothing of it"
        )

    def _farthest(self, series: np.ndarray) -> np.ndarray:
        least, most = series.min(axis=1), series.max(axis=1)
        return np.where(self.low - least > most - self.high, least, most)


@dataclass(frozen=True)
class Familiarity:
    """The ranges and drives on which a surrogate was trained.

    Args:
        ranges: Name, smallest and largest value of each parameter.
        drives: The training drives of each input.
        shortest: Shortest duration of a training trajectory, in s; None if any will do.
        longest: Longest duration of a training trajectory, in s; None if any will do.
    """

    ranges: tuple[tuple[str, float, float], ...]
    drives: tuple[Drives, ...]
    shortest: float | None = None
    longest: float | None = None

    def reasons(
        self,
        parameters: Mapping[str, np.ndarray],
        series: Mapping[str, np.ndarray],
        duration: np.ndarray,
        hidden: Mapping[str, np.ndarray] | None = None,
    ) -> list[str]:
        """Return what lies outside of the training data for each of n systems, or "".

        Args:
            parameters: Every parameter by name, each of shape [n].
            series: The inputs at the trained phases by name, each of shape [n, phase].
            duration: Duration of each whole trajectory, shape [n], in s.
            hidden: The share of each input that acts between those phases by name, [n].
        """
        shares = hidden or {}
        found: list[list[str]] = [[] for _ in duration]
        for name, low, high in self.ranges:
            slack = OUTSIDE * (abs(low) + abs(high))
            for row, value in zip(found, parameters[name], strict=True):
                if not low - slack <= value <= high + slack:
                    row.append(f"{name} = {value:g}, trained on {_span(low, high)}")
        for drives in self.drives:
            told = drives.reasons(series[drives.name], shares.get(drives.name))
            for row, reason in zip(found, told, strict=True):
                row.extend([reason] if reason else [])
        if self.shortest is None or self.longest is None:
            return ["; ".join(row) for row in found]
        for row, end in zip(found, duration, strict=True):
            if not self.shortest * (1 - OUTSIDE) <= end <= self.longest * (1 + OUTSIDE):
                row.append(f"lasts {end:g} s, trained on {_span(self.shortest, self.longest)} s")
        return ["; ".join(row) for row in found]

    def to_json(self) -> dict[str, Any]:
        """Return the ranges and drives as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Familiarity":
        """Rebuild what `to_json` wrote."""
        drives = (
            Drives(**{**row, "shapes": tuple(tuple(s) for s in row["shapes"])})
            for row in data["drives"]
        )
        ranges = tuple((name, low, high) for name, low, high in data["ranges"])
        return cls(ranges, tuple(drives), data["shortest"], data["longest"])


def hidden_shares(
    time: np.ndarray, series: Mapping[str, np.ndarray], seen: np.ndarray
) -> dict[str, np.ndarray]:
    """Return ∫|u − ũ| / ∫|u| of each drive u, where ũ are straight lines through what is seen.

    Args:
        time: Instants of the drives, shape [n, time], in any unit.
        series: The drives at them by name, each of shape [n, time].
        seen: The instants at which a network sees them, shape [n, instant], in the same unit.
    """
    return {
        name: np.array([_hidden(*row) for row in zip(time, values, seen, strict=True)])
        for name, values in series.items()
    }


def _hidden(time: np.ndarray, values: np.ndarray, seen: np.ndarray) -> float:
    both = np.union1d(time, seen)
    u = np.interp(both, time, values)
    off = np.abs(u - np.interp(both, seen, np.interp(seen, time, values)))
    whole = float(np.trapezoid(np.abs(u), both))
    return float(np.trapezoid(off, both)) / whole if whole else 0.0


def _distance(series: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Return the relative distance of each row from the span of the shapes."""
    left = series - series @ shapes.T @ shapes
    size = np.linalg.norm(series, axis=1)
    return np.linalg.norm(left, axis=1) / np.maximum(size, 1e-300)


def _span(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
