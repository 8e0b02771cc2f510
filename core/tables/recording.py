"""A drive that was recorded: times from 0, values, and what was understood of the file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DynsurError
from ..numbers import count
from .choice import STEP, SWEEP, Choice, Quantity, parse_columns, sweep_number
from .clock import clocked, sweep_of
from .reader import read_table, si_unit
from .summary import understood
from .units import convert

TIME = Quantity("time", "s", "t")


@dataclass(frozen=True)
class Recording:
    """A recorded signal.

    Args:
        times: Instants, shape [row], from 0 and increasing, in s.
        values: Values at them, shape [row].
        units: Unit of the values, "" if the file does not say it.
        summary: What was understood of the file, in one line.
    """

    times: np.ndarray
    values: np.ndarray
    units: str
    summary: str


def read_recording(path: str | Path, signal: Quantity, columns: str | None = None) -> Recording:
    """Read a signal over time.

    Args:
        path: Text of any separator and encoding, `.xlsx` or `.parquet`.
        signal: What was recorded.
        columns: Which column holds what, where the file does not say it:
            "time=1,voltage=3", "step=0.01:s,voltage=2", "sweep=2".

    Raises:
        DynsurError: The file cannot be read, or holds no such signal, or several.
    """
    chosen = parse_columns(columns)
    step, sweep = _step(chosen.get(STEP)), sweep_number(chosen)
    if step is not None and TIME.name in chosen:
        raise DynsurError("--columns takes time=COLUMN or step=SECONDS; got both.")
    wanted = [signal] if step is not None else [TIME, signal]
    table = read_table(path, wanted, chosen, also=(STEP, SWEEP))
    u = table.columns[signal.name]
    t = np.arange(u.size) * step if step is not None else table.columns[TIME.name]
    rows, notes = sweep_of(table, t, sweep, step is None), list(table.notes)
    t, u, lines = t[rows], u[rows], table.lines[rows]
    kept = np.isfinite(t) & np.isfinite(u)
    if kept.sum() < 2:
        raise DynsurError(
            f"'{table.path}' holds {count(kept.sum(), 'point')} with a time and a value; "
            "expected two or more."
        )
    if not kept.all():
        notes.append(f"{(~kept).sum()} of {count(kept.size, 'row')} without a value left out")
    t, u, told = clocked(table, t[kept], u[kept], lines[kept])
    units = signal.units or si_unit(table.sources[signal.name].unit) or ""
    ranges = [("s", t), (units, u)]
    return Recording(t, u, units, understood(table, ranges, [*notes, *told]))


def _step(choice: Choice | None) -> float | None:
    if choice is None:
        return None
    try:
        step = float(convert(np.array(float(choice.column)), choice.unit or "s", "s", "step"))
    except ValueError:
        step = 0.0
    if not 0 < step < np.inf:
        raise DynsurError(
            f"--columns step={choice.column} must be a time above 0, e.g. step=0.01 or step=10:ms."
        )
    return step
