"""Smooth drive signals, the rates of drives, and the drives of several inputs as one signal."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from ..errors import DynsurError
from ..numbers import number, numbers, positive
from .waveforms import Waveform

DEGREE = 5
NEAR = 1e-6  # of the duration: half the distance over which a function of time is differenced


class Signal(Protocol):
    """A drive: a function of time with an end.

    A `Waveform` lists its own kinks. Any other signal is probed for jumps, turning points and
    plateaus. A signal with features too short to be found lists them in an attribute `breaks`, as
    instants in s.
    """

    @property
    def duration(self) -> float: ...  # noqa: D102
    def __call__(self, t: float | np.ndarray) -> np.ndarray: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class Smooth:
    """The quintic spline through samples of a smooth signal, taken at a constant rate.

    Its fourth derivative is continuous, so that a solver of high order need not stop at its knots.
    With 20 samples in the shortest period it is exact to 1e-7 of the amplitude.

    Args:
        values: Samples, the first one at time 0, in the unit of what is driven.
        step: Time between samples, in s.
        end: End of the signal, in s; by default the last sample.
    """

    values: np.ndarray
    step: float
    end: float | None = None

    def __post_init__(self) -> None:
        values = numbers("a smooth signal", self.values)
        if values.ndim != 1 or values.size <= DEGREE or not np.isfinite(values).all():
            raise DynsurError(
                f"a smooth signal needs {DEGREE + 1} finite samples or more; got an array of "
                f"shape {values.shape}."
            )
        step = positive("the time between samples", self.step, "s")
        object.__setattr__(self, "values", values)  # whatever library they come from
        object.__setattr__(self, "step", step)
        last = step * (len(values) - 1)
        end = last if self.end is None else number("a signal's end", self.end)
        if not 0 < end <= last * (1 + 1e-12):
            raise DynsurError(
                f"a smooth signal must end between 0 and its last sample at {last:g} s; got "
                f"{end:g} s."
            )

    @property
    def duration(self) -> float:
        """End of the signal, in s."""
        return self.step * (len(self.values) - 1) if self.end is None else self.end

    @cached_property
    def coefficients(self) -> np.ndarray:
        """Coefficients of the powers of s = t / step − i in each interval i, [power, interval]."""
        from scipy.interpolate import make_interp_spline

        knots = np.arange(len(self.values), dtype=float)
        spline = make_interp_spline(knots, np.asarray(self.values, float), DEGREE)
        return np.stack(
            [spline(knots[:-1], nu=power) / math.factorial(power) for power in range(DEGREE + 1)]
        )

    def __call__(self, t: float | np.ndarray) -> np.ndarray:
        """Return the value at the times t, in s; it is constant outside of the samples."""
        place = np.clip(np.asarray(t, float) / self.step, 0.0, len(self.values) - 1.0)
        index = np.minimum(place.astype(int), len(self.values) - 2)
        return horner(self.coefficients[:, index], place - index)


def horner(coefficients: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Evaluate polynomials with coefficients of shape [power, …] at s of shape […]."""
    result = coefficients[-1]
    for row in coefficients[-2::-1]:
        result = result * s + row
    return result


@dataclass(frozen=True, eq=False)
class RateOf:
    """The time derivative of a drive; at a kink it is that of what follows.

    Args:
        drive: The drive u.
    """

    drive: Signal

    @property
    def duration(self) -> float:
        """End of the drive, in s."""
        return self.drive.duration

    def __call__(self, t: float | np.ndarray) -> np.ndarray:
        """Return du/dt at the times t, in s; it is 0 after the end of the drive."""
        at = np.asarray(t, float)
        return np.where(at > self.duration, 0.0, self._inside(np.minimum(at, self.duration)))

    def _inside(self, t: np.ndarray) -> np.ndarray:
        drive = self.drive
        if isinstance(drive, Waveform):
            times, values = np.array(drive.times), np.array(drive.values)
            piece = np.clip(np.searchsorted(times, t, side="right") - 1, 0, times.size - 2)
            return np.asarray((np.diff(values) / np.diff(times))[piece])
        if isinstance(drive, Smooth):
            place = np.clip(t / drive.step, 0.0, len(drive.values) - 1.0)
            index = np.minimum(place.astype(int), len(drive.values) - 2)
            return horner(slopes_of(drive)[:, index], place - index)
        return differenced(drive, t, np.zeros_like(t), np.full_like(t, drive.duration))


def slopes_of(drive: Smooth) -> np.ndarray:
    """Return the coefficients of du/dt in each interval, per s, shape [power, interval]."""
    powers = np.arange(1.0, len(drive.coefficients))
    return powers[:, None] * drive.coefficients[1:] / drive.step


def differenced(drive: Signal, t: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return the central difference of a function of time that looks no further than given.

    Args:
        drive: The function of time.
        t: Instants, in s.
        first: The earliest instant that each difference may use, in s.
        last: The latest one, in s.
    """
    half = NEAR * drive.duration
    before, after = np.maximum(t - half, first), np.minimum(t + half, last)
    change = np.asarray(drive(after), float) - np.asarray(drive(before), float)
    return change / np.maximum(after - before, 1e-300)


@dataclass(frozen=True, eq=False)
class Signals:
    """The drives of several inputs as one function of time with a value for each input.

    It ends with the longest of them. The others keep their last value from their end on.

    Args:
        parts: One signal for each input, in order.
    """

    parts: tuple[Signal, ...]

    @property
    def duration(self) -> float:
        """End of the longest signal, in s."""
        return max(part.duration for part in self.parts)

    def __call__(self, t: float | np.ndarray) -> np.ndarray:
        """Return the values of all inputs at the times t, in s, shape [input, …]."""
        at = np.asarray(t, float)
        rows = [np.asarray(part(np.minimum(at, part.duration)), float) for part in self.parts]
        return np.stack([np.broadcast_to(row, at.shape) for row in rows])


def together(parts: Sequence[Signal]) -> Signal:
    """Return the signal of a system's inputs: that of the only input, or all of them."""
    return parts[0] if len(parts) == 1 else Signals(tuple(parts))


def parts_of(signal: Signal) -> tuple[Signal, ...]:
    """Return the signal of each input; see `together`."""
    return signal.parts if isinstance(signal, Signals) else (signal,)


def with_rates(signal: Signal) -> Signal:
    """Return the drives of all inputs, followed by the time derivative of each."""
    parts = parts_of(signal)
    return together([*parts, *(RateOf(part) for part in parts)])


def rest(duration: float) -> Waveform:
    """Return the drive u = 0 of `duration`, in s, for a system without an input."""
    return Waveform((0.0, positive("the duration", duration, "s")), (0.0, 0.0))
