"""Rows of Excel workbooks, and columns of parquet files."""

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DynsurError
from ..optional import needed
from .dialect import OVERFLOW, number
from .layout import LONGEST_NAME, sheet_of_rows
from .sheet import Row, Sheet


def sheet_of_workbook(data: bytes, path: Path) -> Sheet:
    """Read the first worksheet of an `.xlsx` file that holds numbers.

    Raises:
        DynsurError: openpyxl is not installed, or the file is no workbook or holds no table.
    """
    openpyxl = needed("openpyxl", "xlsx", "reading .xlsx")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that openpyxl leaves out
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheets = [[list(row) for row in s.iter_rows(values_only=True)] for s in book.worksheets]
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise DynsurError(
            f"cannot read the table '{path}': it is no workbook ({_line(error)})."
        ) from None
    tables = [rows for rows in map(_rows, sheets) if any(row.is_data for row in rows)]
    if not tables:
        raise DynsurError(f"the table '{path}' holds no rows of numbers.")
    sheet = sheet_of_rows(tables[0], path)
    sheet.word = "row"
    return sheet


def _rows(values: list[list]) -> list[Row]:
    texts = [["" if v is None else " ".join(str(v).split()) for v in row] for row in values]
    width = max((i + 1 for row in texts for i, text in enumerate(row) if text), default=0)
    left = min((i for row in texts for i, text in enumerate(row) if text), default=0)
    return [
        Row(line, cells, any(number(cell) is not None for cell in cells))
        for line, row in enumerate(texts, 1)
        if any(cells := (row + [""] * width)[left:width])
    ]


def sheet_of_parquet(data: bytes, path: Path) -> Sheet:
    """Read the columns of a parquet file; nulls are missing numbers.

    Raises:
        DynsurError: pyarrow is not installed, or the file is no parquet file.
    """
    arrow = needed("pyarrow", "export", "reading parquet")
    parquet = needed("pyarrow.parquet", "export", "reading parquet")
    try:
        # A thread of arrow's that outlives an error aborts the program at its end: `read_table`
        # starts one through arrow's datasets whatever it is asked for, a `ParquetFile` none.
        file = parquet.ParquetFile(arrow.BufferReader(data), pre_buffer=False)
        table = file.read(use_threads=False)
    except (OSError, arrow.ArrowException, ValueError) as error:
        raise DynsurError(f"cannot read the table '{path}': {_line(error)}.") from None
    names = [" ".join(str(name).split())[:LONGEST_NAME] for name in table.column_names]
    rows: list[list[str]] = []
    arrays = [_array(arrow, table.column(i)) for i in range(table.num_columns)]
    return Sheet(path, names, [], rows, range(1, table.num_rows + 1), "row", arrays=arrays)


def _array(arrow: Any, column: Any) -> np.ndarray:
    """Return a column's numbers, or its texts as objects."""
    kind = column.type
    if kind.num_fields or not (
        arrow.types.is_integer(kind) or arrow.types.is_floating(kind) or arrow.types.is_null(kind)
    ):
        texts = np.empty(len(column), object)
        texts[:] = [str(value) for value in column.to_pylist()]
        return texts
    if arrow.types.is_null(kind):
        return np.full(len(column), np.nan)
    values = np.array(column.to_numpy(), float)
    values[~(np.abs(values) < OVERFLOW)] = np.nan
    return values


def _line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")[:160] or type(error).__name__
