"""The coarse solve as a simulator of its own, for datasets of very many devices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from dynsur.core import Waveform, failed_trajectory, trajectory

from .simulator import ReRAM

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, repr=False)
class ReRAMCoarse(ReRAM):
    """The devices of `ReRAM`, solved coarsely and many at a time; see `coarse.coarse`.

    A device takes a thirtieth of the time of `ReRAM` at its default tolerance, which is not used
    here, and its current is off by half a percent of its range in the median. There are no fields.
    """

    name = "reram-coarse"
    description = "the devices of reram, solved coarsely for very large datasets"
    coarse = None  # type: ignore[assignment] # it would be the simulation itself

    @property
    def fine(self) -> ReRAM:
        """The simulator of the same devices that this one stands in for."""
        return ReRAM(**{field.name: getattr(self, field.name) for field in fields(ReRAM)})

    def simulate(self, parameters: Mapping[str, float]) -> "xr.Dataset":
        """Simulate one device; see `ReRAM.simulate`."""
        values = self.space.values(parameters)
        rows = self.simulate_batch({name: np.array([value]) for name, value in values.items()})
        if rows["reason"][0]:
            return failed_trajectory(self, rows["reason"][0], parameters=values)
        series = {name: rows[name][0] for name in ("voltage", "current")}
        return trajectory(self, rows["time"][0], series, values)

    def _currents(
        self, columns: Mapping[str, np.ndarray], waves: Sequence[Waveform], time: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        voltage = np.stack([wave(t) for wave, t in zip(waves, time, strict=True)])
        found = ReRAM.coarse(self, columns, {"voltage": voltage}, time, time)
        return found["current"], found["reason"]
