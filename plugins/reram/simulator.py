"""The ReRAM simulator: Table 1's parameters in, the current along a voltage waveform out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from dynsur.core import (
    DynsurError,
    ParameterSpace,
    Variable,
    Waveform,
    failed_trajectory,
    trajectory,
    triangle,
)

from .parameters import TABLE_1

if TYPE_CHECKING:
    import xarray as xr

    from .transient import Record

VOLTAGE = Variable("voltage", "V", "voltage of the right contact", "U")
CURRENT = Variable("current", "A", "current into the right contact", "I")
EDGE_LIMIT = 1e-4  # relative spread of the current over the edges that is still a result


@dataclass(frozen=True)
class ReRAM:
    """The vacancy charge-transport model of a two-terminal memristive device.

    −∂ₓ(ε_r ε_0 ∂ₓψ) = q (z_a n_a + n_p − n_n + C);  z_α q ∂_t n_α + ∂ₓ j_α = 0, α ∈ {n, p, a},
    between Schottky contacts with thermionic emission and image-charge lowering, from
    equilibrium along a piecewise-linear voltage.

    Args:
        space: Parameters and ranges; Table 1 of Zamankhani (2024) by default.
        waveform: Voltage over time; by default the triangle 0 → U_max → −U_max → 0 in t_p.
        cycles: Cycles of the default triangle.
        points: Time samples of a trajectory.
        fields: Number of equally spaced times at which ψ, n, p and n_a over x are kept.
        first_cell: First mesh cell at the contacts, in nm.
        largest_cell: Largest mesh cell, relative to L.
        step_tolerance: Local time error of a step, relative to vacancy content and peak current.
        statistics: "fermi" or "boltzmann", for electrons and holes.

    Source: Spetzler et al. (2023), doi:10.1002/aelm.202300635; numerics after Abdel et al. (2024),
    arXiv:2412.15065.
    """

    space: ParameterSpace = TABLE_1
    waveform: Waveform | None = None
    cycles: int = 1
    points: int = 501
    fields: int = 0
    first_cell: float = 0.05
    largest_cell: float = 5e-3
    step_tolerance: float = 3e-4
    statistics: str = "fermi"

    name = "reram"
    description = "vacancy charge transport in a two-dimensional memristive device (1-D PDE)"
    inputs = (VOLTAGE,)
    outputs = (CURRENT,)

    def __post_init__(self) -> None:
        if self.statistics not in ("fermi", "boltzmann"):
            raise DynsurError(
                f"simulator.statistics must be 'fermi' or 'boltzmann'; got '{self.statistics}'."
            )
        if not 0.0 < self.largest_cell <= 0.2 or not 0.0 < self.first_cell <= 10.0:
            raise DynsurError(
                "simulator.largest_cell must lie in (0, 0.2] of L and simulator.first_cell in "
                f"(0, 10] nm; got {self.largest_cell:g} and {self.first_cell:g}."
            )
        if self.points < 2 or self.step_tolerance <= 0.0 or self.fields < 0:
            raise DynsurError(
                "simulator.points must be at least 2, simulator.step_tolerance positive and "
                "simulator.fields not negative."
            )

    def drive(self, values: Mapping[str, float]) -> Waveform:
        """Return the waveform a device with these parameter values sees."""
        return self.waveform or triangle(values["U_max"], values["t_p"], self.cycles)

    def features(self, parameters: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return what is known of devices in closed form, see `features.features`.

        Args:
            parameters: Every parameter by name, in Table 1's units, each of shape [device].
        """
        from .features import features

        return features(parameters)

    def estimate(
        self,
        parameters: Mapping[str, np.ndarray],
        series: Mapping[str, np.ndarray],
        time: np.ndarray,
    ) -> dict[str, np.ndarray]:
        """Return the current of devices in closed form and what it is made of, see `estimate`.

        Args:
            parameters: Every parameter by name, in Table 1's units, each of shape [device].
            series: `voltage`, shape [device, time], in V.
            time: Instants, shape [device, time], in s.
        """
        from .estimate import estimate

        return estimate(parameters, series["voltage"], time)

    def simulate(self, parameters: Mapping[str, float]) -> "xr.Dataset":
        """Simulate one device.

        Args:
            parameters: Values in Table 1's units; those not named take their defaults.

        Returns:
            `time`, `voltage`, `current`, `status`, `reason`; with `fields` also the state over
            `snapshot` and `x`. Attributes: `steps`, `newton_iterations`, `edge_error` (largest
            deviation of the current between edges) and `vacancy_drift`, both relative.

        Raises:
            DynsurError: A parameter is unknown or outside its domain.
        """
        values = self.space.values(parameters)
        waveform = self.drive(values)
        solution = _solve(self, values, waveform)
        if solution.reason:
            return failed_trajectory(self, solution.reason)
        time = waveform.grid(self.points)
        current = _resample(solution.record, waveform, time)
        data = trajectory(self, time, {"voltage": waveform(time), "current": current})
        data.attrs.update(_diagnostics(solution.record))
        return data.assign(_state(self, values, solution, waveform)) if self.fields else data


@dataclass(frozen=True)
class _Solution:
    x: np.ndarray
    record: "Record"
    device: Any
    reason: str


def _solve(simulator: ReRAM, values: Mapping[str, float], waveform: Waveform) -> _Solution:
    from .equilibrium import solve_equilibrium
    from .physics import graded_mesh, make_device
    from .system import State, allocate
    from .transient import allocate_record, integrate

    length = values["L"] * 1e-6
    x = graded_mesh(length, simulator.first_cell * 1e-9, simulator.largest_cell * length)
    device = make_device(values, x, simulator.statistics == "boltzmann")
    state = State(np.zeros((4, x.size)), np.zeros((3, x.size + 1)), np.zeros(1))
    work, contact = allocate(x.size), np.zeros((2, 2, 3))
    times, volts = np.array(waveform.times), np.array(waveform.values)
    segments = times.size - 1
    record = allocate_record(4000 + 400 * segments, simulator.fields, x.size)
    if not solve_equilibrium(device, state, work, contact):
        return _Solution(x, record, device, "t = 0 s: Newton did not find the equilibrium")
    longest = waveform.duration / (20.0 * max(1, segments))
    snapshots = np.linspace(0.0, waveform.duration, simulator.fields)
    reached = integrate(
        device, state, work, contact, times, volts, snapshots, simulator.step_tolerance, longest,
        record,
    )  # fmt: skip
    reason = ""
    if reached < waveform.duration:
        full = record.counts[0] + 1 >= record.time.size
        mechanism = "more steps than allowed" if full else "Newton did not converge at any step"
        reason = f"t = {reached:.4g} s, U = {float(waveform(reached)):.4g} V: {mechanism}"
    elif not np.isfinite(record.current[: record.counts[0] + 1]).all():
        reason = "the current is not finite"
    elif _diagnostics(record)["edge_error"] > EDGE_LIMIT:
        reason = f"the current differs between edges by more than {EDGE_LIMIT:g} of its peak"
    return _Solution(x, record, device, reason)


def _resample(record: "Record", waveform: Waveform, time: np.ndarray) -> np.ndarray:
    """Interpolate the current between the kinks, where displacement current may jump."""
    from scipy.interpolate import PchipInterpolator

    used = slice(1, record.counts[0] + 1)
    t, current, segment = record.time[used], record.current[used], record.segment[used]
    result = np.zeros(time.size)
    for index, (start, end) in enumerate(zip(waveform.times, waveform.times[1:], strict=False)):
        inside = segment == index
        t_s, i_s = t[inside], current[inside]
        wanted = (time > start) & (time <= end * (1 + 1e-12))
        if t_s.size == 1:
            result[wanted] = i_s[0]
        else:
            # The first step after a kink is tiny: its value stands for the right-hand limit.
            t_s, i_s = np.concatenate([[start], t_s]), np.concatenate([[i_s[0]], i_s])
            result[wanted] = PchipInterpolator(t_s, i_s)(np.minimum(time[wanted], t_s[-1]))
    return result


def _diagnostics(record: "Record") -> dict[str, float | int]:
    from .transient import FLOOR

    used = slice(0, record.counts[0] + 1)
    peak = max(float(np.abs(record.current[used]).max()), FLOOR)
    content = record.content[used]
    return {
        "steps": int(record.counts[0]),
        "newton_iterations": int(record.counts[1]),
        "rejected_steps": int(record.counts[2]),
        "edge_error": float(record.edge_error[used].max()) / peak,
        "vacancy_drift": float(np.ptp(content) / content[0]) if content[0] else 0.0,
    }


def _state(
    simulator: ReRAM, values: Mapping[str, float], solution: _Solution, waveform: Waveform
) -> "xr.Dataset":
    """Turn the kept unknowns into ψ, n, p and n_a over snapshot and x."""
    import xarray as xr

    from .statistics import log_density, vacancy

    device, u = solution.device, solution.record.fields
    log_f = np.vectorize(lambda eta: log_density(eta, device.boltzmann)[0])
    fraction = np.vectorize(lambda v: vacancy(v)[0])
    instants = np.linspace(0.0, waveform.duration, simulator.fields)
    dims = ("snapshot", "x")
    n = device.N_c * np.exp(log_f(u[:, 0] + u[:, 1]))
    p = device.N_v * np.exp(log_f(u[:, 2] - u[:, 0] - device.E_g))
    rows = {
        "potential": (u[:, 0] * device.U_T, "V", "electrostatic potential ψ"),
        "electron_density": (n, "m^-3", "electron density n"),
        "hole_density": (p, "m^-3", "hole density p"),
        "vacancy_density": (fraction(u[:, 3]) * values["N_x"], "m^-3", "vacancy density n_a"),
    }
    variables = {k: (dims, a, {"units": s, "long_name": m}) for k, (a, s, m) in rows.items()}
    return xr.Dataset(
        {
            **variables,
            "snapshot_time": ("snapshot", instants, {"units": "s", "long_name": "time"}),
            "x": ("x", solution.x, {"units": "m", "long_name": "position"}),
        }
    )
