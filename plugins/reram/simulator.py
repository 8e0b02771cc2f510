"""The ReRAM simulator, from the parameters of Table 1 to the current along a voltage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from dynsur.core import (
    DynsurError,
    ParameterSpace,
    Shown,
    Status,
    Variable,
    Waveform,
    enough_points,
    failed_trajectory,
    trajectory,
    triangle,
)

from .parameters import TABLE_1

if TYPE_CHECKING:
    import xarray as xr

    from .solve import Options

VOLTAGE = Variable("voltage", "V", "voltage of the right contact", "U")
CURRENT = Variable("current", "A", "current into the right contact", "I")
CONTACTS, STATISTICS = ("schottky", "ohmic"), ("fermi", "boltzmann")
MOST_ACCURATE, LEAST_ACCURATE = 1e-4, 0.5  # the tolerances offered


@dataclass(frozen=True, repr=False)
class ReRAM(Shown):
    """The vacancy charge-transport model of a two-terminal memristive device.

    −∂ₓ(ε_r ε_0 ∂ₓψ) = q (z_a n_a + n_p − n_n + C);  z_α q ∂_t n_α + ∂ₓ j_α = 0, α ∈ {n, p, a},
    The equations hold between Schottky contacts with thermionic emission and image-charge
    lowering. They are solved from equilibrium along a piecewise-linear voltage.

    Args:
        space: Parameters and ranges; Table 1 of Zamankhani (2024) by default.
        waveform: Voltage over time; by default the triangle 0 → U_max → −U_max → 0 in t_p.
        cycles: Number of cycles of the default triangle.
        points: Number of time samples. It is raised to the number of kinks of the waveform and,
            unless chosen, to 50 for each of its turning points.
        fields: Number of equally spaced times at which ψ, n, p and n_a over x are recorded.
        field_times: Times at which they are recorded instead, increasing, in s.
        tolerance: Largest error of I(t), relative to its peak; mesh and time steps follow from it.
        contacts: "schottky" or "ohmic". An ohmic contact has the densities of charge-neutral
            equilibrium and uses neither φ_L and φ_R nor the lowering.
        statistics: "fermi" or "boltzmann", for electrons and holes.
        first_cell: First mesh cell at the contacts, in nm, for studies of convergence.
        largest_cell: Largest mesh cell, relative to L, for studies of convergence.
        step_tolerance: Local time error of a step, relative to vacancy content and peak current,
            for studies of convergence.
        solves: Number of linear solves allowed for each straight piece of the waveform, of which
            some hundreds are usual.
        base_tolerance: Largest error of the solve that models start from, like `tolerance`; 0 takes
            the coarse solve, which is the fastest.

    Source: Spetzler et al. (2023), doi:10.1002/aelm.202300635; numerics after Abdel et al. (2024),
    arXiv:2412.15065.
    """

    space: ParameterSpace = TABLE_1
    waveform: Waveform | None = None
    cycles: int = 1
    points: int = 501
    fields: int = 0
    field_times: tuple[float, ...] = ()
    tolerance: float = 0.01
    contacts: Literal["schottky", "ohmic"] = "schottky"
    statistics: Literal["fermi", "boltzmann"] = "fermi"
    first_cell: float | None = None
    largest_cell: float | None = None
    step_tolerance: float | None = None
    solves: int = 6000
    base_tolerance: float = 0.0

    name = "reram"
    description = "vacancy charge transport in a two-dimensional memristive device (1-D PDE)"
    inputs = (VOLTAGE,)
    outputs = (CURRENT,)

    def __post_init__(self) -> None:
        for name, choices in (("contacts", CONTACTS), ("statistics", STATISTICS)):
            if getattr(self, name) not in choices:
                raise DynsurError(
                    f"simulator.{name} must be '{choices[0]}' or '{choices[1]}'; "
                    f"got '{getattr(self, name)}'."
                )
        for name, value in (("tolerance", self.tolerance), ("base_tolerance", self.base_tolerance)):
            if not MOST_ACCURATE <= value <= LEAST_ACCURATE and (name == "tolerance" or value):
                raise DynsurError(
                    f"simulator.{name} must lie in [{MOST_ACCURATE:g}, {LEAST_ACCURATE:g}]; "
                    f"got {value:g}."
                )
        if self.points < 2 or self.fields < 0:
            raise DynsurError(
                "simulator.points must be at least 2 and simulator.fields not negative; "
                f"got {self.points} and {self.fields}."
            )
        if self.solves < 1:
            raise DynsurError(f"simulator.solves must be at least 1; got {self.solves}.")
        drive = self.waveform or triangle(1.0, 1.0, self.cycles)
        points = enough_points(self.points, drive, type(self).points)
        object.__setattr__(self, "points", points)
        _check_positive("first_cell", self.first_cell, 10.0)
        _check_positive("largest_cell", self.largest_cell, 0.2)
        _check_positive("step_tolerance", self.step_tolerance, 0.1)
        if self.fields and self.field_times:
            raise DynsurError("give simulator.fields or simulator.field_times, not both.")
        if any(later <= t for t, later in pairwise(self.field_times)):
            raise DynsurError("simulator.field_times must increase strictly.")

    @property
    def options(self) -> "Options":
        """The accuracy, the contacts and the statistics in the form that the solver takes."""
        from .solve import Options

        return Options(
            self.tolerance,
            self.contacts,
            self.statistics,
            self.first_cell,
            self.largest_cell,
            self.step_tolerance,
            self.solves,
        )

    def drive(self, values: Mapping[str, float]) -> Waveform:
        """Return the voltage waveform of a device with these parameters."""
        return self.waveform or triangle(values["U_max"], values["t_p"], self.cycles)

    def snapshots(self, waveform: Waveform) -> np.ndarray:
        """Return the times at which fields are recorded, in s.

        Raises:
            DynsurError: A time lies outside of the waveform.
        """
        times = np.array(self.field_times)
        if times.size and not (times[0] >= 0.0 and times[-1] <= waveform.duration):
            raise DynsurError(
                f"simulator.field_times must lie in [0, {waveform.duration:g}] s, the waveform's "
                f"time; got {times[0]:g} to {times[-1]:g} s."
            )
        return times if times.size else np.linspace(0.0, waveform.duration, self.fields)

    def features(self, parameters: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return closed-form quantities of devices; see `closed_form.features`.

        Args:
            parameters: Every parameter by name, in Table 1's units, each of shape [device].
        """
        from .closed_form.features import features

        return features(parameters)

    def estimate(
        self,
        parameters: Mapping[str, np.ndarray],
        series: Mapping[str, np.ndarray],
        time: np.ndarray,
    ) -> dict[str, np.ndarray]:
        """Return the closed-form current of devices and its components; see `closed_form.current`.

        Args:
            parameters: Every parameter by name, in Table 1's units, each of shape [device].
            series: The series `voltage`, shape [device, time], in V.
            time: Instants, shape [device, time], in s.
        """
        from .closed_form.current import estimate

        return estimate(parameters, series["voltage"], time)

    def coarse(
        self,
        parameters: Mapping[str, np.ndarray],
        series: Mapping[str, np.ndarray],
        time: np.ndarray,
        wanted: np.ndarray,
    ) -> dict[str, np.ndarray]:
        """Return the current of devices from a coarse solve, see `coarse.coarse`.

        Args:
            parameters: Every parameter by name, in Table 1's units, each of shape [device].
            series: `voltage`, shape [device, time], in V.
            time: Its instants, shape [device, time], in s.
            wanted: Instants at which the current is wanted, shape [device, instant], in s.
        """
        from .coarse import coarse

        given = parameters, series["voltage"], time, wanted
        return coarse(self.options, *given, tolerance=self.base_tolerance)

    def simulate(self, parameters: Mapping[str, float]) -> "xr.Dataset":
        """Simulate one device.

        Args:
            parameters: Values in Table 1's units; other parameters have their defaults.

        Returns:
            `time`, `voltage`, `current`, `status`, `reason`; with `fields` also the state over
            `snapshot` and `x`. Attributes: `steps`, `newton_iterations`, `edge_error` (largest
            deviation of the current between edges) and `vacancy_drift`, both relative.

        Raises:
            DynsurError: A parameter is unknown or outside of its domain.
        """
        from .profiles import profiles
        from .solve import solve
        from .transient.dense_output import resample

        values = self.space.values(parameters)
        waveform = self.drive(values)
        snapshots = self.snapshots(waveform)
        solution = solve(self.options, values, waveform, snapshots)
        if solution.reason:
            return failed_trajectory(self, solution.reason, parameters=values)
        time = waveform.grid(self.points)
        current = resample(solution.record, waveform, time)
        data = trajectory(self, time, {"voltage": waveform(time), "current": current}, values)
        data.attrs.update(solution.diagnostics)
        return data.assign(profiles(solution, snapshots)) if snapshots.size else data

    def simulate_batch(self, parameters: Mapping[str, np.ndarray]) -> dict[str, Any]:
        """Simulate many devices at once, in a third of the time that `simulate` takes for each.

        The currents are those of `simulate` but for rounding. No fields are recorded.

        Args:
            parameters: Values in Table 1's units, each of shape [device].

        Returns:
            `time`, `voltage` and `current`, each of shape [device, time], NaN where a device has
            no solution; `status` and `reason`, each of shape [device].
        """
        columns = self.space.columns(parameters)
        count = len(next(iter(columns.values())))
        waves = [self.drive({n: float(c[i]) for n, c in columns.items()}) for i in range(count)]
        time = np.stack([wave.grid(self.points) for wave in waves])
        voltage = np.stack([wave(t) for wave, t in zip(waves, time, strict=True)])
        current, reasons = self._currents(columns, waves, time)
        failed = reasons != ""
        series = {"time": time, "voltage": voltage, "current": current}
        return {
            **{name: np.where(failed[:, None], np.nan, rows) for name, rows in series.items()},
            "status": np.where(failed, Status.FAILED, Status.OK).astype(np.int8),
            "reason": reasons,
        }

    def _currents(
        self, columns: Mapping[str, np.ndarray], waves: Sequence[Waveform], time: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the currents of devices at instants [device, time], and why there are none."""
        from .solve import solve_many

        return solve_many(self.options, columns, waves, time)


def _check_positive(name: str, value: float | None, most: float) -> None:
    if value is not None and not 0.0 < value <= most:
        raise DynsurError(f"simulator.{name} must lie in (0, {most:g}]; got {value:g}.")
