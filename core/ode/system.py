"""Any system of ordinary differential equations as a simulator."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..systems.parameters import ParameterSpace
from ..systems.signals import Signal, instants
from ..systems.simulator import failed_trajectory, trajectory
from ..systems.variables import Status, Variable
from .solve import Problem, solve
from .vector_field import Rhs

if TYPE_CHECKING:
    import numpy.typing as npt
    import xarray as xr

BLOCK = 512  # devices side by side: enough to hide what numpy costs, few enough for the caches

Values = Mapping[str, float]
Columns = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class ODESystem:
    """dy/dt = f(t, y, u(t), p) from y(0), driven by an input u.

    Devices are integrated many at once, each with its own steps: explicitly, or, once stiff, by a
    linearly implicit method. For that `rhs`, written for one device, is called with arrays: t, u
    and each parameter of shape [device], y of shape [component, device]. Numpy functions
    (`np.where`, `np.exp`, …) act on both alike. A right-hand side that does not (`math`, `if`) is
    found out and integrated one device at a time by scipy's LSODA. No step straddles a kink of u.

    Args:
        name: What the user types.
        description: One line for `dynsur plugins`.
        space: The parameters p and their ranges.
        inputs: The driven variable u, as a tuple of one; empty for a system left to itself.
        outputs: What is recorded: the first components of y, or what `observe` returns.
        rhs: f(t, y, u, p), the time derivatives of the components of y.
        drive: u for given parameters: a `Waveform`, a `Smooth` signal, or any smooth function of
            time with a `duration`; `rest(duration)` for a system left to itself.
        start: y(0) for given parameters.
        observe: Outputs of one device from y [component, time], u [time] and p; by default the
            components.
        metrics: Judges predictions in its own terms, see `dynsur.core.Simulator`.
        waveform: Drives every sample instead of `drive`.
        points: Time samples of a trajectory.
        relative_tolerance: Local error of a step relative to each component.
        absolute_tolerance: Local error of a step that is always accepted, or one per component.
        method: "auto", or any method of `scipy.integrate.solve_ivp`, one device at a time.
        evaluations: Evaluations of `rhs` after which a simulation is given up; without a limit
            the steps towards a singularity would never end.
        features: What is known before a simulation, see `dynsur.core.Simulator`.
        estimate: The same along a drive.
    """

    name: str
    description: str
    space: ParameterSpace
    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]
    rhs: Rhs
    drive: Callable[[Values], Signal]
    start: Callable[[Values], Sequence[float]]
    observe: Callable[[np.ndarray, np.ndarray, Values], Sequence[np.ndarray]] | None = None
    metrics: Callable[[Columns, Columns, np.ndarray], Mapping[Variable, np.ndarray]] | None = None
    waveform: Signal | None = None
    points: int = 501
    relative_tolerance: float = 1e-8
    absolute_tolerance: float | tuple[float, ...] = 1e-10
    method: str = "auto"
    evaluations: int = 100_000
    features: Callable[[Columns], dict[str, np.ndarray]] | None = None
    estimate: Callable[[Columns, Columns, np.ndarray], dict[str, np.ndarray]] | None = None

    def __post_init__(self) -> None:
        if len(self.inputs) > 1:
            raise DynsurError(
                f"system '{self.name}' declares {len(self.inputs)} inputs; an ODESystem has one, "
                "or none."
            )
        if self.waveform is not None and not self.inputs:
            raise DynsurError(f"system '{self.name}' has no input and takes no waveform.")

    def simulate(self, parameters: Values) -> "xr.Dataset":
        """Simulate one system; see `dynsur.core.Simulator`."""
        rows = self._rows([self.space.values(parameters)])
        if rows["reason"][0]:
            return failed_trajectory(self, rows["reason"][0])
        return trajectory(self, rows["time"][0], {name: rows[name][0] for name in self._series})

    def simulate_batch(self, parameters: "Mapping[str, npt.ArrayLike]") -> dict[str, Any]:
        """Simulate many systems at once; see `dynsur.core.Simulator`.

        Each comes out as `simulate` gives it, to the last bit.
        """
        columns = self.space.columns(parameters)
        count = len(next(iter(columns.values())))
        rows = [{name: float(c[i]) for name, c in columns.items()} for i in range(count)]
        blocks = [self._rows(rows[i : i + BLOCK]) for i in range(0, count, BLOCK)]
        return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}

    @property
    def _series(self) -> list[str]:
        return [v.name for v in (*self.inputs, *self.outputs)]

    def _rows(self, devices: Sequence[Values]) -> dict[str, Any]:
        """Return the series, the status and the reason of each device."""
        signals = [self.waveform or self.drive(values) for values in devices]
        time = np.stack([instants(signal, self.points) for signal in signals])
        problems = [
            Problem(values, signal, np.asarray(self.start(values), float), grid)
            for values, signal, grid in zip(devices, signals, time, strict=True)
        ]
        states, reasons = solve(
            self.rhs,
            problems,
            method=self.method,
            relative=self.relative_tolerance,
            absolute=np.asarray(self.absolute_tolerance, float),
            budget=self.evaluations,
        )
        series = {name: np.full(time.shape, np.nan) for name in self._series}
        for i, (problem, reason) in enumerate(zip(problems, reasons, strict=True)):
            if not reason:
                for name, values in self._observed(problem, states[i]).items():
                    series[name][i] = values
        failed = np.array([bool(reason) for reason in reasons])
        return {
            "time": np.where(failed[:, None], np.nan, time),
            **series,
            "status": np.where(failed, Status.FAILED, Status.OK).astype(np.int8),
            "reason": np.array(reasons, dtype=object),
        }

    def _observed(self, problem: Problem, state: np.ndarray) -> dict[str, np.ndarray]:
        """Return the input and the outputs of one device, each of shape [time]."""
        u = np.asarray(problem.signal(problem.time), float)
        seen = state if self.observe is None else self.observe(state, u, problem.values)
        outputs = {v.name: seen[j] for j, v in enumerate(self.outputs)}
        return {**{v.name: u for v in self.inputs}, **outputs}
