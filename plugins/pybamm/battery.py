"""The single-particle model of a lithium-ion cell, discharged in pulses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from dynsur.core import (
    DynsurError,
    Parameter,
    ParameterSpace,
    Shown,
    Variable,
    Waveform,
    enough_points,
    failed_trajectory,
    pulse_train,
    trajectory,
)

if TYPE_CHECKING:
    import xarray as xr

CAPACITY = 5.0  # A h, nominal, of the cell of Chen et al. (2020)
HOUR = 3600.0  # s
MOST_PULSES = 100_000
EDGE = 0.02  # rise and fall of a pulse as shares of its width
SOURCE = "around Chen et al. (2020), doi:10.1149/1945-7111/ab9050"

SPACE = ParameterSpace(
    (
        Parameter(
            "rate", 0.2, 2.0, "1/h", scale="log", domain=(1e-3, 20.0), symbol="C",
            long_name="current of a pulse over the capacity",
        ),
        Parameter(
            "soc", 0.6, 0.95, "1", domain=(0.0, 1.0), symbol="z_0",
            long_name="state of charge at the start",
        ),
        Parameter(
            "depth", 0.1, 0.5, "1", domain=(1e-3, 1.0), symbol="d",
            long_name="share of the capacity that all pulses draw",
        ),
        Parameter(
            "D_n", 1e-14, 1e-13, "m^2/s", default=3.3e-14, scale="log", domain=(1e-17, 1e-11),
            symbol="D_n", long_name="diffusivity in the negative particle", source=SOURCE,
        ),
        Parameter(
            "D_p", 1e-15, 1e-14, "m^2/s", default=4e-15, scale="log", domain=(1e-18, 1e-12),
            symbol="D_p", long_name="diffusivity in the positive particle", source=SOURCE,
        ),
        Parameter(
            "T", 273.15, 318.15, "K", default=298.15, domain=(233.15, 353.15), symbol="T",
            long_name="ambient temperature",
        ),
    )
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Battery(Shown):
    """A cell of 5 A h that is discharged in pulses, each followed by a rest of equal length.

    PyBaMM (Sulzer et al. 2021, doi:10.5334/jors.309) solves the equations; see docs/pybamm.md. It
    is imported by the first simulation, so that the system is listed even without it.

    Args:
        space: Parameters and ranges.
        waveform: Current in A, positive in discharge, that replaces the pulses of every sample.
        pulses: Number of pulses.
        points: Number of time samples; it is raised to the number of kinks of the current.
        tolerance: Relative tolerance of PyBaMM's solver, IDA.
    """

    space: ParameterSpace = SPACE
    waveform: Waveform | None = None
    pulses: int = 5
    points: int = 501
    tolerance: float = 1e-6

    model = "SPM"
    name = "battery"
    description = "PyBaMM's single-particle model of a lithium-ion cell, discharged in pulses"
    inputs = (Variable("current", "A", "discharge current", "I"),)
    outputs = (Variable("voltage", "V", "terminal voltage", "U"),)

    def __post_init__(self) -> None:
        if not 1 <= self.pulses <= MOST_PULSES or self.points < 2 or not 0.0 < self.tolerance < 1.0:
            raise DynsurError(
                f"a battery takes 1 to {MOST_PULSES:,} pulses, 2 or more points and a tolerance in "
                f"(0, 1); got {self.pulses:.3g}, {self.points:.3g} and {self.tolerance:g}."
            )
        points = enough_points(self.points, self._parts(self.space.values())[0], type(self).points)
        object.__setattr__(self, "points", points)

    def drive(self, parameters: Mapping[str, float]) -> Waveform:
        """Return the current of a cell, in A."""
        shape, duration, height = self._parts(self.space.values(parameters))
        return Waveform(
            tuple(duration * t for t in shape.times), tuple(height * v for v in shape.values)
        )

    def simulate(self, parameters: Mapping[str, float]) -> "xr.Dataset":
        """Discharge one cell; see `dynsur.core.Simulator`.

        Raises:
            DynsurError: A parameter is invalid, or PyBaMM is not installed.
        """
        from .cell import voltage

        values = self.space.values(parameters)
        time = self.drive(values).grid(self.points)
        result = voltage(self.model, self.tolerance, *self._parts(values), values, time)
        if isinstance(result, str):
            return failed_trajectory(self, result, parameters=values)
        series = {"current": self.drive(values)(time), "voltage": result}
        return trajectory(self, time, series, values)

    def estimate(
        self,
        parameters: Mapping[str, np.ndarray],
        series: Mapping[str, np.ndarray],
        time: np.ndarray,
    ) -> dict[str, np.ndarray]:
        """Return the state of charge soc − ∫ I dt / capacity, [n, time], as an estimate for models.

        Args:
            parameters: Every parameter by name, each of shape [n].
            series: The current, [n, time], in A.
            time: Instants, [n, time], in s.
        """
        current = series["current"]
        steps = 0.5 * (current[:, 1:] + current[:, :-1]) * np.diff(time, axis=1)
        drawn = np.cumsum(steps, axis=1) / (CAPACITY * HOUR)
        begin = np.asarray(parameters["soc"], float)[:, None]
        return {"state_of_charge": np.hstack([begin, begin - drawn])}

    def _parts(self, values: Mapping[str, float]) -> tuple[Waveform, float, float]:
        """Return the shape of the current, its duration in s and its height in A."""
        if self.waveform is not None:
            return self.waveform, 1.0, 1.0
        width = values["depth"] / (self.pulses * values["rate"]) * HOUR / (1.0 + EDGE)
        shape = pulse_train([1.0] * self.pulses, width=1.0, gap=1.0, edge=EDGE)
        return shape, width, CAPACITY * values["rate"]
