"""Integrate systems loosely along sampled drives, as a cheap version of a simulation."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ..systems.resampling import straight_pieces
from ..systems.waveforms import Waveform
from .first_call import check_rhs
from .solve import Problem, solve

if TYPE_CHECKING:
    from .system import ODESystem

Columns = Mapping[str, np.ndarray]


def coarse(
    system: "ODESystem", parameters: Columns, series: Columns, time: np.ndarray, wanted: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the outputs of n systems at the system's coarse tolerance; see `KnowsCoarse`.

    Args:
        system: Has a `coarse_tolerance`.
        parameters: Every parameter by name, each of shape [n].
        series: The input, shape [n, time]; empty for a system without one.
        time: Instants, increasing from 0, shape [n, time], in s.
        wanted: Wanted instants, in any order, shape [n, instant], in s. An instant outside of the
            drive counts as its beginning or end.

    Returns:
        Every output, shape [n, instant], and `reason`, shape [n]: why there is none, or "".
    """
    count = len(time)
    drive = series[system.inputs[0].name] if system.inputs else np.zeros_like(time)
    rows = [{name: float(column[i]) for name, column in parameters.items()} for i in range(count)]
    problems = [_problem(system, rows[i], drive[i], time[i], wanted[i]) for i in range(count)]
    if problems:
        check_rhs(system.name, system.rhs, problems[0].start, float(drive[0, 0]), rows[0])
    tolerance = system.coarse_tolerance or system.relative_tolerance
    looser = tolerance / system.relative_tolerance
    states, reasons = solve(
        system.rhs,
        problems,
        method=system.method,
        relative=tolerance,
        absolute=looser * np.asarray(system.absolute_tolerance, float),
        budget=system.evaluations,
    )
    found = {v.name: np.full(wanted.shape, np.nan) for v in system.outputs}
    for i, (problem, state) in enumerate(zip(problems, states, strict=True)):
        if reasons[i]:
            continue
        outputs = system.observed(problem, state)
        at = np.searchsorted(problem.time, np.clip(wanted[i], 0.0, problem.time[-1]))
        if not all(np.isfinite(outputs[name]).all() for name in found):
            reasons[i] = "the coarse solve is not finite"
            continue
        for name, values in found.items():
            values[i] = outputs[name][at]
    return {**found, "reason": np.array(reasons, dtype=object)}


def _problem(
    system: "ODESystem",
    values: Mapping[str, float],
    drive: np.ndarray,
    time: np.ndarray,
    wanted: np.ndarray,
) -> Problem:
    """Return the problem along few straight pieces of a drive, at the wanted instants in order."""
    kinks = straight_pieces(time, drive)
    end = float(time[-1])
    instants = np.unique(np.concatenate([[0.0], np.clip(wanted, 0.0, end), [end]]))
    signal = Waveform(tuple(time[kinks].tolist()), tuple(drive[kinks].tolist()))
    return Problem(values, signal, np.asarray(system.start(values), float), instants, time[kinks])
