"""Evaluate the drives of many devices, each at its own instant."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from ..systems.signals import RateOf, Signal, Smooth, differenced, horner, parts_of, slopes_of
from ..systems.waveforms import Waveform


class Drives(Protocol):
    """The drive of each lane, or the drives of its several inputs.

    Attributes:
        stop: Instant that the lane's next step must not cross, shape [lane], in s.
        jumps: Whether a value may jump at a stop, as du/dt does at a kink of u.
    """

    stop: np.ndarray
    jumps: bool

    def __call__(self, t: np.ndarray) -> np.ndarray:
        """Return u of each lane at the lane's own time t in s; both have shape [lane].

        Several inputs have the shape [input, lane].
        """
        ...

    def take(self, lanes: np.ndarray) -> "Drives":
        """Return the drives of the given lanes in their present state."""
        ...

    def advance(self, arrived: np.ndarray) -> None:
        """Move on to the next `stop` in the lanes that have arrived, a mask of shape [lane]."""
        ...


def drives(signals: Sequence[Signal], stops: Sequence[np.ndarray]) -> Drives:
    """Return the drives of devices whose signals are all of one `kind`.

    Args:
        signals: One for each device.
        stops: Instants that no step may cross, from 0 to the end, in s; those of a `Waveform` are
            its kinks, and those of several inputs are those of all of them.
    """
    inputs = list(zip(*map(parts_of, signals), strict=True))
    found: list[Drives] = [
        cls(parts, stops) for cls, parts in zip(kind(signals[0]), inputs, strict=True)
    ]
    if len(found) == 1:
        return found[0]
    return Several(found, np.array([[part.duration for part in parts] for parts in inputs]))


def kind(signal: Signal) -> tuple[Any, ...]:
    """Return for each input the class that evaluates signals of its kind together."""
    return tuple(
        RATES[_class_for(part.drive)] if isinstance(part, RateOf) else _class_for(part)
        for part in parts_of(signal)
    )


def _class_for(part: Signal) -> Any:
    return (
        Linear if isinstance(part, Waveform) else Splines if isinstance(part, Smooth) else OneByOne
    )


class Several:
    """The drives of several inputs, which all stop at the same instants."""

    def __init__(self, inputs: Sequence[Drives], ends: np.ndarray) -> None:
        self._inputs, self._ends = list(inputs), ends
        self._are_rates = [isinstance(one, tuple(RATES.values())) for one in inputs]
        self.jumps = any(self._are_rates)
        self.stop = self._inputs[0].stop

    def __call__(self, t: np.ndarray) -> np.ndarray:
        """See `Drives`; an input keeps its last value from its end on, and its rate is 0 there."""
        rows = []
        for one, end, is_rate in zip(self._inputs, self._ends, self._are_rates, strict=True):
            row = one(np.minimum(t, end))
            rows.append(np.where(self.stop > end, 0.0, row) if is_rate else row)
        return np.stack(rows)

    def take(self, lanes: np.ndarray) -> "Several":
        """See `Drives`."""
        return Several([one.take(lanes) for one in self._inputs], self._ends[:, lanes])

    def advance(self, arrived: np.ndarray) -> None:
        """See `Drives`."""
        for one in self._inputs:
            one.advance(arrived)
        self.stop = self._inputs[0].stop


class Linear:
    """The drives of waveforms, each a straight line up to its next stop."""

    jumps = False

    def __init__(self, signals: Sequence[Waveform], stops: Sequence[np.ndarray]) -> None:
        sizes = np.array([len(s) for s in stops])
        self._times = np.concatenate(stops)
        self._values = np.concatenate([s(t) for s, t in zip(signals, stops, strict=True)])
        self._last = np.cumsum(sizes) - 2  # the stop at which the last line of each begins
        self._go(np.cumsum(sizes) - sizes)

    def _go(self, begin: np.ndarray) -> None:
        """Move on to the straight lines that begin at the given stops."""
        self._begin = begin
        self._time, self._value = self._times[begin], self._values[begin]
        self.stop = self._times[begin + 1]
        self._slope = (self._values[begin + 1] - self._value) / (self.stop - self._time)

    def __call__(self, t: np.ndarray) -> np.ndarray:
        """See `Drives`."""
        return self._value + self._slope * (t - self._time)

    def take(self, lanes: np.ndarray) -> "Linear":
        """See `Drives`."""
        other = object.__new__(type(self))
        other._times, other._values = self._times, self._values
        other._last = self._last[lanes]
        other._go(self._begin[lanes])
        return other

    def advance(self, arrived: np.ndarray) -> None:
        """See `Drives`."""
        self._go(np.minimum(self._begin + arrived, self._last))


class Stops:
    """The instants that no step of a lane may cross, one after another."""

    def __init__(self, stops: Sequence[np.ndarray]) -> None:
        sizes = np.array([len(s) for s in stops])
        self._all = np.concatenate(stops)
        self._last = np.cumsum(sizes) - 1
        self._next = np.cumsum(sizes) - sizes + 1

    @property
    def last(self) -> np.ndarray:
        """The last instant before the next one of each lane, shape [lane], in s."""
        return self._all[self._next - 1]

    @property
    def next(self) -> np.ndarray:
        """The next instant of each lane, shape [lane], in s."""
        return self._all[self._next]

    def take(self, lanes: np.ndarray) -> "Stops":
        """Return the instants of the given lanes."""
        other = object.__new__(Stops)
        other._all, other._last, other._next = self._all, self._last[lanes], self._next[lanes]
        return other

    def advance(self, arrived: np.ndarray) -> None:
        """Move on to the next instant in the lanes that have arrived, a mask of shape [lane]."""
        self._next = np.minimum(self._next + arrived, self._last)


class Splines:
    """The drives of smooth signals, each a table of polynomials."""

    jumps = False

    def __init__(self, signals: Sequence[Smooth], stops: Sequence[np.ndarray]) -> None:
        sizes = np.array([len(s.values) - 1 for s in signals])
        self._table = np.concatenate([s.coefficients for s in signals], axis=1)
        self._first, self._size = np.cumsum(sizes) - sizes, sizes
        self._step = np.array([s.step for s in signals])
        self._stops = Stops(stops)
        self.stop = self._stops.next

    def __call__(self, t: np.ndarray) -> np.ndarray:
        """See `Drives`."""
        place = t / self._step
        index = np.minimum(place.astype(int), self._size - 1)
        return horner(self._table.take(self._first + index, axis=1, mode="clip"), place - index)

    def take(self, lanes: np.ndarray) -> "Splines":
        """See `Drives`."""
        other = object.__new__(type(self))
        other._table = self._table
        other._first, other._size = self._first[lanes], self._size[lanes]
        other._step, other._stops = self._step[lanes], self._stops.take(lanes)
        other.stop = other._stops.next
        return other

    def advance(self, arrived: np.ndarray) -> None:
        """See `Drives`."""
        self._stops.advance(arrived)
        self.stop = self._stops.next


class OneByOne:
    """The drives of any other kind, which are evaluated one by one."""

    jumps = False

    def __init__(self, signals: Sequence[Signal], stops: "Sequence[np.ndarray] | Stops") -> None:
        self._signals = list(signals)
        self._stops = stops if isinstance(stops, Stops) else Stops(stops)
        self.stop = self._stops.next

    def __call__(self, t: np.ndarray) -> np.ndarray:
        """See `Drives`."""
        pairs = zip(self._signals, t.tolist(), strict=True)
        return np.array([float(signal(instant)) for signal, instant in pairs])

    def take(self, lanes: np.ndarray) -> "OneByOne":
        """See `Drives`."""
        return type(self)([self._signals[i] for i in lanes.tolist()], self._stops.take(lanes))

    def advance(self, arrived: np.ndarray) -> None:
        """See `Drives`."""
        self._stops.advance(arrived)
        self.stop = self._stops.next


class LinearRates(Linear):
    """The time derivatives of waveforms."""

    def __init__(self, signals: Sequence[RateOf], stops: Sequence[np.ndarray]) -> None:
        super().__init__([signal.drive for signal in signals], stops)  # type: ignore[misc]

    def __call__(self, t: np.ndarray) -> np.ndarray:
        """See `Drives`."""
        return np.broadcast_to(self._slope, t.shape)


class SplineRates(Splines):
    """The time derivatives of smooth signals."""

    def __init__(self, signals: Sequence[RateOf], stops: Sequence[np.ndarray]) -> None:
        smooth: list[Any] = [signal.drive for signal in signals]
        super().__init__(smooth, stops)
        self._table = np.concatenate([slopes_of(drive) for drive in smooth], axis=1)


class OneByOneRates(OneByOne):
    """The time derivatives of drives of any other kind, by differences between two stops."""

    def __call__(self, t: np.ndarray) -> np.ndarray:
        """See `Drives`."""
        rows = zip(self._signals, t, self._stops.last, self._stops.next, strict=True)
        return np.array(
            [float(differenced(s.drive, *at)) for s, *at in rows]  # type: ignore[attr-defined]
        )


RATES: dict[Any, Any] = {Linear: LinearRates, Splines: SplineRates, OneByOne: OneByOneRates}
