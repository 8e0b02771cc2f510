"""The rows of a file before anything is said about what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..errors import DynsurError
from .dialect import column_of_numbers, has_decimals, perhaps_other_thousands, perhaps_thousands


class Row(NamedTuple):
    """A line that holds cells."""

    line: int
    cells: list[str]
    is_data: bool
    text: str = ""


@dataclass
class Sheet:
    """The rows of a file before anything is said about what they mean.

    Args:
        path: The file.
        names: The cells of the header, or none.
        units: The cells of a line of units below it, or none.
        rows: Cells of each row, all of one length; or columns of numbers, of a parquet file.
        lines: Number of each row's line.
        word: "line" or "row", what the numbers count.
        decimal: Decimal mark.
        sure: Whether the caller has said it, so that the other mark separates thousands.
        starts: Rows at which a header is repeated, so that a new sweep begins.
        arrays: Columns of numbers, instead of rows.
        misfit: What is wrong with a row of names that does not fit the columns.
    """

    path: Path
    names: list[str]
    units: list[str]
    rows: list[list[str]]
    lines: Sequence[int]
    word: str = "line"
    decimal: str = "."
    sure: bool = False
    starts: list[int] = field(default_factory=list)
    arrays: list[np.ndarray] = field(default_factory=list)
    misfit: str = ""

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.arrays) or len(self.names) or len(self.rows[0])

    def title(self, position: int) -> str:
        """Return a column's name and place for a message, counted from 1."""
        name = self.names[position] if self.names else ""
        return f"column {position + 1}" + (f" '{name}'" if name else "")

    def cells(self, position: int) -> list[str]:
        """Return the texts of a column."""
        if self.arrays:
            return [str(value) for value in self.arrays[position]]
        return [row[position] for row in self.rows]

    def numbers(self, position: int) -> tuple[np.ndarray, int]:
        """Return a column's numbers and the first row that holds none, see `column_of_numbers`.

        Raises:
            DynsurError: It cannot be told whether commas are decimal marks or separate thousands.
        """
        if self.arrays and self.arrays[position].dtype != object:
            return self.arrays[position], -1
        cells = self.cells(position)
        if not self.sure:
            self._refuse_either_mark(position, cells)
        return column_of_numbers(cells, self.decimal, self.sure)

    def _refuse_either_mark(self, position: int, cells: list[str]) -> None:
        """Refuse a column whose marks may be decimal or separate thousands, as others tell."""
        cell = perhaps_thousands(cells) if self.decimal == "," else ""
        if not cell and (either := perhaps_other_thousands(cells, self.decimal)):
            other = "." if self.decimal == "," else ","
            columns = range(min(map(len, self.rows), default=0))
            if any(has_decimals(self.cells(i), other) for i in columns if i != position):
                cell = either
        if cell:
            raise DynsurError(
                f"'{self.path}', {self.title(position)}: '{cell}' may be a thousand or a decimal "
                "number; say which mark is decimal: --columns decimal=comma or decimal=point."
            )
