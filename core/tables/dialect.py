"""How a table writes its cells: separators, decimal marks, numbers and what stands for none."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

OVERFLOW = 9.9e37  # SCPI instruments write 9.9E+37 for infinity and 9.91E+37 for no number
WORDS = (
    "", "-", "--", "---", "----", "?", "nan", "na", "n/a", "n.a.", "#n/a", "#na", "#num!",
    "#value!", "#div/0!", "#ref!", "null", "none", "nil", "missing", "inf", "+inf", "-inf",
    "infinity", "overflow", "overrange", "overload", "ovfl", "ovld", "ol", "1.#qnan", "1.#inf",
    "-1.#ind", "-nan",
)  # fmt: skip
MISSING = frozenset(WORDS)
POINT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eEdD][+-]?[0-9]+)?", re.ASCII)
GROUPED = {  # with both marks, so that it is plain which one is which
    ".": re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+", re.ASCII),
    ",": re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+", re.ASCII),
}
WHOLE_GROUPS = {  # with separators of thousands alone
    ".": re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+", re.ASCII),
    ",": re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+", re.ASCII),
}
COMMA = re.compile(r"[+-]?(?:[0-9]+(?:,[0-9]+)?|,[0-9]+)(?:[eEdD][+-]?[0-9]+)?", re.ASCII)


def number(text: str, decimal: str = ".", sure: bool = False) -> float | None:
    """Return the number that a cell holds, or None; a `sure` mark leaves the other to thousands.

    >>> number("1,5e-3", ","), number("0.5 V")
    (0.0015, None)
    """
    if not (POINT if decimal == "." else COMMA).fullmatch(text):
        if "−" in text:
            return number(text.replace("−", "-"), decimal, sure)
        if GROUPED[decimal].fullmatch(text) or (sure and WHOLE_GROUPS[decimal].fullmatch(text)):
            return number(text.replace("," if decimal == "." else ".", ""), decimal)
        return None
    try:
        return float(text)
    except ValueError:
        return float(text.replace(",", ".").replace("d", "e").replace("D", "e"))


def is_missing(text: str) -> bool:
    """Tell whether a cell stands for a missing number."""
    return len(text) < 12 and text.lower() in MISSING


def column_of_numbers(
    cells: Sequence[str], decimal: str = ".", sure: bool = False
) -> tuple[np.ndarray, int]:
    """Return the numbers of a column, NaN where one is missing, and the first cell that is none.

    Args:
        cells: Texts without blanks around them.
        decimal: Decimal mark, "." or ",".
        sure: Whether the other mark separates thousands.

    Returns:
        The numbers, shape [row], and the position of the first cell that is neither a number nor
        stands for a missing one, −1 if there is none.
    """
    values = np.full(len(cells), np.nan)
    bad = -1
    try:
        if decimal != "." or any("_" in cell for cell in cells):
            raise ValueError
        values = np.array(list(map(float, cells)), float)
    except ValueError:
        for i, cell in enumerate(cells):
            found = number(cell, decimal, sure)
            if found is not None:
                values[i] = found
            elif bad < 0 and not is_missing(cell):
                bad = i
    values[~(np.abs(values) < OVERFLOW)] = np.nan
    return values, bad


WHOLE = re.compile(r"[+-]?[0-9]+", re.ASCII)


def perhaps_thousands(cells: Sequence[str]) -> str:
    """Return a cell of a column with decimal commas that may mean thousands, or "".

    Where numbers without a comma stand beside others that have exactly three digits after it,
    "1,000" is rather a thousand than one.

    >>> perhaps_thousands(["0", "1,000", "2,500"]), perhaps_thousands(["0", "1,5", "2,500"])
    ('1,000', '')
    """
    told = [cell for cell in cells if not is_missing(cell)]
    with_comma = [cell for cell in told if not WHOLE.fullmatch(cell)]
    if len(with_comma) == len(told) or not all(map(WHOLE_GROUPS["."].fullmatch, with_comma)):
        return ""
    return next(iter(with_comma), "")


def perhaps_other_thousands(cells: Sequence[str], decimal: str) -> str:
    """Return a cell of a column whose decimal marks may separate thousands, or "".

    That is so where every number with the mark has exactly three digits after it.

    >>> perhaps_other_thousands(["0", "1.000", "2.500"], ".")
    '1.000'
    >>> perhaps_other_thousands(["0", "0.001", "2.500"], ".")
    ''
    """
    other = "," if decimal == "." else "."
    marked = [cell for cell in cells if not (is_missing(cell) or WHOLE.fullmatch(cell))]
    return marked[0] if marked and all(map(WHOLE_GROUPS[other].fullmatch, marked)) else ""


def has_decimals(cells: Sequence[str], decimal: str) -> bool:
    """Tell whether a column has a number that only this decimal mark makes one."""
    other = "," if decimal == "." else "."
    return any(
        decimal in cell and number(cell, decimal) is not None and number(cell, other) is None
        for cell in cells
    )


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


def find_dialect(lines: Sequence[str], decimal: str | None = None) -> Dialect:
    """Return the dialect in which the most cells are numbers, of those with a known decimal mark.

    >>> find_dialect(["Zeit;Spannung", "0,2;0,15"])
    Dialect(separator=';', decimal=',')
    """
    sample = lines if len(lines) <= 2 * SAMPLE else [*lines[:SAMPLE], *lines[-SAMPLE:]]
    known = [dialect for dialect in DIALECTS if decimal in (None, dialect.decimal)]
    return max(known, key=lambda dialect: sum(_share(dialect, line) for line in sample))


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
