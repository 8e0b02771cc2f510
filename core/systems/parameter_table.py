"""Read the parameters of many systems from a table with one row for each system."""

import csv
from array import array
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..errors import DynsurError, unknown_name
from ..optional import needed
from .parameters import ParameterSpace

Columns = dict[str, np.ndarray]


def read_table(path: str | Path, space: ParameterSpace) -> Columns:
    """Read the columns of a table, each of shape [row], and check every value.

    Args:
        path: A `.csv` or a `.parquet` file. A CSV file has commas between its cells and the names
            in its first line; lines that start with `#` are comments.
        space: The parameters after which columns may be named.

    Raises:
        DynsurError: The file cannot be read, a column is unknown, or a value lies outside of its
            domain. The message names the file, the column and the line of a CSV file, or the row
            of a parquet file, counted from 1.
    """
    path = Path(path)
    readers = {".csv": _read_csv, ".parquet": _read_parquet}
    if path.suffix not in readers:
        raise DynsurError(f"the table '{path}' must end in {' or '.join(readers)}.")
    columns, lines = readers[path.suffix](path, space)
    if not len(lines):
        raise DynsurError(f"the table '{path}' holds no rows; expected one for each system.")
    row = {".csv": "line", ".parquet": "row"}[path.suffix]
    for name, values in columns.items():
        for bad in np.flatnonzero(~space[name].accepts(values))[:1]:
            try:
                space[name].check(float(values[bad]))
            except DynsurError as error:
                raise DynsurError(f"{row} {lines[bad]} of '{path}': {error}") from None
    return columns


def _read_csv(path: Path, space: ParameterSpace) -> tuple[Columns, Sequence[int]]:
    """Return the columns and the line number of each row."""
    numbers, lines = array("d"), array("q")
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True, skipinitialspace=True)
            rows = ((reader.line_num, row) for row in reader if not _is_empty(row))
            names = _accepted(path, next(rows, (0, []))[1], space)
            for line, row in rows:
                numbers.extend(_numbers(row, names, f"line {line} of '{path}'"))
                lines.append(line)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DynsurError(f"cannot read the table '{path}': {error}.") from None
    table = np.frombuffer(numbers).reshape(-1, len(names)) if numbers else np.empty((0, len(names)))
    return {name: table[:, j].copy() for j, name in enumerate(names)}, lines


def _is_empty(row: list[str]) -> bool:
    return not row or row[0].lstrip().startswith("#") or (len(row) == 1 and not row[0].strip())


def _numbers(row: list[str], names: list[str], where: str) -> list[float]:
    if len(row) != len(names):
        raise DynsurError(
            f"{where} holds {len(row)} cells; expected {len(names)}, as in the header."
        )
    try:
        return [float(text) for text in row]
    except ValueError:
        name, text = next(pair for pair in zip(names, row, strict=True) if not _is_number(pair[1]))
        raise DynsurError(
            f"{where}, column '{name}' holds '{text}'; expected a number, with a decimal point."
        ) from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _read_parquet(path: Path, space: ParameterSpace) -> tuple[Columns, Sequence[int]]:
    """Return the columns and the number of each row."""
    arrow = needed("pyarrow", "export", "reading parquet")
    parquet = needed("pyarrow.parquet", "export", "reading parquet")
    try:
        with path.open("rb") as file:
            table = parquet.read_table(file)
    except (OSError, arrow.ArrowException) as error:
        text = " ".join(str(error).split()).rstrip(".")
        raise DynsurError(f"cannot read the table '{path}': {text}.") from None
    columns = {}
    for name in _accepted(path, table.column_names, space):
        kind = table.column(name).type
        if not (arrow.types.is_integer(kind) or arrow.types.is_floating(kind)):
            raise DynsurError(f"column '{name}' of '{path}' holds {kind}; expected numbers.")
        columns[name] = table.column(name).to_numpy().astype(float)
    return columns, range(1, table.num_rows + 1)


def _accepted(path: Path, names: Sequence[str], space: ParameterSpace) -> list[str]:
    """Return the names of the columns if all of them are names of parameters."""
    names = [name.strip() for name in names]
    if not names:
        raise DynsurError(f"the table '{path}' is empty; expected columns named as parameters.")
    if all(_is_number(name) for name in names):
        raise DynsurError(
            f"the table '{path}' begins with numbers; expected the parameters' names first."
        )
    for name in names:
        if name not in space.names:
            raise DynsurError(
                f"the table '{path}' has an {unknown_name('column', name, space.names)}"
            )
        if names.count(name) > 1:
            raise DynsurError(f"the table '{path}' has the column '{name}' twice.")
    return names
