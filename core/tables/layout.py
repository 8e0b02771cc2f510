"""Where in a file the names, the units and the rows of numbers stand."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..errors import DynsurError
from .dialect import BLANKS, OVERFLOW, Dialect, find_dialect, is_missing, number
from .sheet import Row, Sheet
from .titles import is_known, tidy_words
from .units import unit_of

LONGEST_NAME = 80  # characters
REMARKS = ("comment", "comments", "remark", "remarks", "note", "notes")
ENDS = frozenset("0123456789.")
MANY, HEAD = 5000, 1000  # lines
COMMENTS = ("#", "%", "//", "!")


def sheet_of_lines(lines: Sequence[str], path: Path, decimal: str | None = None) -> Sheet:
    """Find the table in the lines of a text file, whose decimal mark may be known.

    Raises:
        DynsurError: There is none, or a row has more or fewer cells than the others.
    """
    kept = [(i, text) for i, text in enumerate(lines, 1) if text.strip(" \t,;\x1a")]
    comments = [(i, text) for i, text in kept if text.lstrip(" ").startswith(COMMENTS)]
    told = {i for i, _ in comments}
    content = [(i, text) for i, text in kept if i not in told]
    if not content:
        raise DynsurError(f"the table '{path}' is empty; expected rows of numbers.")
    dialect = find_dialect([text for _, text in content], decimal)
    plain = len(content) > MANY and dialect.decimal == "."
    sheet = _sheet_of_many(content, dialect, path) if plain else None
    if sheet is None:
        rows = _rows(content, dialect, path)
        sheet = sheet_of_rows(rows, path, dialect.decimal, dialect.separator is BLANKS)
    sheet.sure = decimal is not None
    if not sheet.names:
        before = [text for line, text in comments if line < sheet.lines[0]]
        sheet.names = _commented_names(before, dialect, sheet.width)
    return sheet


def _sheet_of_many(
    content: Sequence[tuple[int, str]], dialect: Dialect, path: Path
) -> Sheet | None:
    """Read a long table of plain numbers with numpy, many times faster; None if it is another."""
    rows = _rows(content[:HEAD], dialect, path)
    try:
        head = sheet_of_rows(rows, path, dialect.decimal, dialect.separator is BLANKS)
        start = next(i for i, (line, _) in enumerate(content) if line == head.lines[0])
        texts = [text for _, text in content[start:]]
        table = np.loadtxt(texts, delimiter=dialect.separator, comments=None, ndmin=2)
    except (ValueError, DynsurError):
        return None
    if table.shape[1] != head.width:
        return None
    table[~(np.abs(table) < OVERFLOW)] = np.nan
    lines = [line for line, _ in content[start:]]
    return Sheet(path, head.names, head.units, [], lines, arrays=list(table.T), misfit=head.misfit)


def _rows(content: Sequence[tuple[int, str]], dialect: Dialect, path: Path) -> list[Row]:
    rows = []
    for line, text in content:
        try:
            cells = dialect.split(text)
        except ValueError as error:
            raise DynsurError(f"cannot read the table '{path}': line {line}: {error}.") from None
        rows.append(Row(line, cells, _is_data(cells, dialect.decimal), text))
    return rows


def sheet_of_rows(rows: list[Row], path: Path, decimal: str = ".", blanks: bool = False) -> Sheet:
    """Find the table among rows: its header, the line of units, its sweeps.

    Args:
        rows: Every row that holds something.
        path: The file.
        decimal: Decimal mark of the numbers.
        blanks: Whether blanks separate the cells, as they do the words of a name.

    Raises:
        DynsurError: There is none, or a row has more or fewer cells than the others.
    """
    rows = _without_remarks(rows)
    start = _first_row(rows)
    if start is None:
        raise DynsurError(f"the table '{path}' holds no rows of numbers.")
    full = len(rows[start].cells)
    width = _used_width(rows[start:], full)
    names, units, misfit = _header(rows[:start], (width, full), blanks, path)
    if not names and _counts(rows[start:]):
        names, start = rows[start].cells, start + 1
    width = max(width, len(names))
    data, starts = _collect(rows[start:], names, units, width, path)
    return Sheet(
        path, names[:width], units[:width], [row.cells[:width] for row in data],
        [row.line for row in data], decimal=decimal, starts=starts, misfit=misfit,
    )  # fmt: skip


def _is_data(cells: Sequence[str], decimal: str) -> bool:
    for cell in reversed(cells):
        if cell[-1:] in ENDS:  # what else a number ends with is slow to find
            try:
                float(cell)
                return True
            except ValueError:
                if number(cell, decimal) is not None:
                    return True
    return False


def _without_remarks(rows: list[Row]) -> list[Row]:
    """Leave out a last column of remarks, whose cells instruments write only where they say any."""
    for i, row in enumerate(rows[:-1]):
        heads = not row.is_data and rows[i + 1].is_data and len(row.cells) > 1
        if heads and row.cells[-1].lower() in REMARKS:
            width = len(row.cells) - 1
            cut = [r._replace(cells=r.cells[:width], text="") for r in rows[i:]]
            return [*rows[:i], *cut]
    return rows


def _first_row(rows: Sequence[Row]) -> int | None:
    """Return where the longest run of rows with equally many cells begins that hold numbers."""
    best, first, most = None, 0, 0
    for i, row in enumerate(rows):
        follows = i > 0 and rows[i - 1].is_data and len(rows[i - 1].cells) == len(row.cells)
        if not follows:
            first = i
        size = (i - first + 1) * len(row.cells)
        if row.is_data and size > most:
            best, most = first, size
    return best


def _header(
    before: Sequence[Row], widths: tuple[int, int], blanks: bool, path: Path
) -> tuple[list[str], list[str], str]:
    """Return names and units of the columns from the rows above the numbers, empty if none.

    The third is what is wrong with a row of names that does not fit.

    Args:
        before: Those rows.
        widths: How many columns hold anything, and how many there are with empty ones at the end.
        blanks: Whether blanks separate the cells.
        path: For messages.
    """
    if not before:
        return [], [], ""
    last = before[-1]
    if last.is_data:
        numbers = sum(is_missing(c) or number(c.replace(",", ".")) is not None for c in last.cells)
        if 2 * numbers > len(last.cells):
            _refuse_loose(last, widths[0], path)
        return [], [], _misfit(last, widths[0], blanks, path)
    names = _fitted(last, widths, blanks)
    if not names:
        return [], [], _misfit(last, widths[0], blanks, path)
    if len(before) > 1 and not before[-2].is_data and _are_units(names):
        above = _fitted(before[-2], (len(names), len(names)), blanks)
        if above:
            return above, names, ""
    return names, [], ""


def _misfit(row: Row, width: int, blanks: bool, path: Path) -> str:
    """Say that a row above the numbers names something, yet not each column; "" for a title."""
    filled = [cell for cell in row.cells if cell]
    if not any(map(is_known, filled)) and (row.is_data or blanks or len(filled) == 1):
        return ""
    names = "name" if len(filled) == 1 else "names"
    return (
        f"line {row.line} of '{path}' holds {len(filled)} {names} above rows of {width} cells; "
        "expected one name for each column, and no decimal commas where commas separate the cells."
    )


def _fitted(row: Row, widths: tuple[int, int], blanks: bool) -> list[str]:
    """Return the cells of a row as names of columns, [] if they are not as many."""
    apart = re.split(r" {2,}|\t", row.text.strip()) if blanks else []
    splits = [row.cells, apart, *(row.text.split(mark) for mark in "\t;," if mark in row.text)]
    for cells in splits:
        names = [cell.strip()[:LONGEST_NAME] for cell in cells]
        if blanks and len(names) > widths[1]:
            names = tidy_words(names)
        while names and not names[-1]:
            names.pop()
        least = min(widths[0], len(cells))
        if least == widths[0] and 0 < len(names) <= widths[1]:
            return (names + [""] * least)[: max(least, len(names))]
    return []


def _are_units(cells: Sequence[str]) -> bool:
    texts = [cell.strip("[]() ") for cell in cells if cell]
    return bool(texts) and all(unit_of(text) is not None for text in texts)


def _counts(rows: Sequence[Row]) -> bool:
    """Tell whether a first row numbers the columns, as pandas does: an empty cell, then 0, 1, 2."""
    cells = rows[0].cells
    numbered = [str(i) for i in range(len(cells) - 1)]
    below = rows[1].cells if len(rows) > 1 else []
    return len(cells) > 1 and not cells[0] and cells[1:] == numbered and bool(below and below[0])


def _used_width(rows: Sequence[Row], width: int) -> int:
    """Leave out columns at the end that hold nothing, as separators at the ends of lines make."""
    while width > 1 and not any(len(r.cells) >= width and r.cells[width - 1] for r in rows):
        width -= 1
    return width


def _collect(
    rows: Sequence[Row], names: list[str], units: list[str], width: int, path: Path
) -> tuple[list[Row], list[int]]:
    """Return the rows of numbers, and which of them follow a repeated header."""
    found: list[Row] = []
    starts: list[int] = []
    loose: list[Row] = []  # below the numbers; nothing but words, unless the header is repeated
    for row in rows:
        cells = row.cells[:width] if not any(row.cells[width:]) else row.cells
        if names and cells == names[: len(cells)]:
            starts, loose = [*starts, len(found)], []
        elif loose:
            loose.append(row)
        elif units and cells == units[: len(cells)] and starts[-1:] == [len(found)]:
            continue
        elif len(cells) == width and (row.is_data or all(map(_is_filled, cells))):
            found.append(row)
        else:
            loose.append(row)
    for row in loose:
        if row.is_data:
            _refuse_loose(row, width, path)
    return found, starts


def _is_filled(cell: str) -> bool:
    return cell != ""


def _refuse_loose(row: Row, width: int, path: Path) -> None:
    where = f"line {row.line} of '{path}' holds"
    if len(row.cells) != width:
        cells = "cell" if len(row.cells) == 1 else "cells"
        raise DynsurError(f"{where} {len(row.cells)} {cells}; expected {width}, as the others.")
    raise DynsurError(
        f"{where} '{' '.join(row.cells):.60}' below rows of words; expected one table, and "
        "its header again where a sweep begins."
    )


def _commented_names(comments: Sequence[str], dialect: Dialect, width: int) -> list[str]:
    """Return the names that the last comment holds, as numpy writes them, or none."""
    for text in comments[-1:]:
        try:
            cells = dialect.split(text.lstrip("#%/! "))
        except ValueError:
            return []
        names = _fitted(Row(0, cells, False), (width, width), dialect.separator is BLANKS)
        if any(is_known(name) for name in names):
            return names
    return []
