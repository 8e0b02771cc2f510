"""What is known before a fit: ranges of parameters, of the noise and of nuisances."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import DynsurError
from ..ode import ODESystem
from ..response import SimulatedResponder
from ..systems.capabilities import drive_of
from ..systems.drive import by_input
from ..systems.parameters import Parameter, ParameterSpace
from ..systems.signals import together
from ..systems.simulator import Simulator

RELATIVE, ABSOLUTE = "noise_relative", "noise_absolute"
MOST_NOISE = 0.5  # relative
RESISTANCE, OFFSET, AREA = "series_resistance", "offset", "area"
NUISANCES = {"series-resistance": RESISTANCE, "offset": OFFSET, "area": AREA}
PROBES = np.linspace(0.0, 1.0, 65)  # of the duration


@dataclass(frozen=True)
class Prior:
    """Independent priors, uniform on each parameter's scale.

    Args:
        parameters: What is sampled: free parameters of the system, then nuisances and noise.
        system: How many of them are parameters of the system.
        fixed: Parameters of the system that have one value.
    """

    parameters: tuple[Parameter, ...]
    system: int
    fixed: Mapping[str, float]

    @property
    def names(self) -> list[str]:
        """The names of what is sampled."""
        return [p.name for p in self.parameters]

    @property
    def readings(self) -> list[int]:
        """Which of them change a reading: all but the noise."""
        kept = range(len(self.parameters))
        return [i for i in kept if i < self.system or not _is_noise(self.names[i])]

    def values(self, z: np.ndarray) -> dict[str, np.ndarray]:
        """Map standard normal coordinates [n, d] to values [n] by name."""
        from scipy.special import ndtr

        unit = ndtr(z)
        return {p.name: p.from_unit(unit[:, i]) for i, p in enumerate(self.parameters)}

    def coordinates(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Map values [n] to standard normal coordinates [n, d]; the inverse of `values`."""
        from scipy.special import ndtri

        columns = [p.to_unit(np.asarray(values[p.name], float)) for p in self.parameters]
        return ndtri(np.clip(np.stack(columns, axis=1), 1e-9, 1.0 - 1e-9))


def prior_of(
    space: ParameterSpace,
    drive_parameters: Mapping[str, float],
    outputs: Mapping[str, tuple[float, str]],
    noise: Mapping[str, float],
    nuisances: Sequence[str],
    largest_drive: float,
) -> Prior:
    """Return the prior of a fit.

    Args:
        space: The parameters of the system; a range is the prior's, a fixed value is known.
        drive_parameters: Values of parameters that the measured drive settles.
        outputs: The largest modulus of each measured output, which is the scale of its noise and
            offset, and its unit. Several outputs have an absolute noise and an offset each.
        noise: Known noise by `noise_relative` and `noise_absolute`, or that name with an output's
            behind it; what is missing is estimated.
        nuisances: Which of "series-resistance", "offset" and "area" are estimated.
        largest_drive: Largest modulus of the measured drive.

    Raises:
        DynsurError: Nothing is left to be fitted, or a nuisance is unknown.
    """
    free = [p for p in space.free if p.name not in drive_parameters]
    if not free:
        raise DynsurError(
            "every parameter is fixed: nothing is left to be fitted; leave some free."
        )
    peak = max(peak for peak, _ in outputs.values())
    more = [
        Parameter(RESISTANCE, 1e-4 * largest_drive / peak, largest_drive / peak, "ohm",
                  scale="log", long_name="resistance in series"),
        Parameter(AREA, 0.1, 10.0, "1", scale="log", long_name="area in that of the system"),
        Parameter(RELATIVE, 1e-3, MOST_NOISE, "1", scale="log", long_name="relative noise"),
    ]  # fmt: skip
    for name, (peak, units) in outputs.items():
        end, of = (f"_{name}", f" of {name}") if len(outputs) > 1 else ("", "")
        more += [
            Parameter(OFFSET + end, -0.05 * peak, 0.05 * peak, units, long_name=f"offset{of}"),
            Parameter(ABSOLUTE + end, 1e-6 * peak, 0.1 * peak, units, scale="log",
                      long_name=f"absolute noise{of}"),
        ]  # fmt: skip
    for name in nuisances:
        if name not in NUISANCES:
            raise DynsurError(f"unknown nuisance '{name}'; expected {', '.join(NUISANCES)}.")
    wanted = [NUISANCES[name] for name in nuisances]
    wanted += [name for name in (RELATIVE, ABSOLUTE) if name not in noise]
    chosen = [
        p
        for name in wanted
        for p in more
        if p.name not in noise and (p.name == name or p.name.startswith(f"{name}_"))
    ]
    fixed = {p.name: p.value for p in space if p.is_fixed}
    return Prior((*free, *chosen), len(free), {**fixed, **drive_parameters, **noise})


def _changes_response(
    simulator: Simulator, parameter: Parameter, time: np.ndarray, drive: np.ndarray
) -> bool:
    """Return whether a parameter also matters to a system whose drive is given.

    One that shapes the drive may set the state at the start as well. Only systems of ordinary
    differential equations are asked, which answer at once.
    """
    if not isinstance(simulator, ODESystem):
        return False
    ends = {parameter.name: np.array([parameter.low, parameter.high])}
    series = {v.name: row for v, row in zip(simulator.inputs, np.atleast_2d(drive), strict=True)}
    response = SimulatedResponder(simulator.name, simulator).along(ends, series, time)
    return any(not np.array_equal(*rows, equal_nan=True) for rows in response.outputs.values())


def own(values: Mapping[str, Any], name: str, output: str, default: Any) -> Any:
    """Return the value of a nuisance or noise for an output: its own, or that of all outputs."""
    return values.get(f"{name}_{output}", values.get(name, default))


def _is_noise(name: str) -> bool:
    return name in (RELATIVE, ABSOLUTE) or name.startswith(f"{ABSOLUTE}_")


def settled_by_drive(simulator: Simulator, time: np.ndarray, drive: np.ndarray) -> dict[str, float]:
    """Return the parameters that do nothing but shape the drive, with values that match a drive.

    A model sees the amplitude or the period of a sweep as parameters. Under a measured drive they
    take the values with which the system's own drive has the measured peaks and duration, where
    such values lie in the parameters' domains.

    Args:
        simulator: The system.
        time: Measured instants, shape [point], from 0, in s.
        drive: The measured drive, shape [point]; that of several inputs [input, point].
    """
    from scipy.optimize import least_squares

    usual = drive_of(simulator)
    if usual is None:
        return {}
    middle = simulator.space.values()

    def shape(values: Mapping[str, float]) -> tuple[np.ndarray, float]:
        given = by_input(simulator, usual({**middle, **values}))
        wave = together(list(given.values()))
        probed = np.asarray(wave(PROBES * wave.duration), float)
        return np.atleast_2d(probed), wave.duration

    moving = []
    for p in simulator.space.free:
        (one, short), (other, long) = shape({p.name: p.low}), shape({p.name: p.high})
        alike = short == long and np.array_equal(one, other)
        if not alike and not _changes_response(simulator, p, time, drive):
            moving.append(p)
    if not moving:
        return {}
    peaks = np.abs(np.atleast_2d(drive)).max(axis=1)
    target = np.log(np.maximum([*peaks, time[-1]], 1e-300))

    def misfit(unit: np.ndarray) -> np.ndarray:
        named = zip(moving, unit, strict=True)
        waves, duration = shape({p.name: float(p.from_unit(u)) for p, u in named})
        found = [*np.abs(waves).max(axis=1), duration]
        return np.log(np.maximum(found, 1e-300)) - target

    best = least_squares(misfit, np.full(len(moving), 0.5), bounds=(-20.0, 20.0)).x
    values = {}
    for p, unit in zip(moving, best, strict=True):
        value = float(p.from_unit(unit))
        values[p.name] = value if bool(p.accepts(np.array(value))) else p.value
    return values
