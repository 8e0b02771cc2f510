"""Drives and responses that were recorded: times from 0, values, and what was understood."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DynsurError
from ..numbers import count
from ..resampling import filled
from .choice import STEP, SWEEP, Choice, Quantity, parse_columns, sweep_number
from .clock import clocked, sweep_of
from .reader import Table, read_table, si_unit
from .summary import plateau, understood
from .titles import title_of
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


@dataclass(frozen=True)
class RecordedSignals:
    """Drives and responses that were recorded together.

    Args:
        times: Instants, shape [row], from 0 and increasing, in s.
        values: The signals at them by name, each of shape [row]; responses are NaN where missing.
        units: The unit of each signal.
        summary: What was understood of the file, in one line.
    """

    times: np.ndarray
    values: dict[str, np.ndarray]
    units: dict[str, str]
    summary: str


@dataclass(frozen=True)
class RecordedResponse:
    """A recorded drive and the response to it.

    Args:
        times: Instants, shape [row], from 0 and increasing, in s.
        drive: The drive at them, shape [row].
        output: The response at them, shape [row]; NaN where it is missing.
        summary: What was understood of the file, in one line.
    """

    times: np.ndarray
    drive: np.ndarray
    output: np.ndarray
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
    table, t, rows, notes = _rows_in_time(path, [signal], columns)
    u = table.columns[signal.name][rows]
    units = signal.units or si_unit(table.sources[signal.name].unit) or ""
    return Recording(t, u, units, understood(table, [("s", t), (units, u)], notes))


def read_response(
    path: str | Path, drive: Quantity, output: Quantity, columns: str | None = None
) -> RecordedResponse:
    """Read a drive and what it caused over time.

    Args:
        path: Text of any separator and encoding, `.xlsx` or `.parquet`.
        drive: What drove the system, and its unit.
        output: What was measured, and its unit.
        columns: Which column holds what, as for `read_recording`.

    Raises:
        DynsurError: The file cannot be read, or lacks a clock, the drive or the output.
    """
    read = read_responses(path, [drive], [output], columns)
    u, y = read.values[drive.name], read.values[output.name]
    return RecordedResponse(read.times, u, y, read.summary)


def read_responses(
    path: str | Path,
    drives: Sequence[Quantity],
    outputs: Sequence[Quantity],
    columns: str | None = None,
) -> RecordedSignals:
    """Read drives and what they caused together over time, all of known units.

    With several drives, gaps within each are filled along straight lines.

    Args:
        path: Text of any separator and encoding, `.xlsx` or `.parquet`.
        drives: What drove the system, and its unit.
        outputs: What was measured, and its unit.
        columns: Which column holds what, as for `read_recording`.

    Raises:
        DynsurError: The file cannot be read, or lacks a clock, a drive or an output.
    """
    several = len(drives) if len(drives) > 1 else 0
    table, t, rows, notes = _rows_in_time(path, [*drives, *outputs], columns, several)
    values = {q.name: table.columns[q.name][rows] for q in (*drives, *outputs)}
    units = {q.name: q.units or "" for q in (*drives, *outputs)}
    notes += _missing(table, outputs, values)
    for quantity in [] if several else outputs:
        y = np.nan_to_num(values[quantity.name], nan=0.0)
        if limit := plateau(values[drives[0].name], y, units[quantity.name]):
            notes.append(limit)
    ranges = [("s", t), *((units[name], column) for name, column in values.items())]
    return RecordedSignals(t, values, units, understood(table, ranges, notes))


def _missing(table: Table, outputs: Sequence[Quantity], values: dict[str, np.ndarray]) -> list[str]:
    """Return notes on points without a value of an output; refuse an output without any."""
    notes = []
    for name in (quantity.name for quantity in outputs):
        missing, size = int(np.isnan(values[name]).sum()), values[name].size
        if missing == size:
            raise DynsurError(f"'{table.path}' holds no value of {name} beside its drive.")
        if missing:
            notes.append(f"{missing} of {size} points have no {name}")
    return notes


def read_signals(
    path: str | Path,
    drives: Sequence[Quantity],
    outputs: Sequence[Quantity],
    columns: str | None = None,
) -> RecordedSignals:
    """Read drives and what they caused over time, with the units that the file says.

    Args:
        path: Text of any separator and encoding, `.xlsx` or `.parquet`.
        drives: What drove the system, at least one.
        outputs: What was measured.
        columns: Which column holds what, as for `read_recording`.

    Raises:
        DynsurError: The file cannot be read, lacks a clock or a signal, or a column has no unit.
    """
    table, t, rows, notes = _rows_in_time(path, [*drives, *outputs], columns, len(drives))
    chosen = parse_columns(columns)
    for quantity in (*drives, *outputs):
        named = title_of(table.sources[quantity.name].name).name
        if named.lower() != quantity.name.lower() and not (
            quantity.units or quantity.name in chosen
        ):
            raise DynsurError(
                f"no column of '{table.path}' is '{quantity.name}'; it has '{named}'; choose one "
                f"with --columns {quantity.name}=COLUMN (a name or a number from 1)."
            )
    for name, source in table.sources.items():
        if source.unit is None and name != TIME.name:
            title = f" '{source.name}'" if source.name else ""
            raise DynsurError(
                f"column {source.position + 1}{title} of '{table.path}' has no unit; name it in "
                f"the header, e.g. '{name} (V)', or as --columns {name}={source.position + 1}:V "
                "(1 for a number without unit)."
            )
    values = {q.name: table.columns[q.name][rows] for q in (*drives, *outputs)}
    units = {q.name: q.units or si_unit(table.sources[q.name].unit) or "1"
             for q in (*drives, *outputs)}  # fmt: skip
    notes += _missing(table, outputs, values)
    ranges = [("s", t), *((units[name], column) for name, column in values.items())]
    return RecordedSignals(t, values, units, understood(table, ranges, notes))


def _rows_in_time(
    path: str | Path, signals: list[Quantity], columns: str | None, drives: int = 0
) -> tuple[Table, np.ndarray, np.ndarray, list[str]]:
    """Read signals of which the first ones are drives.

    A row counts where the clock and the first signal have a value, or, given the number of
    drives, where all drives do once gaps between their values are filled along straight lines.

    Returns:
        The table, the instants from 0 in s, their rows in the table, and notes on what was done.
    """
    chosen = parse_columns(columns)
    step, sweep = _step(chosen.get(STEP)), sweep_number(chosen)
    if step is not None and TIME.name in chosen:
        raise DynsurError("--columns takes time=COLUMN or step=SECONDS; got both.")
    wanted = signals if step is not None else [TIME, *signals]
    table = read_table(path, wanted, chosen, also=(STEP, SWEEP))
    size = table.lines.size
    t = np.arange(size) * step if step is not None else table.columns[TIME.name]
    of_sweep, notes = sweep_of(table, t, sweep, step is None), list(table.notes)
    rows = np.arange(size)[of_sweep]
    for quantity in signals[:drives]:
        notes += _fill(table.columns, t, rows, quantity.name)
    u = table.columns[signals[0].name]
    names = [quantity.name for quantity in signals[: max(1, drives)]]
    told = np.all([np.isfinite(table.columns[name]) for name in names], axis=0)
    kept = rows[np.isfinite(t[rows]) & told[rows]]
    if kept.size < 2:
        raise DynsurError(
            f"'{table.path}' holds {count(kept.size, 'point')} with a time and a value; "
            "expected two or more."
        )
    if kept.size < rows.size:
        lost = rows.size - kept.size
        notes.append(f"{lost} of {count(rows.size, 'row')} without a value left out")
    instants, places, more = clocked(table, t[kept], u[kept], table.lines[kept])
    return table, instants, kept[places], [*notes, *more]


def _fill(columns: dict[str, np.ndarray], t: np.ndarray, rows: np.ndarray, name: str) -> list[str]:
    """Fill gaps between a column's values along straight lines in time; return a note."""
    values = columns[name] = columns[name].copy()
    timed = rows[np.isfinite(t[rows])]
    was_known = np.isfinite(values[timed])
    if not (np.diff(t[timed]) > 0).all():
        return []  # such a clock is refused, or mended without gaps
    values[timed] = filled(t[timed], values[timed])
    gaps = int(np.count_nonzero(np.isfinite(values[timed]) & ~was_known))
    return [f"{count(gaps, 'missing value')} of {name} interpolated"] if gaps else []


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
