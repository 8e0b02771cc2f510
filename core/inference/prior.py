"""What is known before a fit: ranges of parameters, of the noise and of nuisances."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import DynsurError
from ..systems.capabilities import drive_of
from ..systems.parameters import Parameter, ParameterSpace
from ..systems.simulator import Simulator

RELATIVE, ABSOLUTE = "noise_relative", "noise_absolute"
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
    peak: float,
    output: str,
    noise: Mapping[str, float],
    nuisances: Sequence[str],
    largest_drive: float,
) -> Prior:
    """Return the prior of a fit.

    Args:
        space: The parameters of the system; a range is the prior's, a fixed value is known.
        drive_parameters: Values of parameters that the measured drive settles.
        peak: Largest modulus of the measured output, the scale of noise and offset.
        output: Unit of the output.
        noise: Known noise by `noise_relative` and `noise_absolute`; what is missing is estimated.
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
    more = {
        RESISTANCE: Parameter(RESISTANCE, 1e-4 * largest_drive / peak, largest_drive / peak, "ohm",
                              scale="log", long_name="resistance in series"),
        OFFSET: Parameter(OFFSET, -0.05 * peak, 0.05 * peak, output, long_name="offset"),
        AREA: Parameter(AREA, 0.1, 10.0, "1", scale="log", long_name="area in that of the system"),
        RELATIVE: Parameter(RELATIVE, 1e-3, 0.5, "1", scale="log", long_name="relative noise"),
        ABSOLUTE: Parameter(ABSOLUTE, 1e-6 * peak, 0.1 * peak, output, scale="log",
                            long_name="absolute noise"),
    }  # fmt: skip
    for name in nuisances:
        if name not in NUISANCES:
            raise DynsurError(f"unknown nuisance '{name}'; expected {', '.join(NUISANCES)}.")
    wanted = [NUISANCES[name] for name in nuisances]
    wanted += [name for name in (RELATIVE, ABSOLUTE) if name not in noise]
    fixed = {p.name: p.value for p in space if p.is_fixed}
    return Prior(
        (*free, *(more[name] for name in wanted)), len(free), {**fixed, **drive_parameters, **noise}
    )


def settled_by_drive(simulator: Simulator, time: np.ndarray, drive: np.ndarray) -> dict[str, float]:
    """Return the parameters that do nothing but shape the drive, with values that match a drive.

    A model sees the amplitude or the period of a sweep as parameters. Under a measured drive they
    take the values with which the system's own drive has the measured peak and duration, where
    such values lie in the parameters' domains.

    Args:
        simulator: The system.
        time: Measured instants, shape [point], from 0, in s.
        drive: The measured drive, shape [point].
    """
    from scipy.optimize import least_squares

    own = drive_of(simulator)
    if own is None:
        return {}
    middle = simulator.space.values()

    def shape(values: Mapping[str, float]) -> np.ndarray:
        wave: Any = own({**middle, **values})
        return np.append(np.asarray(wave(PROBES * wave.duration), float), wave.duration)

    moving = [
        p
        for p in simulator.space.free
        if not np.array_equal(shape({p.name: p.low}), shape({p.name: p.high}))
    ]
    if not moving:
        return {}
    target = np.log([np.abs(drive).max(), time[-1]])

    def misfit(unit: np.ndarray) -> np.ndarray:
        found = shape({p.name: float(p.from_unit(u)) for p, u in zip(moving, unit, strict=True)})
        return np.log(np.maximum([np.abs(found[:-1]).max(), found[-1]], 1e-300)) - target

    best = least_squares(misfit, np.full(len(moving), 0.5), bounds=(-20.0, 20.0)).x
    values = {}
    for p, unit in zip(moving, best, strict=True):
        value = float(p.from_unit(unit))
        values[p.name] = value if bool(p.accepts(np.array(value))) else p.value
    return values
