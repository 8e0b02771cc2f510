"""How the cells of a line are separated and which decimal mark their numbers have."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from .numerals import is_missing, number

WORD = re.compile(r'"[^"]*"|[^\s"]+')
BLANKS = None  # cells are separated by any number of blanks
SAMPLE = 300  # lines at either end that are tried


@dataclass(frozen=True)
class Dialect:
    """The separator of a table's cells, None for blanks, and the decimal mark of its numbers."""

    separator: str | None
    decimal: str

    def split(self, line: str) -> list[str]:
        """Return the cells of a line without blanks and quotes around them.

        Raises:
            ValueError: A quote is not closed.
        """
        if self.separator is None:  # blanks
            return [word.strip('"').strip() for word in WORD.findall(line)]
        if '"' not in line:
            return [cell.strip() for cell in line.split(self.separator)]
        try:
            rows = csv.reader([line], delimiter=self.separator, skipinitialspace=True, strict=True)
            return [cell.strip() for cell in next(rows)]
        except csv.Error as error:
            raise ValueError(str(error)) from None


# In the order of preference, where a table can be read in several ways.
DIALECTS = (
    Dialect("\t", "."), Dialect("\t", ","), Dialect(";", "."), Dialect(";", ","),
    Dialect(",", "."), Dialect("|", "."), Dialect(BLANKS, "."), Dialect(BLANKS, ","),
    Dialect(",", ","),
)  # fmt: skip


def find_dialect(lines: Sequence[str]) -> Dialect:
    """Return the dialect in which the most cells are numbers.

    >>> find_dialect(["Zeit;Spannung", "0,2;0,15"])
    Dialect(separator=';', decimal=',')
    """
    sample = lines if len(lines) <= 2 * SAMPLE else [*lines[:SAMPLE], *lines[-SAMPLE:]]
    return max(DIALECTS, key=lambda dialect: sum(_share(dialect, line) for line in sample))


def _share(dialect: Dialect, line: str) -> float:
    """Return the share of a line's cells that are numbers; a single cell says half as much."""
    line = line[:10_000]
    try:
        cells = dialect.split(line)
    except ValueError:  # told when the line is read
        cells = [cell.strip(' "') for cell in line.split(dialect.separator)]
    cells = [cell for cell in cells if not is_missing(cell)]
    if not cells:
        return 0.0
    share = sum(number(cell, dialect.decimal) is not None for cell in cells) / len(cells)
    return share if len(cells) > 1 else 0.5 * share
