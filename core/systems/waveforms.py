"""Piecewise-linear drive signals: triangle, pulse train, sine, CSV."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DynsurError
from ..numbers import number, numbers, positive, whole


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
        return grid_through(np.array(self.times), points)


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
    levels = numbers("a pulse train's levels", levels).tolist()
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


def read_csv(path: str | Path) -> Waveform:
    """Read a waveform from a CSV file of two columns, the time in s and the value.

    The file may begin with a header line.

    Raises:
        DynsurError: The file cannot be read or does not hold a waveform; the message names the
            file and the line.
    """
    points: list[tuple[float, float]] = []
    for line, row in _rows(path):
        where = f"line {line} of the waveform file '{path}'"
        if len(row) != 2 or not all(_is_number(text) for text in row):
            raise DynsurError(
                f"{where} holds '{','.join(row)}'; expected two finite numbers with a comma "
                "between them, time in s and value."
            )
        t, value = float(row[0]), float(row[1])
        if not points and t != 0:
            raise DynsurError(f"{where} starts at {t:g} s; expected a waveform that starts at 0.")
        if points and t <= points[-1][0]:
            raise DynsurError(
                f"{where} goes from {points[-1][0]:g} s to {t:g} s; expected times that increase."
            )
        points.append((t, value))
    if len(points) < 2:
        raise DynsurError(
            f"the waveform file '{path}' holds {len(points)} points; expected two or more lines "
            "of time in s and value."
        )
    return Waveform(tuple(t for t, _ in points), tuple(v for _, v in points))


def _rows(path: str | Path) -> list[tuple[int, list[str]]]:
    """Return the data rows of a CSV file and their line numbers, without comments and header."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.reader(file)
            rows = [(reader.line_num, row) for row in reader if any(text.strip() for text in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DynsurError(f"cannot read the waveform file '{path}': {error}.") from None
    rows = [(line, row) for line, row in rows if not row[0].startswith("#")]
    header = rows and not any(_is_number(text) for text in rows[0][1])
    return rows[1:] if header else rows


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
