"""The instants at which a drive is recorded, and those that no step may cross."""

import math

import numpy as np

from ..errors import DynsurError
from ..numbers import number, whole
from .signals import RateOf, Signal, Smooth, parts_of, together
from .waveforms import Waveform, grid_through

PROBES = 16_384  # instants at which a function of time is asked what it does
TOLERANCE = 0.01  # of the drive's range: what straight lines between equal instants may miss
CLOSE = 4e-12  # of the duration: the two sides of a jump
COARSE = 8  # steps of a `Smooth` between instants that hold it: 2.5 in its shortest period
QUIET = 8  # samples in a row on a straight line after which a `Smooth` counts as at rest
MOST_POINTS = 10_000_000  # recorded instants of a simulation
MOST = 20  # times the default number of instants to which it grows by itself
STRIDE = 4.0  # recorded intervals in the longest step along a function of time


def instants(signal: Signal, points: int) -> np.ndarray:
    """Return `points` instants from 0 to the end, in s, at which the drive can be recorded.

    The instants are equally spaced if that resolves the drive. This is so if the kinks of a
    `Waveform` are among them, if at least 2.5 of them lie in the shortest period of a `Smooth`, or
    if straight lines between them follow a function of time within 1 % of its range. Otherwise
    the nearest instants move to the kinks, to the turning points and to both sides of each jump;
    see `grid_through`. The instants of several inputs serve the drives of all of them.

    Raises:
        DynsurError: There are fewer instants than the drive needs.
    """
    points = whole("the number of instants", points)
    return grid_through(_needed(signal, points), points)


def _needed(signal: Signal, points: int) -> np.ndarray:
    """Return the instants that must be recorded, with the beginning and the end, in s.

    Those of one input that nearly coincide with another's are left out.
    """
    end = signal.duration
    equal = np.linspace(0.0, end, points)
    first, *others = (_needed_by(part, equal) for part in parts_of(signal))
    for more in others:
        after = np.clip(np.searchsorted(first, more), 1, first.size - 1)
        gap = np.minimum(np.abs(more - first[after - 1]), np.abs(first[after] - more))
        first = np.union1d(first, more[gap > 0.25 * CLOSE * end])
    return np.append(first[:-1], end)


def _needed_by(signal: Signal, equal: np.ndarray) -> np.ndarray:
    """Return the instants that one drive needs beside equal ones, with its beginning and end."""
    if isinstance(signal, Waveform):
        return np.array(signal.times)
    ends = np.array([0.0, signal.duration])
    if isinstance(signal, Smooth):
        is_fine = equal[1] <= COARSE * signal.step * (1.0 + 1e-9)
        return ends if is_fine else _turns_of(signal)
    found = stops(signal)
    t, u = _probes(signal)
    inside = found[1:-1]
    if not _edges(signal, t, u).size and not np.size(getattr(signal, "breaks", ())):
        off = np.abs(np.interp(t, equal, np.interp(equal, t, u)) - u)
        if not inside.size or off.max() <= TOLERANCE * np.ptp(u):
            return ends
    return found


def stops(signal: Signal) -> np.ndarray:
    """Return the instants that no step of a solver may cross, from 0 to the end, in s.

    For a `Waveform` these are its kinks, for a `Smooth` the beginning and end of each rest. Any
    other function is probed at 16,384 instants. Bisection then finds its jumps, its turning points
    and the ends of its plateaus. A function with shorter features declares them itself in the
    attribute `breaks`: the instants, in s, at which it jumps or bends. Several inputs stop at the
    instants of all their drives.
    """
    parts = parts_of(signal)
    if len(parts) > 1:
        return np.unique(np.concatenate([stops(part) for part in parts]))
    if isinstance(signal, RateOf):
        return stops(signal.drive)
    if isinstance(signal, Waveform):
        return np.array(signal.times)
    if isinstance(signal, Smooth):
        return _with_ends(_wakes(signal), signal)
    t, u = _probes(signal)
    edges = _edges(signal, t, u)
    width = t[1]
    turns, bends = _turning(signal, t, u)
    soft = np.concatenate([turns, bends])
    if edges.size and soft.size:
        near = np.clip(np.searchsorted(edges, soft), 1, edges.size - 1)
        gap = np.minimum(np.abs(soft - edges[near - 1]), np.abs(soft - edges[near]))
        soft = soft[gap > 2.0 * width]
    breaks = np.asarray(getattr(signal, "breaks", ()), float)
    sides = np.concatenate([breaks - CLOSE * signal.duration, breaks])
    return _with_ends(np.concatenate([edges, soft, sides]), signal)


def longest_step(signal: Signal, points: int) -> float:
    """Return the longest step that cannot skip a feature of the signal, in s."""
    parts = parts_of(signal)
    if len(parts) > 1:
        return min(longest_step(part, points) for part in parts)
    if isinstance(signal, Waveform | Smooth):
        return math.inf
    return STRIDE * signal.duration / (points - 1)


def enough_points(points: int, waveform: Signal | None, default: int = 501) -> int:
    """Return how many instants to record along a waveform when `points` are asked for.

    A number that the user chose is raised only to the number of kinks. The default number is also
    raised to a tenth of itself for each turning point, up to twenty times itself. The 2001
    instants of `triangle(cycles=20)` are an example.

    Args:
        points: The number of instants that is asked for.
        waveform: The drive.
        default: The number of instants of a simulator for which the user chose none.

    Raises:
        DynsurError: Fewer than two instants are asked for, or more than a simulation may have.
    """
    number("the number of instants", points)
    if points < 2:
        raise DynsurError(
            f"{points:.3g} instants are asked for; expected at least 2; raise simulator.points."
        )
    if points > MOST_POINTS:
        raise DynsurError(
            f"{points:.3g} instants are asked for; expected at most {MOST_POINTS:,} (a series of "
            f"so many takes {8 * MOST_POINTS / 1e6:.0f} MB); lower simulator.points."
        )
    parts = [part for part in parts_of(waveform) if isinstance(part, Waveform)] if waveform else []
    if not parts:
        return points
    wanted = points
    if points == default:
        turns = np.unique(np.concatenate([_turns_between_lines(part) for part in parts])).size
        grown = 1 + min((default - 1) // 10 * turns, MOST * (default - 1))
        wanted = max(points, grown)
    return max(wanted, _needed(together(parts), wanted).size)


def _turns_between_lines(waveform: Waveform) -> np.ndarray:
    """Return the kinks after which a waveform rises that fell, or falls that rose, in s."""
    slopes = np.sign(np.diff(waveform.values))
    moving = np.flatnonzero(slopes)
    return np.array(waveform.times)[moving[1:][np.diff(slopes[moving]) != 0]]


def missed(signal: Signal, time: np.ndarray, u: np.ndarray) -> str:
    """Say what straight lines through a recorded input miss of the drive, or "" if nothing.

    Args:
        signal: The drive.
        time: Recorded instants, shape [time], in s.
        u: The recorded input, shape [time].
    """
    where = time if isinstance(signal, Smooth) else stops(signal)
    if isinstance(signal, Smooth) and np.diff(time).max() > 1.5 * COARSE * signal.step:
        where = _turns_of(signal)
    told = np.asarray(_values(signal, where), float)
    span = max(float(np.abs(told).max()), 1e-300)
    # Next to a jump a line may be late by as much as it was looked for.
    slack = 0.0 if isinstance(signal, Waveform) else signal.duration / PROBES
    off = np.abs(told - np.interp(where, time, u))
    for shift in (-slack, slack):
        off = np.minimum(off, np.abs(told - np.interp(where + shift, time, u)))
    worst = int(np.argmax(off))
    if off[worst] <= 5.0 * TOLERANCE * span:
        return ""
    return (
        f"the recorded input misses the drive: at {where[worst]:.4g} s it is "
        f"{float(np.interp(where[worst], time, u)):.4g} where the drive is {told[worst]:.4g}; "
        "record at dynsur.core.instants(drive, points), or raise simulator.points"
    )


def _with_ends(inner: np.ndarray, signal: Signal) -> np.ndarray:
    """Return the distinct instants within the signal, with its beginning and end."""
    end, least = signal.duration, 0.25 * CLOSE * signal.duration
    inner = np.unique(inner[(inner > least) & (inner < end - least)])
    inner = inner[np.diff(inner, prepend=0.0) > least]
    return np.concatenate([[0.0], inner, [end]])


def _values(signal: Signal, t: np.ndarray) -> np.ndarray:
    """Evaluate a function of time at many instants, one by one if it takes no arrays."""
    try:
        u = np.asarray(signal(t), float)
    except Exception:  # written for numbers; whatever else is wrong it will say there
        u = np.empty(0)
    if u.shape == t.shape:
        return u
    return np.array([float(signal(instant)) for instant in t.ravel().tolist()]).reshape(t.shape)


def _probes(signal: Signal) -> tuple[np.ndarray, np.ndarray]:
    t = np.linspace(0.0, signal.duration, PROBES + 1)
    return t, _values(signal, t)


def _edges(signal: Signal, t: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return both sides of each jump, and the ends of ramps shorter than half a probe."""
    rise = np.abs(np.diff(u))
    padded = np.concatenate([[0.0], rise, [0.0]])
    calm = np.minimum(padded[:-2], padded[2:])
    some = np.flatnonzero((rise > 1e-3 * np.ptp(u)) & (rise > 4.0 * calm))
    if not some.size or not np.isfinite(u).all():
        return np.empty(0)
    begin, end, near = t[some], t[some + 1], 0.01 * rise[some]
    low, low_end = begin.copy(), end.copy()
    high_begin, high = begin.copy(), end.copy()
    while (low_end - low).max() > CLOSE * signal.duration:
        middle = 0.5 * (low + low_end)
        left = np.abs(_values(signal, middle) - u[some]) <= near
        low, low_end = np.where(left, middle, low), np.where(left, low_end, middle)
        middle = 0.5 * (high_begin + high)
        right = np.abs(_values(signal, middle) - u[some + 1]) <= near
        high_begin, high = np.where(right, high_begin, middle), np.where(right, middle, high)
    steep = (high - low) < 0.5 * (end - begin)
    return np.sort(np.concatenate([low[steep], high[steep]]))


def _turning(signal: Signal, t: np.ndarray, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the turning points, and the ends of plateaus to the accuracy of a probe."""
    size = np.ptp(u)
    if not np.isfinite(size) or size == 0.0:
        return np.empty(0), np.empty(0)
    rise = np.diff(u)
    sign = np.where(np.abs(rise) <= 1e-9 * size, 0.0, np.sign(rise))
    # A turning point between two probes of equal value is flat for one probe only.
    change = np.flatnonzero(sign[1:] != sign[:-1])
    turns = change[sign[change] * sign[change + 1] < 0]
    flat = np.flatnonzero((sign[1:-1] == 0) & (sign[:-2] * sign[2:] < 0)) + 1
    bends = np.setdiff1d(change, np.concatenate([turns, flat, flat - 1]))
    low = np.concatenate([t[turns], t[flat]])
    high = np.concatenate([t[turns + 2], t[flat + 1]])
    upward = np.concatenate([sign[turns], sign[flat - 1]])
    for _ in range(40):
        one, two = low + (high - low) / 3.0, high - (high - low) / 3.0
        rising = upward * (_values(signal, two) - _values(signal, one)) > 0
        low, high = np.where(rising, one, low), np.where(rising, high, two)
    return 0.5 * (low + high), t[bends + 1]


def _turns_of(signal: Smooth) -> np.ndarray:
    """Return the turning points of a smooth signal, and its ends."""
    t = np.linspace(0.0, signal.duration, 4 * len(signal.values))
    return _with_ends(_turning(signal, t, signal(t))[0], signal)


def _wakes(signal: Smooth) -> np.ndarray:
    """Return the instants at which a smooth signal leaves or joins a straight line."""
    values = np.asarray(signal.values, float)
    bent = np.flatnonzero(np.abs(np.diff(values, 2)) > 1e-9 * np.abs(values).max()) + 1
    if not bent.size:
        return np.empty(0)
    gaps = np.flatnonzero(np.diff(bent) > QUIET)
    begin, end = bent[np.append(0, gaps + 1)] - 1, bent[np.append(gaps, -1)] + 1
    return signal.step * np.concatenate([begin, end])
