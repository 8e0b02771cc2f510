"""Read a measured loop from a table and find the simulated curve nearest to it."""

from pathlib import Path

import numpy as np

from ..errors import DynsurError
from ..numbers import count
from ..systems.variables import Variable
from ..tables import (
    SWEEP,
    Quantity,
    parse_columns,
    plateau,
    read_table,
    sweep_number,
    understood,
)


def read_measured(
    path: str | Path, drive: Variable, output: Variable, columns: str | None = None
) -> np.ndarray:
    """Read the points of a measured curve in the order they were measured.

    Args:
        path: A table whose header names the columns, with units; without a header they are the
            drive and the output. docs/data-in.md says what is understood.
        drive: What drives the system, and its unit.
        output: What is measured, and its unit.
        columns: Which column holds what, as `--columns`: "voltage=2,current=3".

    Returns:
        Drive and output, shape [point, 2].

    Raises:
        DynsurError: The file cannot be read or holds something else; the message names the file
            and the line.
    """
    return measured_curve(path, drive, output, columns)[0]


def measured_curve(
    path: str | Path, drive: Variable, output: Variable, columns: str | None = None
) -> tuple[np.ndarray, str]:
    """Read a measured curve, see `read_measured`, and say in one line what was understood."""
    wanted = [Quantity(v.name, v.units, v.symbol) for v in (drive, output)]
    chosen = parse_columns(columns)
    table = read_table(path, wanted, chosen, also=(SWEEP,))
    points, notes = np.column_stack(list(table.columns.values())), list(table.notes)
    sweeps = np.split(points, [i for i in table.starts if 0 < i < len(points)])
    number = sweep_number(chosen)
    if number is not None:
        if number > len(sweeps):
            raise DynsurError(
                f"--columns sweep={number}: '{path}' holds {count(len(sweeps), 'sweep')}."
            )
        points = sweeps[number - 1]
    elif len(sweeps) > 1:
        notes.append(f"{len(sweeps)} sweeps together")
    kept = np.isfinite(points).all(axis=1)
    if kept.sum() < 2:
        raise DynsurError(
            f"'{path}' holds {kept.sum()} measured points; expected two or more, in "
            f"{drive.name} [{drive.units}] and {output.name} [{output.units}]."
        )
    if not kept.all():
        notes.append(f"{(~kept).sum()} of {count(kept.size, 'row')} without a value left out")
    points = points[kept]
    limit = plateau(points[:, 0], points[:, 1], output.units)
    ranges = [(v.units, c) for v, c in zip((drive, output), points.T, strict=True)]
    return points, understood(table, ranges, [*notes, limit] if limit else notes)


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
