"""Read a measured loop from a CSV file and find the simulated curve nearest to it."""

import csv
import math
import re
from pathlib import Path

import numpy as np

from ..errors import DynsurError
from ..systems.variables import Variable

COLUMN = re.compile(r"\s*(\w+)\s*(?:[\[(]\s*(.+?)\s*[\])])?\s*")


def read_measured(path: str | Path, drive: Variable, output: Variable) -> np.ndarray:
    """Read the points of a measured curve in the order of their measurement.

    A first line may name the columns, in either order, with units in brackets. Without such a line
    the columns are the drive and the output. Lines that start with # are comments.

    Args:
        path: CSV file of two columns.
        drive: Name of the drive and its unit.
        output: Name of the output and its unit.

    Returns:
        Drive and output, shape [point, 2].

    Raises:
        DynsurError: The file cannot be read or holds something else; the message names the file
            and the line.
    """
    expected = f"two columns, {drive.name} [{drive.units}] and {output.name} [{output.units}]"
    rows = _rows(path)
    swapped = False
    if rows and all(_number(text) is None for text in rows[0][1]):
        line, names = rows.pop(0)
        swapped = _order(names, (drive, output), f"line {line} of '{path}'", expected)
    points = []
    for line, row in rows:
        values = [_number(text) for text in row]
        if len(values) != 2 or None in values:
            raise DynsurError(
                f"line {line} of '{path}' holds '{','.join(row)}'; expected two finite numbers "
                f"with a comma between them: {expected}."
            )
        points.append(values[::-1] if swapped else values)
    if len(points) < 2:
        raise DynsurError(
            f"'{path}' holds {len(points)} measured points; expected two or more, in {expected}."
        )
    return np.array(points, float)


def nearest_curve(
    points: np.ndarray, drive: np.ndarray, curves: np.ndarray, floor: float
) -> tuple[int, float]:
    """Return the curve that is nearest to measured points.

    The distance is the mean distance of each point to the nearest one of the other set, in both
    directions. The drive is in units of its largest measured value, the output in decades.

    Args:
        points: Drive and output, shape [point, 2].
        drive: Drives of the curves, shape [n, time].
        curves: Outputs of the curves, shape [n, time].
        floor: Smallest output that is distinguished; smaller ones count as this value.

    Returns:
        The position of the curve and its distance.
    """
    from scipy.spatial import KDTree

    unit = np.abs(points[:, 0]).max() or 1.0

    def place(u: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.column_stack([u / unit, np.log10(np.maximum(np.abs(y), floor))])

    measured = place(*points.T)
    tree = KDTree(measured)
    distances = []
    for u, y in zip(drive, curves, strict=True):
        simulated = place(u, y)
        there, back = KDTree(simulated).query(measured)[0], tree.query(simulated)[0]
        distances.append(0.5 * (there.mean() + back.mean()))
    best = int(np.argmin(distances))
    return best, float(distances[best])


def _rows(path: str | Path) -> list[tuple[int, list[str]]]:
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            rows = [(reader.line_num, row) for row in reader if any(text.strip() for text in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DynsurError(f"cannot read the measured curve '{path}': {error}.") from None
    return [(line, row) for line, row in rows if not row[0].lstrip().startswith("#")]


def _order(names: list[str], wanted: tuple[Variable, Variable], where: str, expected: str) -> bool:
    """Return whether the columns are in reverse order; refuse unknown names or units."""
    known = {variable.name: variable.units for variable in wanted}
    found = []
    for text in names:
        match = COLUMN.fullmatch(text)
        name, units = match.groups() if match else (text, None)
        if name not in known or units not in (None, known[name]):
            raise DynsurError(f"{where} names the column '{text.strip()}'; expected {expected}.")
        found.append(name)
    if sorted(found) != sorted(known):
        raise DynsurError(f"{where} names the columns '{','.join(names)}'; expected {expected}.")
    return found[0] != wanted[0].name


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
