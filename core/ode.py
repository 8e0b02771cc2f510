"""Any system of ordinary differential equations as a simulator."""

import itertools
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .parameters import ParameterSpace
from .types import Variable, failed_trajectory, trajectory
from .waveforms import Waveform

if TYPE_CHECKING:
    import xarray as xr

Values = Mapping[str, float]
Columns = Mapping[str, np.ndarray]


class _GivenUpError(Exception):
    """The budget of evaluations is spent."""


@dataclass(frozen=True)
class ODESystem:
    """dy/dt = f(t, y, u(t), p) from y(0), driven by a piecewise-linear input u.

    Integration stops at every kink of u, so that no step straddles one.

    Args:
        name: What the user types.
        description: One line for `dynsur plugins`.
        space: The parameters p and their ranges.
        inputs: The driven variable u, as a tuple of one.
        outputs: What is recorded: the first components of y, or what `observe` returns.
        rhs: f(t, y, u, p), the time derivatives of the components of y.
        drive: The waveform u for given parameters.
        start: y(0) for given parameters.
        observe: Outputs from y [component, time], u [time] and p; by default the components.
        waveform: Drives every sample instead of `drive`.
        points: Time samples of a trajectory.
        relative_tolerance: Local error of a step relative to each component.
        absolute_tolerance: Local error of a step that is always accepted.
        method: Any method of `scipy.integrate.solve_ivp`.
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
    rhs: Callable[[float, np.ndarray, float, Values], Sequence[float]]
    drive: Callable[[Values], Waveform]
    start: Callable[[Values], Sequence[float]]
    observe: Callable[[np.ndarray, np.ndarray, Values], Sequence[np.ndarray]] | None = None
    waveform: Waveform | None = None
    points: int = 501
    relative_tolerance: float = 1e-8
    absolute_tolerance: float = 1e-10
    method: str = "LSODA"
    evaluations: int = 100_000
    features: Callable[[Columns], dict[str, np.ndarray]] | None = None
    estimate: Callable[[Columns, Columns, np.ndarray], dict[str, np.ndarray]] | None = None

    def simulate(self, parameters: Values) -> "xr.Dataset":
        """Simulate one system; see `dynsur.core.Simulator`."""
        values = self.space.values(parameters)
        waveform = self.waveform or self.drive(values)
        time = waveform.grid(self.points)
        state, reason = self._integrate(values, waveform, time)
        if reason:
            return failed_trajectory(self, reason)
        u = waveform(time)
        observed = state if self.observe is None else self.observe(state, u, values)
        series = {v.name: observed[j] for j, v in enumerate(self.outputs)}
        return trajectory(self, time, {self.inputs[0].name: u, **series})

    def _integrate(
        self, values: Values, waveform: Waveform, time: np.ndarray
    ) -> tuple[np.ndarray, str]:
        """Return y [component, time] and why it could not be had, or ""."""
        from scipy.integrate import solve_ivp

        left = itertools.repeat(None, self.evaluations)

        def f(t: float, y: np.ndarray) -> Sequence[float]:
            if next(left, self) is self:
                raise _GivenUpError(f"{self.evaluations} evaluations did not suffice, at {t:.4g} s")
            return self.rhs(t, y, float(waveform(t)), values)

        state = np.asarray(self.start(values), float)
        columns = [state[:, None]]
        for begin, end in itertools.pairwise(waveform.times):
            wanted = time[(time > begin) & (time <= end)]
            stops = np.append(wanted[wanted < end], end)
            with np.errstate(all="ignore"), warnings.catch_warnings():
                # What a solver warns about ends in its message, which becomes the reason.
                warnings.simplefilter("ignore")
                try:
                    solution = solve_ivp(
                        f,
                        (begin, end),
                        state,
                        method=self.method,
                        t_eval=stops,
                        rtol=self.relative_tolerance,
                        atol=self.absolute_tolerance,
                    )
                except _GivenUpError as error:
                    return state, str(error)
            if not solution.success or not np.isfinite(solution.y).all():
                return state, f"integration stopped after t = {begin:.4g} s: {solution.message}"
            columns.append(solution.y[:, : wanted.size])
            state = solution.y[:, -1]
        return np.concatenate(columns, axis=1), ""
