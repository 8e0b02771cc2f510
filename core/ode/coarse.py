"""Pose initial value problems along sampled drives, for a coarse solve, and collect its outputs."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..resampling import straight_pieces
from ..systems.instants import stops
from ..systems.signals import Signal, together
from ..systems.waveforms import Waveform
from .solve import Problem

Columns = Mapping[str, np.ndarray]
NOT_FINITE = "the outputs of the coarse solve are not finite"


def problems_along(
    start: Callable[[Mapping[str, float]], Sequence[float]],
    parameters: Columns,
    drives: Sequence[np.ndarray],
    time: np.ndarray,
    wanted: np.ndarray,
    completed: Callable[[Signal], Signal] | None = None,
) -> list[Problem]:
    """Return the problems of n systems along few straight pieces of their drives.

    Args:
        start: Returns y(0) for given parameters.
        parameters: Every parameter by name, each of shape [n].
        drives: Each input, linear between the instants, shape [n, time].
        time: Instants, increasing from 0, shape [n, time], in s.
        wanted: Wanted instants, in any order, shape [n, instant], in s.
        completed: Adds to a system's drives what its right-hand side needs beside them.
    """
    problems = []
    for i in range(len(time)):
        values = {name: float(column[i]) for name, column in parameters.items()}
        signal = together([_straight(time[i], drive[i]) for drive in drives])
        instants = np.unique([0.0, *_inside(wanted[i], signal.duration), signal.duration])
        signal = completed(signal) if completed else signal
        y = np.asarray(start(values), float)
        problems.append(Problem(values, signal, y, instants, stops(signal)))
    return problems


def _straight(time: np.ndarray, drive: np.ndarray) -> Waveform:
    kinks = straight_pieces(time, drive)
    return Waveform(tuple(time[kinks].tolist()), tuple(drive[kinks].tolist()))


def at_wanted(
    names: Sequence[str],
    problems: Sequence[Problem],
    solved: Sequence[Columns],
    reasons: Sequence[str],
    wanted: np.ndarray,
) -> dict[str, np.ndarray]:
    """Return the outputs at the wanted instants by name, [n, instant], and `reason`, [n].

    An instant outside of a drive counts as its beginning or end.

    Args:
        names: Names of the outputs.
        problems: One for each system.
        solved: The outputs by name at the problem's instants, for each system that has no reason.
        reasons: Why each system has no result, or "".
        wanted: Wanted instants, in any order, shape [n, instant], in s.
    """
    found = {name: np.full(wanted.shape, np.nan) for name in names}
    told = np.array(reasons, dtype=object)
    for i in np.flatnonzero(told == "").tolist():
        if not all(np.isfinite(solved[i][name]).all() for name in names):
            told[i] = NOT_FINITE
            continue
        at = np.searchsorted(problems[i].time, _inside(wanted[i], problems[i].signal.duration))
        for name, values in found.items():
            values[i] = solved[i][name][at]
    return {**found, "reason": told}


def _inside(wanted: np.ndarray, end: float) -> np.ndarray:
    return np.clip(wanted, 0.0, end)
