"""Check the arguments of a surrogate's methods as the command line checks its own."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import DynsurError
from ..numbers import by_name, numbers
from ..systems.simulator import Simulator
from .inputs import Conditions

# What overflows on the way is refused as not finite, so that numpy need not warn.
EXTREME = np.errstate(over="ignore", invalid="ignore")
Columns = Mapping[str, npt.ArrayLike]


def checked(
    simulator: Simulator,
    parameters: Columns,
    series: Columns,
    time: npt.ArrayLike,
    duration: npt.ArrayLike | None = None,
) -> tuple[Conditions, bool]:
    """Return the arguments of `Surrogate.predict` for n systems, and whether there is only one.

    Args:
        simulator: The simulator, which defines the names and the values that they accept.
        parameters: Values by name, each of shape [n] or one for all.
        series: The driven variables by name, each of shape [n, time], or [time] for all. Other
            variables are ignored.
        time: Instants, shape [n, time], or [time] for all, in s.
        duration: End of each whole trajectory, shape [n] or one for all, in s.

    Returns:
        The conditions with arrays of full shape, and whether no argument had an axis of systems.

    Raises:
        DynsurError: A name is unknown, a shape does not fit, a value is not finite or lies outside
            its domain, or the instants do not increase.
    """
    by_name("parameters", parameters)
    by_name("input series", series)
    drives = {v.name: _drive(v.name, series) for v in simulator.inputs}
    instants = _instants(time)
    columns = {name: simulator.space.column(name, values) for name, values in parameters.items()}
    rows = [array for array in (instants, *drives.values()) if array.ndim == 2]
    counts = {len(array) for array in rows} | {c.size for c in columns.values() if c.size != 1}
    if len(counts) > 1:
        found = {"time": instants.shape} | {n: a.shape for n, a in (drives | columns).items()}
        told = ", ".join(f"'{name}' {shape}" for name, shape in found.items())
        raise DynsurError(
            f"the arrays are of different numbers of systems: {told}; expected time and series of "
            "shape (systems, instants) and parameters of shape (systems,), or one for all."
        )
    count = counts.pop() if counts else 1
    shape = (count, instants.shape[-1])
    for name, drive in drives.items():
        if drive.shape[-1] != shape[1]:
            raise DynsurError(
                f"the input series '{name}' has {drive.shape[-1]} values along its last axis and "
                f"'time' has {shape[1]}; expected one value for each instant."
            )
    end = None if duration is None else _end(duration, instants, count)
    if end is None:
        instants = instants - instants[..., :1]
    given = Conditions(
        {name: np.broadcast_to(column, count) for name, column in columns.items()},
        {name: np.broadcast_to(drive, shape) for name, drive in drives.items()},
        np.broadcast_to(instants, shape),
        end,
    )
    return given, count == 1 and not rows


class NotFiniteError(DynsurError):
    """A surrogate predicts a value that is not finite for valid arguments.

    Args:
        name: Name of the output.
        system: Number of the system, counted from 0.
    """

    def __init__(self, name: str, system: int) -> None:
        super().__init__(
            f"the surrogate's '{name}' of system {system + 1} is not finite: its parameters or "
            "its drive are far from the training's, see `unfamiliar`, or the training diverged."
        )
        self.name, self.system = name, system


def finite(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return predicted outputs, each [n, time], or raise NotFiniteError."""
    for name, rows in values.items():
        for bad in np.flatnonzero(~np.isfinite(rows).all(axis=1))[:1]:
            raise NotFiniteError(name, int(bad))
    return values


def _drive(name: str, series: Columns) -> np.ndarray:
    if name not in series:
        raise DynsurError(
            f"the surrogate needs the input series '{name}'; got "
            f"{', '.join(map(repr, series)) or 'none'}."
        )
    return _rows(f"the input series '{name}'", series[name])


def _instants(time: npt.ArrayLike) -> np.ndarray:
    instants = _rows("'time'", time)
    if instants.shape[-1] < 2:
        raise DynsurError(f"'time' needs two instants or more; got {instants.shape[-1]}.")
    steps = np.diff(instants)
    if not (steps > 0).all():
        place = np.argwhere(steps <= 0)[0]
        here = instants[(*place[:-1], slice(place[-1], place[-1] + 2))]
        raise DynsurError(
            f"'time' goes from {here[0]:g} s to {here[1]:g} s; expected instants that increase."
        )
    return instants


def _rows(what: str, values: Any) -> np.ndarray:
    if "time" in getattr(values, "dims", ()):
        values = values.transpose(..., "time")  # xarray orders axes by name
    array = numbers(what, values)
    if array.ndim not in (1, 2) or not array.size:
        raise DynsurError(
            f"{what} has shape {array.shape}; expected (systems, instants), or (instants,) for one "
            "system."
        )
    bad = np.argwhere(~np.isfinite(array))
    if bad.size:
        place = ", ".join(map(str, bad[0]))
        raise DynsurError(
            f"{what} holds {len(bad)} values that are not finite, the first one at [{place}]; "
            "expected finite numbers."
        )
    return array


def _end(duration: npt.ArrayLike, instants: np.ndarray, count: int) -> np.ndarray:
    end = numbers("'duration'", duration)
    if end.shape not in ((), (1,), (count,)):
        raise DynsurError(
            f"'duration' has shape {end.shape}; expected one number, or one for each of the "
            f"{count} systems."
        )
    last = instants[..., -1]
    if not (np.isfinite(end) & (end > 0)).all() or (end < last * (1 - 1e-9)).any():
        raise DynsurError(
            f"'duration' is {end.min():g} s; expected the end of the whole trajectory, at or after "
            f"the last instant, {last.max():g} s."
        )
    if (instants[..., 0] < 0).any():
        raise DynsurError(
            f"'time' starts at {instants[..., 0].min():g} s; with `duration` it is counted from "
            "the start of the drive, so expected 0 or later."
        )
    return np.broadcast_to(end, count)
