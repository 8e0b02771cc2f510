"""Piecewise-linear drive signals: triangle, pulse train, sine, CSV."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DynsurError
from ..numbers import number, numbers, positive, whole
from ..tables import Quantity, read_recording
from .variables import Variable

MOST_KINKS = 10_000_000  # of a waveform


@dataclass(frozen=True)
class Waveform:
    """A continuous piecewise-linear function of time.

    Args:
        times: Instants of the kinks, in s; they increase, and the first one is 0.
        values: Value at each instant, in the unit of the driven variable.
    """

    times: tuple[float, ...]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        for name in ("times", "values"):
            given = numbers(f"a waveform's {name}", getattr(self, name))
            if given.ndim != 1:
                raise DynsurError(
                    f"a waveform's {name} must be a list of numbers; got shape {given.shape}."
                )
            object.__setattr__(self, name, tuple(given.tolist()))
        if len(self.times) != len(self.values) or len(self.times) < 2:
            raise DynsurError(
                f"a waveform needs at least two points, as many times as values; "
                f"got {len(self.times)} and {len(self.values)}."
            )
        if not (np.isfinite(self.times).all() and np.isfinite(self.values).all()):
            raise DynsurError("a waveform's times and values must be finite numbers.")
        if self.times[0] != 0 or not (np.diff(self.times) > 0).all():
            raise DynsurError("a waveform's times must start at 0 and increase strictly.")

    @property
    def duration(self) -> float:
        """Instant of the last point, in s."""
        return self.times[-1]

    def __call__(self, t: float | np.ndarray) -> np.ndarray:
        """Return the value at the times t, in s; it is constant after the last point."""
        return np.asarray(np.interp(t, self.times, self.values))

    def grid(self, points: int) -> np.ndarray:
        """Return `points` instants from 0 to the end with every kink; see `grid_through`."""
        return grid_through(np.array(self.times), whole("the number of instants", points))


def grid_through(kinks: np.ndarray, points: int) -> np.ndarray:
    """Return `points` instants from 0 to the last kink, in s, with every kink among them.

    The instants are equally spaced, except that the nearest one moves to each kink. Where several
    kinks lie within one spacing, each of them takes an instant of its own, and the remaining
    instants are equally spaced between neighbouring kinks.

    Args:
        kinks: Instants of the kinks, increasing from 0, in s.
        points: Number of instants.

    Raises:
        DynsurError: There are more kinks than instants.

    >>> grid_through(np.array([0.0, 0.1, 0.2, 9.0]), 4)
    array([0. , 0.1, 0.2, 9. ])
    """
    end, last = float(kinks[-1]), points - 1
    nearest = np.rint(kinks / end * last)
    equal = np.linspace(0.0, end, max(points, 1))
    apart = bool((np.diff(nearest) > 0).all())
    if apart and (np.abs(end * nearest / max(last, 1) - kinks) <= 1e-9 * end).all():
        return equal
    if kinks.size > points:
        raise DynsurError(
            f"the drive has {kinks.size} kinks and ends, more than the {points} instants that "
            f"are recorded; give {kinks.size} or more: --set simulator.points={kinks.size}."
        )
    order = np.arange(kinks.size)
    if apart:
        equal[nearest.astype(int)] = kinks
        return equal
    place = np.maximum.accumulate(nearest - order)
    place = np.minimum(place, last - (kinks.size - 1)) + order
    return np.interp(np.arange(points), place, kinks)


def triangle(amplitude: float, period: float, cycles: int = 1) -> Waveform:
    """Return a waveform that sweeps 0 → U → −U → 0 linearly, `cycles` times.

    Args:
        amplitude: U, the peak value.
        period: t_p, the duration of one cycle, in s.
        cycles: Number of cycles.

    >>> triangle(2.0, 4.0).values
    (0.0, 2.0, -2.0, 0.0)
    """
    amplitude, period = number("the amplitude", amplitude), positive("the period", period, "s")
    return repeat((0.25 * period, 0.75 * period, period), (amplitude, -amplitude, 0.0), cycles)


def repeat(times: Sequence[float], values: Sequence[float], cycles: int = 1) -> Waveform:
    """Repeat a cycle that starts with the value 0 at time 0 and passes through the points."""
    if not len(times):
        raise DynsurError("a waveform's cycle needs at least one point; got none.")
    cycles, period = whole("the number of cycles", cycles), times[-1]
    if cycles * len(times) > MOST_KINKS:
        raise DynsurError(
            f"{cycles:.3g} cycles of {len(times)} points are more than the {MOST_KINKS:,} that a "
            "waveform may have; give fewer cycles."
        )
    t = [c * period + s for c in range(cycles) for s in times]
    return Waveform((0.0, *t), (0.0, *[float(v) for v in values] * cycles))


def pulse_train(
    levels: Sequence[float], width: float, gap: float, edge: float, repeats: int = 1
) -> Waveform:
    """Return a waveform of pulses, one after another, e.g. set, reset and read.

    Args:
        levels: Height of each pulse.
        width: Time at the level, in s.
        gap: Time at zero after each pulse, in s.
        edge: Rise and fall time, in s; it must be positive.
        repeats: Number of times that the sequence of levels is applied.
    """
    width = positive("a pulse's width", width, "s")
    gap = positive("the gap after a pulse", gap, "s")
    edge = positive("a pulse's edge", edge, "s")
    levels = np.atleast_1d(numbers("a pulse train's levels", levels)).tolist()
    if any(isinstance(level, list) for level in levels):
        raise DynsurError("a pulse train's levels must be a list of numbers; got a nested one.")
    if not levels:
        raise DynsurError("a pulse train needs at least one level; got none.")
    times, values, t = [], [], 0.0
    for level in levels:
        for duration, value in ((edge, level), (width, level), (edge, 0.0), (gap, 0.0)):
            t += duration
            times.append(t)
            values.append(value)
    return repeat(times, values, repeats)


def sine(amplitude: float, period: float, cycles: int = 1, segments: int = 64) -> Waveform:
    """Approximate amplitude·sin(2πt/period) by `segments` straight lines in each cycle."""
    amplitude, period = number("the amplitude", amplitude), positive("the period", period, "s")
    segments = whole("the number of segments", segments, 4)  # fewer miss the peaks
    t = np.arange(1, segments + 1) / segments
    values = amplitude * np.sin(2 * np.pi * t)
    values[-1] = 0.0
    return repeat([float(s) for s in t * period], [float(v) for v in values], cycles)


def read_waveform(
    path: str | Path, drive: Variable | None = None, columns: str | None = None
) -> tuple[Waveform, str]:
    """Read a recorded drive from a table; docs/data-in.md says what is understood.

    Args:
        path: CSV or another text of columns, `.xlsx` or `.parquet`.
        drive: What was recorded, so that its column is found by name or unit, and converted;
            without it the value is in the SI unit of its column.
        columns: Which column holds what, as `--columns`: "time=1,voltage=3".

    Returns:
        The waveform, and in one line what was understood of the file.

    Raises:
        DynsurError: The file cannot be read or does not hold a waveform; the message names the
            file and the line.
    """
    if drive is None:
        signal = Quantity("value", None)
    else:
        signal = Quantity(drive.name, drive.units, drive.symbol)
    found = read_recording(path, signal, columns)
    return Waveform(tuple(found.times.tolist()), tuple(found.values.tolist())), found.summary


def read_csv(
    path: str | Path, drive: Variable | None = None, columns: str | None = None
) -> Waveform:
    """Read a recorded drive from a table, see `read_waveform`, which also says how it was read.

    Raises:
        DynsurError: The file cannot be read or does not hold a waveform; names file and line.
    """
    return read_waveform(path, drive, columns)[0]
