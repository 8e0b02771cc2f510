"""A coarse solve of many devices: the same equations on few nodes, in few and loose time steps."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from dynsur.core import Waveform, straight_pieces

from .lanes.batch import Mesh, solve_batch
from .lanes.pace import Ends, Limits
from .solve import Options, solve_many

# How Newton's iteration of a coarse time level ends: its current is exact to a hundredth.
LOOSE = Ends(update=3e-2, balance=1e-3, content=1e-6, spread=1e-2, iterations=7, relevant=1e4)
# Found on Sobol draws of Table 1's box. What fails at first is tried with smaller cells and steps.
ATTEMPTS = (
    (Mesh(1e-11, 1.5, 19, 42), Limits(LOOSE, 2e-2, 1 / 15, 300, 3)),
    (Mesh(7e-12, 1.3, 31, 70), Limits(LOOSE._replace(iterations=20), 6e-3, 1 / 20, 1500, 2)),
)
# Of the solver, for the few devices that no coarse solve manages.
LAST_TOLERANCE, LAST_SOLVES = 0.1, 1000

Columns = Mapping[str, np.ndarray]


def coarse(
    options: Options,
    values: Columns,
    voltage: np.ndarray,
    time: np.ndarray,
    wanted: np.ndarray,
    tolerance: float = 0.0,
) -> dict[str, np.ndarray]:
    """Solve n devices coarsely; those that fail are solved again, finer.

    Args:
        options: Contacts and statistics.
        values: Every parameter by name, in Table 1's units, each of shape [n].
        voltage: U of the right contact, shape [n, time], in V.
        time: Its instants, increasing from 0, shape [n, time], in s.
        wanted: Instants at which the current is wanted, in any order, shape [n, instant], in s.
        tolerance: Of the solver, which then takes the place of the coarse attempts.

    Returns:
        `current` in A, shape [n, instant], and `reason`, shape [n]: why there is none, or "".
    """
    waves = [_drive(t, u) for t, u in zip(time, voltage, strict=True)]
    current = np.full(wanted.shape, np.nan)
    reasons = np.full(len(time), "not solved", dtype=object)
    physics = options.contacts, options.statistics == "boltzmann"
    for mesh, limits in () if tolerance else ATTEMPTS:
        if not (left := np.flatnonzero(reasons != "")).size:
            break
        part = {name: np.asarray(column, float)[left] for name, column in values.items()}
        x, pieces = mesh.nodes(part["L"] * 1e-6), [waves[i] for i in left]
        found = solve_batch(part, pieces, wanted[left], x, limits, *physics)
        current[left], reasons[left] = found.current, found.reasons
    if (left := np.flatnonzero(reasons != "")).size:
        part = {name: np.asarray(column, float)[left] for name, column in values.items()}
        solves = options.solves if tolerance else min(options.solves, LAST_SOLVES)
        last = replace(options, tolerance=tolerance or LAST_TOLERANCE, solves=solves)
        pieces = [waves[i] for i in left]
        # Side by side also where few are left: one of them, solved by itself, would take half the
        # time, but its current would depend on how many others there are.
        current[left], reasons[left] = solve_many(last, part, pieces, wanted[left])
    return {"current": current, "reason": reasons}


def _drive(time: np.ndarray, voltage: np.ndarray) -> Waveform:
    kept = straight_pieces(time, voltage)
    return Waveform(tuple(time[kept].tolist()), tuple(voltage[kept].tolist()))
