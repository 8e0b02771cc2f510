"""Read the columns that are wanted from a file of any kind."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..errors import DynsurError
from ..files import path_of
from .choice import DECIMAL, Choice, Quantity, Source, choose, decimal_mark, parse_columns
from .decoding import decode, read_bytes
from .dialect import number
from .layout import sheet_of_lines
from .sheet import Sheet
from .titles import title_of
from .units import convert, same_dimension
from .workbook import sheet_of_parquet, sheet_of_workbook

SI = ("s", "V", "A", "ohm", "N", "m", "K", "Hz", "W", "C")


@dataclass(frozen=True)
class Table:
    """Columns of a file in the units that are wanted.

    Args:
        path: The file.
        columns: Numbers by name, each of shape [row]; NaN where one is missing.
        sources: The column of the file that each comes from.
        lines: Number of each row's line in the file.
        word: "line" or "row", what the numbers count.
        starts: Rows at which a repeated header begins a new sweep.
        notes: What a reader should know, a clause each.
    """

    path: Path
    columns: dict[str, np.ndarray]
    sources: dict[str, Source]
    lines: np.ndarray
    word: str
    starts: tuple[int, ...] = ()
    notes: tuple[str, ...] = field(default=())


def read_sheet(path: str | Path, decimal: str | None = None) -> Sheet:
    """Read a file's rows: text of any separator and encoding, `.xlsx` or `.parquet`.

    Args:
        path: The file.
        decimal: Decimal mark of a text, where it is known; the other mark then separates thousands.

    Raises:
        DynsurError: It cannot be read, or holds no table.
    """
    path = path_of("a table", path)
    data = read_bytes(path)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return sheet_of_workbook(data, path)
    if path.suffix.lower() in (".parquet", ".pq"):
        return sheet_of_parquet(data, path)
    return sheet_of_lines(decode(data, path), path, decimal)


def read_table(
    path: str | Path,
    wanted: Sequence[Quantity],
    columns: str | Mapping[str, Choice] | None = None,
    also: Sequence[str] = (),
) -> Table:
    """Read the columns of some quantities.

    Args:
        path: Text of any separator and encoding, `.xlsx` or `.parquet`.
        wanted: What the columns should hold.
        columns: Which column holds what, where the file does not say it: "time=1,voltage=3".
        also: Names that `columns` may hold besides those of the quantities.

    Raises:
        DynsurError: The file cannot be read, a column is not found, measures something else or
            holds something that is no number; names the file, the line and the option.
    """
    chosen = parse_columns(columns) if columns is None or isinstance(columns, str) else columns
    known = [quantity.name for quantity in wanted]
    for name in chosen:
        if name not in (*known, *also, DECIMAL):
            raise DynsurError(
                f"--columns names '{name}'; expected NAME=COLUMN with a name of "
                f"{', '.join((*known, *also))}."
            )
    sheet = read_sheet(path, decimal_mark(chosen))
    sources = choose(sheet, wanted, chosen)
    found = {q.name: column_in(sheet, sources[q.name], q) for q in wanted}
    for name, values in found.items():
        if not np.isfinite(values).any():
            raise DynsurError(
                f"{sheet.title(sources[name].position)} of '{path}' holds no number at all; "
                f"expected {name}."
            )
    bare = [q for q in wanted if sources[q.name].unit is None and q.units not in (None, "1")]
    notes = []
    if bare:
        told = ", ".join(f"{q.name} in {q.units}" for q in bare)
        notes.append(f"no unit is given, so {told}")
    notes += [
        f"column {source.position + 1} '{source.name}' is a magnitude, taken as {name}"
        for name, source in sources.items()
        if title_of(source.name).is_magnitude
    ]
    return Table(
        sheet.path,
        found,
        sources,
        np.asarray(sheet.lines),
        sheet.word,
        tuple(sheet.starts),
        tuple(notes),
    )


def column_in(sheet: Sheet, source: Source, quantity: Quantity) -> np.ndarray:
    """Return a column's numbers in a quantity's units, NaN where one is missing.

    Raises:
        DynsurError: A cell holds something else, all are missing, or the unit does not fit.
    """
    where = f"{sheet.title(source.position)} of '{sheet.path}'"
    expected = quantity.units or si_unit(source.unit)
    values, bad = sheet.numbers(source.position)
    if bad >= 0 and quantity.units == "s":
        values, bad = _seconds(sheet.cells(source.position), values, bad)
    if bad >= 0:
        cell = sheet.cells(source.position)[bad]
        other = "," if sheet.decimal == "." else "."
        either = number(cell, other) is not None
        marks = ", or --columns decimal=comma or decimal=point" if either else ""
        raise DynsurError(
            f"{sheet.word} {sheet.lines[bad]} of '{sheet.path}', {sheet.title(source.position)}, "
            f"holds '{cell:.40}'; expected a number{marks}."
        )
    if source.unit is None:
        return values
    return convert(values, source.unit, expected or source.unit, where)


def si_unit(unit: str | None) -> str | None:
    """Return the unit without its prefix, where it is a simple one."""
    if unit is None:
        return None
    return next((name for name in SI if same_dimension(name, unit)), unit)


def _seconds(cells: Sequence[str], values: np.ndarray, bad: int) -> tuple[np.ndarray, int]:
    """Read dates and times of day as seconds, counted from the first one."""
    if "/" in cells[0] and len({text.partition(" ")[0] for text in cells}) > 1:
        return values, bad  # 01/02 to 01/03 is a day or a month
    try:
        moments = [_moment(text) for text in cells]
    except ValueError:
        return values, bad
    return np.array([(moment - moments[0]).total_seconds() for moment in moments]), -1


def _moment(text: str) -> datetime.datetime:
    try:
        return datetime.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        pass
    for day in ("", "%m/%d/%Y ", "%d.%m.%Y "):
        for end in ("", ".%f"):
            try:
                return datetime.datetime.strptime(text, f"{day}%H:%M:%S{end}")
            except ValueError:
                continue
    raise ValueError(text)
