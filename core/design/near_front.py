"""Parameters near the designs of a front, sampled so that sample i depends on (seed, i) alone."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..systems.parameters import ParameterSpace

if TYPE_CHECKING:
    import xarray as xr

RADIUS = 0.05  # standard deviation, as a share of each parameter's range


@dataclass(frozen=True)
class NearFront(ParameterSpace):
    """A space of parameters whose samples lie around centres.

    Sample i lies at centre i modulo their number; the first ones are the centres themselves, later
    ones are normally distributed around them, within the ranges.

    Args:
        centres: Points of the unit cube of the free parameters.
        radius: Standard deviation in the unit cube.
    """

    centres: tuple[tuple[float, ...], ...] = ()
    radius: float = RADIUS

    @classmethod
    def around(cls, space: ParameterSpace, front: "xr.Dataset") -> "NearFront":
        """Return the space around a front; parameters that did not vary are fixed."""
        for p in space:
            if p.name not in front.attrs["varied"]:
                space = space.restrict(p.name, float(front[p.name].values[0]))
        unit = np.stack([p.to_unit(front[p.name].values) for p in space.free], axis=1)
        centres = tuple(tuple(row) for row in np.clip(unit, 0.0, 1.0).tolist())
        return cls(space.parameters, space.sampler, centres)

    def sample(self, seed: int, start: int, count: int) -> dict[str, np.ndarray]:
        """Draw the samples start, …, start + count − 1; see `ParameterSpace.sample`."""
        rows = [self._point(seed, i) for i in range(start, start + count)]
        unit = np.array(rows).reshape(count, len(self.free))
        column = {p.name: unit[:, j] for j, p in enumerate(self.free)}
        return {p.name: p.from_unit(column.get(p.name, np.zeros(count))) for p in self}

    def _point(self, seed: int, i: int) -> np.ndarray:
        centre = np.array(self.centres[i % len(self.centres)])
        if i < len(self.centres):
            return centre
        random = np.random.Generator(np.random.Philox(key=seed, counter=i))
        return np.clip(random.normal(centre, self.radius), 0.0, 1.0)

    def describe(self) -> dict[str, Any]:
        """Return the space as plain JSON values."""
        centres = [list(centre) for centre in self.centres]
        return {**super().describe(), "centres": centres, "radius": self.radius}
