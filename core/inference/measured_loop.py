"""A measured response that a system is fitted to."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DynsurError, unknown_name
from ..numbers import numbers
from ..systems.simulator import Simulator
from ..tables import Quantity, on_plateau, read_response

LEAST_POINTS = 10
MOST_POINTS = 1000  # of a drive that a model is asked along; more are thinned


@dataclass(frozen=True)
class MeasuredLoop:
    """A measured drive and response.

    Args:
        name: The file's name.
        quantity: Name of the output that was measured.
        time: Instants, shape [point], from 0, in s.
        drive: The input at them, shape [point], in its unit.
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


def read_loop(
    path: str | Path, simulator: Simulator, columns: str | None = None, output: str | None = None
) -> MeasuredLoop:
    """Read a measured loop of a system with one input.

    Args:
        path: A table with a clock, the input and the output; see docs/data-in.md.
        simulator: The system, which names them and their units.
        columns: Which column holds what, as `--columns`.
        output: Which output was measured; by default the first one.

    Raises:
        DynsurError: The system has several inputs or no such output, or the file holds something
            else.
    """
    if len(simulator.inputs) != 1:
        raise DynsurError(
            f"system '{simulator.name}' has {len(simulator.inputs)} inputs; a fit takes one."
        )
    names = [v.name for v in simulator.outputs]
    if output is not None and output not in names:
        raise unknown_name("output", output, names)
    drive, seen = simulator.inputs[0], simulator.outputs[names.index(output) if output else 0]
    wanted = [Quantity(v.name, v.units, v.symbol) for v in (drive, seen)]
    read = read_response(path, wanted[0], wanted[1], columns)
    name = Path(path).name
    return measured(name, read.times, read.drive, read.output, seen.name, read.summary)


def measured(
    name: str,
    time: np.ndarray,
    drive: np.ndarray,
    output: np.ndarray,
    quantity: str,
    summary: str = "",
) -> MeasuredLoop:
    """Return a measured loop from arrays of shape [point]; NaN in `output` stands for missing.

    Of more than MOST_POINTS points, equally spaced ones are kept together with the turning points
    of the drive.

    Raises:
        DynsurError: The arrays are of different lengths, the clock does not increase, or fewer
            than ten points can be used.
    """
    named = {"time": time, "drive": drive, "output": output}
    time, drive, output = (numbers(f"{key} of '{name}'", v) for key, v in named.items())
    if not (time.shape == drive.shape == output.shape and time.ndim == 1):
        raise DynsurError(
            f"time, drive and output of '{name}' must have one length; got shapes {time.shape}, "
            f"{drive.shape} and {output.shape}."
        )
    if time.size < 2 or not (np.diff(time) > 0).all() or not np.isfinite(drive).all():
        raise DynsurError(f"'{name}' needs instants that increase and a drive of finite numbers.")
    if time.size > MOST_POINTS:
        kept = _thinned(drive, MOST_POINTS)
        summary = f"{summary}; {kept.size} of {time.size} points are used for the fit"
        time, drive, output = time[kept], drive[kept], output[kept]
    used = np.isfinite(output)
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
    parts = (loop.time[kept], loop.drive[kept], loop.output[kept], loop.used[kept])
    return MeasuredLoop(loop.name, loop.quantity, *parts, loop.summary)


def _thinned(drive: np.ndarray, points: int) -> np.ndarray:
    even = np.linspace(0, drive.size - 1, points).round().astype(int)
    slopes = np.sign(np.diff(drive))
    turns = np.flatnonzero(slopes[1:] != slopes[:-1]) + 1
    if turns.size > points:  # a noisy clock has no turning points of its own
        turns = turns[:0]
    return np.unique(np.concatenate([even, turns]))
