"""A simulator for any system of ordinary differential equations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..showing import Shown
from ..systems.drive import Excitation, by_input, inputs_along, signal_of
from ..systems.instants import enough_points, instants, longest_step, stops
from ..systems.parameters import ParameterSpace
from ..systems.signals import Signal, parts_of, together, with_rates
from ..systems.simulator import failed_trajectory, trajectory
from ..systems.variables import Status, Variable
from .coarse import at_wanted, problems_along
from .first_call import check_rhs
from .solve import Problem, solve
from .vector_field import Rhs, of_one

if TYPE_CHECKING:
    import numpy.typing as npt
    import xarray as xr

BLOCK = 512  # devices side by side: enough to hide what numpy costs, few enough for the caches

Values = Mapping[str, float]
Columns = Mapping[str, np.ndarray]


@dataclass(frozen=True, repr=False)
class ODESystem(Shown):
    """A simulator of dy/dt = f(t, y, u(t), p) from y(0), driven by inputs u.

    Many devices are integrated at once, each with its own steps. The method is explicit, and
    linearly implicit for devices that turn out to be stiff. The function `rhs` is written for one
    device but called with arrays: t, u and each parameter of shape [device], y of shape
    [component, device]. The u of several inputs has the shape [input, device], so that
    `voltage, gate = u` gives each of them. Numpy functions (`np.where`, `np.exp`, …) accept both. A
    right-hand side that does not (because of `math` or `if`) is recognised, and scipy's LSODA
    integrates its devices one at a time. No step crosses a kink or a jump of an input, and each of
    them is recorded; see `dynsur.core.instants`.

    Args:
        name: What the user types.
        description: One line for `dynsur plugins`.
        space: The parameters p and their ranges.
        inputs: The driven variables u, in order; empty for a system without an input.
        outputs: The recorded variables: the first components of y, or what `observe` returns.
        rhs: f(t, y, u, p), the time derivatives of the components of y.
        drive: Returns u for given parameters: a `Waveform`, a `Smooth` signal, or any function of
            time with a `duration`, which is probed for jumps. For several inputs it returns a
            mapping with such a signal for each name; the longest ends the trajectory, and the
            others keep their last value. A system without an input has `rest(duration)`.
        start: Returns y(0) for given parameters.
        observe: Returns the outputs of one device for y [component, time], u [time] or
            [input, time], and p. By default the outputs are the components.
        metrics: Metrics of its own for predictions; see `JudgesPredictions`.
        merits: Figures of merit of its own; see `OffersMerits`.
        waveform: A signal that drives every sample in place of `drive`; for several inputs a
            mapping by name, in which an input that is left out keeps its own drive.
        points: Number of time samples of a trajectory. It is raised to the number of kinks of u at
            the default parameters and, unless chosen, to 50 for each turning point of u.
        relative_tolerance: Local error of a step relative to each component.
        absolute_tolerance: Local error of a step that is always accepted, one value or one per
            component.
        method: "auto", or a method of `scipy.integrate.solve_ivp` for one device at a time.
        evaluations: Number of evaluations of `rhs`, for each hundred pieces of u, after which a
            simulation is given up. Without a limit, steps towards a singularity would never end.
        features: Numbers known before a simulation; see `KnowsFeatures`.
        estimate: Outputs known before a simulation; see `KnowsEstimate`.
        rates: Whether `rhs` also needs du/dt. Its u then holds the inputs followed by the time
            derivative of each: `field, field_rate = u`. At a kink the derivative is that of the
            side on which the step lies.
        coarse_tolerance: Relative tolerance of a cheap solve from which models may start; the
            absolute one is larger in proportion. Without it there is none; see `KnowsCoarse`.
    """

    name: str
    description: str
    space: ParameterSpace
    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]
    rhs: Rhs
    drive: Callable[[Values], Excitation]
    start: Callable[[Values], Sequence[float]]
    observe: Callable[[np.ndarray, np.ndarray, Values], Sequence[np.ndarray]] | None = None
    metrics: Callable[[Columns, Columns, np.ndarray], Mapping[Variable, np.ndarray]] | None = None
    merits: Callable[[Columns, Columns, np.ndarray], Mapping[Variable, np.ndarray]] | None = None
    waveform: Excitation | None = None
    points: int = 501
    relative_tolerance: float = 1e-8
    absolute_tolerance: float | tuple[float, ...] = 1e-10
    method: str = "auto"
    evaluations: int = 100_000
    features: Callable[[Columns], dict[str, np.ndarray]] | None = None
    estimate: Callable[[Columns, Columns, np.ndarray], dict[str, np.ndarray]] | None = None
    coarse_tolerance: float | None = None
    rates: bool = False

    def __post_init__(self) -> None:
        by_input(self, self.waveform)  # refuses what names no input
        if self.coarse_tolerance is not None and not 0.0 < self.coarse_tolerance < 1.0:
            raise DynsurError(
                f"simulator.coarse_tolerance must lie in (0, 1); got {self.coarse_tolerance:g}."
            )
        points = enough_points(self.points, self._usual_drive(), type(self).points)
        object.__setattr__(self, "points", points)

    def _usual_drive(self) -> Signal | None:
        """Return the drive at the default parameters, or None if it cannot be computed."""
        try:
            return signal_of(self, self.space.values())
        except Exception:  # a simulation says what is wrong
            return None

    def simulate(self, parameters: Values) -> "xr.Dataset":
        """Simulate one system; see `dynsur.core.Simulator`."""
        values = self.space.values(parameters)
        rows = self._rows([values])
        if rows["reason"][0]:
            return failed_trajectory(self, rows["reason"][0], parameters=values)
        series = {name: rows[name][0] for name in self._series}
        return trajectory(self, rows["time"][0], series, values)

    def simulate_batch(self, parameters: "Mapping[str, npt.ArrayLike]") -> dict[str, Any]:
        """Simulate many systems at once; see `dynsur.core.Simulator`.

        Each result equals that of `simulate` to the last bit.
        """
        columns = self.space.columns(parameters)
        count = len(next(iter(columns.values())))
        rows = [{name: float(c[i]) for name, c in columns.items()} for i in range(count)]
        blocks = [self._rows(rows[i : i + BLOCK]) for i in range(0, count, BLOCK)]
        return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}

    @property
    def coarse(self) -> Callable[..., dict[str, np.ndarray]] | None:
        """The cheap solve of many systems, or None; see `KnowsCoarse`."""
        return None if self.coarse_tolerance is None else self._coarse

    def _coarse(
        self, parameters: Columns, series: Columns, time: np.ndarray, wanted: np.ndarray
    ) -> dict[str, np.ndarray]:
        drives = [series[v.name] for v in self.inputs] or [np.zeros_like(time)]
        drives_of = with_rates if self.rates else None
        problems = problems_along(self.start, parameters, drives, time, wanted, drives_of)
        self._check(problems[:1])
        tolerance = self.coarse_tolerance or self.relative_tolerance
        looser = tolerance / self.relative_tolerance
        states, reasons = solve(
            self.rhs,
            problems,
            method=self.method,
            relative=tolerance,
            absolute=looser * np.asarray(self.absolute_tolerance, float),
            budget=self.evaluations,
        )
        solved = [
            {} if reason else self._observed(problem, state)
            for problem, state, reason in zip(problems, states, reasons, strict=True)
        ]
        return at_wanted([v.name for v in self.outputs], problems, solved, reasons, wanted)

    @property
    def _series(self) -> list[str]:
        return [v.name for v in (*self.inputs, *self.outputs)]

    def _rows(self, devices: Sequence[Values]) -> dict[str, Any]:
        """Return the series, the status and the reason of each device."""
        signals = [signal_of(self, values) for values in devices]
        grids = [self._grid(signal) for signal in signals]
        refused = [grid if isinstance(grid, str) else "" for grid in grids]
        time = np.stack(
            [np.full(self.points, np.nan) if isinstance(grid, str) else grid for grid in grids]
        )
        problems = [
            Problem(
                values,
                with_rates(signal) if self.rates else signal,
                np.asarray(self.start(values), float),
                grid,
                stops(signal),
                longest_step(signal, self.points),
            )
            for values, signal, grid in zip(devices, signals, time, strict=True)
        ]
        recorded = [i for i, reason in enumerate(refused) if not reason]
        self._check([problems[i] for i in recorded[:1]])
        found = solve(
            self.rhs,
            [problems[i] for i in recorded],
            method=self.method,
            relative=self.relative_tolerance,
            absolute=np.asarray(self.absolute_tolerance, float),
            budget=self.evaluations,
        )
        states, reasons = dict(zip(recorded, found[0], strict=True)), refused
        for i, reason in zip(recorded, found[1], strict=True):
            reasons[i] = reason
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

    def _grid(self, signal: Signal) -> np.ndarray | str:
        """Return the instants at which a drive is recorded, or why they cannot resolve it."""
        try:
            return instants(signal, self.points)
        except DynsurError as error:
            return str(error)

    def _observed(self, problem: Problem, state: np.ndarray) -> dict[str, np.ndarray]:
        """Return the inputs and the outputs of one device, each of shape [time]."""
        signal = together(parts_of(problem.signal)[: max(1, len(self.inputs))])
        u = np.asarray(signal(problem.time), float)
        seen = state if self.observe is None else self.observe(state, u, problem.values)
        outputs = {v.name: seen[j] for j, v in enumerate(self.outputs)}
        return {**inputs_along(self, signal, problem.time), **outputs}

    def _check(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            u = of_one(np.asarray(problem.signal(problem.time[:1]), float)[..., 0])
            check_rhs(self.name, self.rhs, problem.start, u, problem.values)
