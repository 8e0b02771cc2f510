"""Numbers as instruments and spreadsheets write them, and what stands for a missing one."""

import re
from collections.abc import Sequence

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
COMMA = re.compile(r"[+-]?(?:[0-9]+(?:,[0-9]+)?|,[0-9]+)(?:[eEdD][+-]?[0-9]+)?", re.ASCII)


def number(text: str, decimal: str = ".") -> float | None:
    """Return the number that a cell holds, or None.

    >>> number("1,5e-3", ","), number("0.5 V")
    (0.0015, None)
    """
    text = text.replace("−", "-")
    if not (POINT if decimal == "." else COMMA).fullmatch(text):
        return None
    return float(text.replace(",", ".").replace("d", "e").replace("D", "e"))


def is_missing(text: str) -> bool:
    """Tell whether a cell stands for a missing number."""
    return len(text) < 12 and text.lower() in MISSING


def column_of_numbers(cells: Sequence[str], decimal: str = ".") -> tuple[np.ndarray, int]:
    """Return the numbers of a column, NaN where one is missing, and the first cell that is none.

    Args:
        cells: Texts without blanks around them.
        decimal: Decimal mark, "." or ",".

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
            found = number(cell, decimal)
            if found is not None:
                values[i] = found
            elif bad < 0 and not is_missing(cell):
                bad = i
    values[~(np.abs(values) < OVERFLOW)] = np.nan
    return values, bad
