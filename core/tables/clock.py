"""Recorded instants as times that start at 0 and increase."""

import numpy as np

from ..errors import DynsurError
from ..numbers import count
from .reader import Table

EDGE = 1e-6  # time of a jump, in the shortest time beside it
FLAT = 1e-9  # of the range of the values


def restarts(t: np.ndarray) -> np.ndarray:
    """Return the rows at which a clock goes back from elsewhere to about its start.

    >>> restarts(np.array([0.0, 1.0, 2.0, 0.0, 1.0, 2.0])), restarts(np.arange(40.0)[::-1])
    (array([3]), array([], dtype=int64))
    """
    back = np.flatnonzero(np.diff(t) < 0) + 1
    span = np.ptp(t)
    near = np.abs(t[back] - t[0]) <= 0.05 * span
    return back[near & (t[back - 1] - t[back] > 0.05 * span)] if span > 0 else back[:0]


def clocked(table: Table, t: np.ndarray, u: np.ndarray, lines: np.ndarray) -> tuple[
    np.ndarray, np.ndarray, list[str]
]:  # fmt: skip
    """Return instants from 0 that increase strictly, the rows that they are of, and what was done.

    A clock that starts elsewhere is shifted. Two rows of one instant are a jump, whose edge is a
    millionth of the time beside it; where instants repeat throughout, the clock is coarser than
    the rows, which are then spread evenly.

    Args:
        table: For messages.
        t: Recorded instants, shape [row], in s.
        u: Values, shape [row].
        lines: Number of each row's line.

    Raises:
        DynsurError: The clock goes back, or stands still throughout.
    """
    notes = []
    back = np.flatnonzero(np.diff(t) < 0)
    if back.size:
        i = back[0]
        raise DynsurError(
            f"{table.word} {lines[i + 1]} of '{table.path}' goes from {t[i]:g} s back to "
            f"{t[i + 1]:g} s; expected instants that increase."
        )
    if t[0] != 0:
        notes.append(f"the clock starts at {t[0]:g} s, taken as 0")
        t = t - t[0]
    if t[-1] <= 0:
        raise DynsurError(
            f"the clock of '{table.path}' stands still; expected instants that increase, in s."
        )
    if (np.diff(t) > 0).all():
        return t, np.arange(t.size), notes
    first = np.flatnonzero(np.concatenate([[True], np.diff(t) > 0]))
    counts = np.diff(np.append(first, t.size))
    if counts.max() > 2 or not _is_stepped(u, first, counts):
        notes.append(
            f"the clock is coarser than the rows, up to {counts.max()} at one instant, which are "
            "spread evenly"
        )
        return _spread(t, first, counts), np.arange(t.size), notes
    return *_with_edges(t, u, first, counts, notes), notes


def _is_stepped(u: np.ndarray, first: np.ndarray, counts: np.ndarray) -> bool:
    """Tell whether pairs of rows are jumps: few, or the values rest between them."""
    pairs = np.count_nonzero(counts == 2)
    ends = (first + counts - 1)[:-1]
    flat = np.abs(u[first[1:]] - u[ends]) <= FLAT * np.ptp(u)
    return bool(pairs <= 0.25 * first.size or 2 * np.count_nonzero(flat) >= first.size - 1)


def _spread(t: np.ndarray, first: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Spread the rows of each instant evenly up to the next one."""
    instants = t[first]
    widths = np.append(np.diff(instants), np.median(np.diff(instants)))
    inside = np.arange(t.size) - np.repeat(first, counts)
    return np.repeat(instants, counts) + inside * np.repeat(widths / counts, counts)


def _with_edges(
    t: np.ndarray, u: np.ndarray, first: np.ndarray, counts: np.ndarray, notes: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Leave out repeated rows, and give jumps an edge after their instant."""
    second = (first + 1)[counts == 2]
    same = second[u[second] == u[second - 1]]
    jumps = np.setdiff1d(second, same)
    instants = t[first]
    edge = max(EDGE * np.diff(instants).min(), 4 * np.spacing(t[-1]))
    t = t.copy()
    t[jumps] += edge
    if jumps.size:
        notes.append(f"{jumps.size} jump{'s' if jumps.size > 1 else ''} of {edge:.2g} s")
    if same.size:
        notes.append(f"{same.size} repeated rows left out")
    kept = np.setdiff1d(np.arange(t.size), same)
    return t[kept], kept


def sweep_of(table: Table, t: np.ndarray, sweep: int | None, has_clock: bool = True) -> slice:
    """Return the rows of one sweep; a new one begins where the clock starts again.

    Args:
        table: For messages, and where its header is repeated.
        t: Recorded instants, shape [row], in s.
        sweep: Which one, from 1; None where there is only one.
        has_clock: Whether the instants were recorded; if not, a repeated header begins a sweep.

    Raises:
        DynsurError: There are several and none is chosen, or fewer than is chosen.
    """
    headed = [i for i in table.starts if 0 < i < t.size and (not has_clock or t[i] <= t[i - 1])]
    starts = sorted({0, *headed, *restarts(t).tolist()})
    if len(starts) > 1 and sweep is None:
        told = ", ".join(str(table.lines[i]) for i in starts[1:4])
        raise DynsurError(
            f"'{table.path}' holds {count(len(starts), 'sweep')}, the next one from "
            f"{table.word} {told} on; choose one with --columns sweep=NUMBER, counted from 1."
        )
    number = sweep or 1
    if number > len(starts):
        raise DynsurError(
            f"--columns sweep={number}: '{table.path}' holds {count(len(starts), 'sweep')}."
        )
    ends = [*starts[1:], t.size]
    return slice(starts[number - 1], ends[number - 1])
