"""A measured response that a system is fitted to."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DynsurError, unknown_name
from ..numbers import numbers
from ..systems.simulator import Simulator
from ..tables import (
    Quantity,
    named_in,
    on_plateau,
    parse_columns,
    read_responses,
    read_sheet,
)

LEAST_POINTS = 10
MOST_POINTS = 1000  # of a drive that a model is asked along; more are thinned


@dataclass(frozen=True)
class MeasuredLoop:
    """A measured drive and response; each output of a record is a loop of its own.

    Args:
        name: The file's name.
        quantity: Name of the output that was measured.
        time: Instants, shape [point], from 0, in s.
        drive: The input at them, shape [point], in its unit. Several inputs, in the order of the
            system, have the shape [input, point].
        output: The output at them, shape [point], in its unit; NaN where it is missing.
        used: Which points the likelihood sees, shape [point]: neither missing ones nor those on a
            compliance plateau.
        summary: What was understood of the file.
    """

    name: str
    quantity: str
    time: np.ndarray
    drive: np.ndarray
    output: np.ndarray
    used: np.ndarray
    summary: str

    @property
    def peak(self) -> float:
        """The largest modulus of the points that are used."""
        return float(np.abs(self.output[self.used]).max())

    @property
    def drives(self) -> np.ndarray:
        """All inputs, shape [input, point]."""
        return np.atleast_2d(self.drive)


def read_loop(
    path: str | Path, simulator: Simulator, columns: str | None = None, output: str | None = None
) -> MeasuredLoop:
    """Read one output of a measured record.

    Args:
        path: A table with a clock, every input and the output; see docs/data-in.md.
        simulator: The system, which names them and their units.
        columns: Which column holds what, as `--columns`.
        output: Which output was measured; by default the first one.

    Raises:
        DynsurError: The system has no input or no such output, or the file holds something else.
    """
    return read_loops(path, simulator, columns, [output or simulator.outputs[0].name])[0]


def read_loops(
    path: str | Path,
    simulator: Simulator,
    columns: str | None = None,
    outputs: Sequence[str] | None = None,
) -> list[MeasuredLoop]:
    """Read a measured record, a loop for each of its outputs.

    Args:
        path: A table with a clock, every input and the outputs; see docs/data-in.md.
        simulator: The system, which names them and their units.
        columns: Which column holds what, as `--columns`.
        outputs: Which outputs were measured; by default those that the file's header or `columns`
            name, and the first one where they name none.

    Raises:
        DynsurError: The system has no input or no such output, or the file holds something else.
    """
    names = [v.name for v in simulator.outputs]
    for name in outputs or []:
        if name not in names:
            raise unknown_name("output", name, names)
    if not simulator.inputs:
        raise DynsurError(f"system '{simulator.name}' has no input; a fit needs a measured drive.")
    drives, seen = (
        [Quantity(v.name, v.units, v.symbol) for v in side]
        for side in (simulator.inputs, simulator.outputs)
    )
    if outputs is None:
        outputs = [*parse_columns(columns), *named_in(read_sheet(path), seen)]
    wanted = [q for q in seen if q.name in outputs] or seen[:1]
    read = read_responses(path, drives, wanted, columns)
    u = np.stack([read.values[q.name] for q in drives])
    loops = []
    for quantity in wanted:
        name = Path(path).name + (f", {quantity.name}" if len(wanted) > 1 else "")
        summary = "" if loops else read.summary
        y = read.values[quantity.name]
        drive = u[0] if len(drives) == 1 else u
        loops.append(measured(name, read.times, drive, y, quantity.name, summary))
    return loops


def measured(
    name: str,
    time: np.ndarray,
    drive: np.ndarray,
    output: np.ndarray,
    quantity: str,
    summary: str = "",
) -> MeasuredLoop:
    """Return a measured loop from arrays of shape [point]; NaN in `output` stands for missing.

    The `drive` of several inputs has the shape [input, point]. Of more than MOST_POINTS points,
    equally spaced ones are kept together with the turning points of the drive.

    Raises:
        DynsurError: The arrays are of different lengths, the clock does not increase, or fewer
            than ten points can be used.
    """
    named = {"time": time, "drive": drive, "output": output}
    time, drive, output = (numbers(f"{key} of '{name}'", v) for key, v in named.items())
    if not (time.shape == drive.shape[-1:] == output.shape and 1 <= drive.ndim <= 2):
        raise DynsurError(
            f"time, drive and output of '{name}' must have one length; got shapes {time.shape}, "
            f"{drive.shape} and {output.shape}."
        )
    if time.size < 2 or not (np.diff(time) > 0).all() or not np.isfinite(drive).all():
        raise DynsurError(f"'{name}' needs instants that increase and a drive of finite numbers.")
    if time.size > MOST_POINTS:
        kept = _thinned(drive, MOST_POINTS)
        summary = f"{summary}; {kept.size} of {time.size} points are used for the fit"
        time, drive, output = time[kept], drive[..., kept], output[kept]
    used = np.isfinite(output)
    if drive.ndim == 1:  # what limits an output of several inputs is not known
        used &= ~on_plateau(drive, np.where(used, output, 0.0))
    if used.sum() < LEAST_POINTS:
        raise DynsurError(f"'{name}' has {used.sum()} points that can be fitted; ten are needed.")
    return MeasuredLoop(name, quantity, time - time[0], drive, output, used, summary)


def thinned(loop: MeasuredLoop, points: int) -> MeasuredLoop:
    """Return a loop with about so many of its points, the turning points of its drive among them.

    What is left out of the likelihood is left out of the count.

    Args:
        loop: The loop.
        points: How many points; a loop that has no more stays as it is.
    """
    if loop.time.size <= points:
        return loop
    kept = _thinned(loop.drive, points)
    if loop.used[kept].sum() < LEAST_POINTS:
        return loop
    parts = (loop.time[kept], loop.drive[..., kept], loop.output[kept], loop.used[kept])
    return MeasuredLoop(loop.name, loop.quantity, *parts, loop.summary)


def _thinned(drive: np.ndarray, points: int) -> np.ndarray:
    drives = np.atleast_2d(drive)
    even = np.linspace(0, drives.shape[1] - 1, points).round().astype(int)
    slopes = np.sign(np.diff(drives))
    turns = np.flatnonzero((slopes[:, 1:] != slopes[:, :-1]).any(axis=0)) + 1
    if turns.size > points:  # a noisy clock has no turning points of its own
        turns = turns[:0]
    return np.unique(np.concatenate([even, turns]))
