"""What was understood of a file, in one line."""

from collections.abc import Sequence

import numpy as np

from ..numbers import count
from .reader import Table

PLATEAU = 5  # points in a row
LEVEL = 1e-3  # of the largest value: how far a plateau's values may differ


def understood(
    table: Table, ranges: Sequence[tuple[str, np.ndarray]], notes: Sequence[str] = ()
) -> str:
    """Say how many points there are, their ranges, and the columns and units they come from."""
    parts = [count(len(ranges[0][1]), "point"), *(span(values, units) for units, values in ranges)]
    places = [source.position + 1 for source in table.sources.values()]
    units = [source.unit for source in table.sources.values() if source.unit]
    column = "column" if len(places) == 1 else "columns"
    parts.append(f"from {column} {' and '.join(map(str, places))}")
    if units:
        parts.append(" and ".join(units))
    return "; ".join([f"{table.path.name}: {', '.join(parts)}", *notes])


def span(values: np.ndarray, units: str) -> str:
    """Return the range of values in words.

    >>> span(np.array([-1.5, 0.0, 1.5]), "V"), span(np.array([0.0, 2.0]), "s")
    ('±1.5 V', '2 s')
    """
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    unit = f" {units}" if units not in ("", "1") else ""
    if low == -high and high:
        return f"±{high:.4g}{unit}"
    if low == 0:
        return f"{high:.4g}{unit}" if units == "s" else f"0 to {high:.4g}{unit}"
    return f"{low:.4g} to {high:.4g}{unit}"


def on_plateau(drive: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Return where an output stays at its largest value while its drive goes on, shape [point].

    A source-measure unit that limits the current records such a plateau: the device would have
    carried more.

    Args:
        drive: Of the points in their order, shape [point].
        output: The same, shape [point].
    """
    found = np.zeros(output.size, bool)
    for sign in (1.0, -1.0):
        level = float(np.nanmax(sign * output))
        if level <= 0:
            continue
        at_level = sign * output >= (1 - LEVEL) * level
        edges = np.flatnonzero(np.diff(np.concatenate([[False], at_level, [False]]).astype(int)))
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            if stop - start >= PLATEAU and np.ptp(drive[start:stop]) > 0.02 * np.ptp(drive):
                found[start:stop] = True
    return found


def plateau(drive: np.ndarray, output: np.ndarray, units: str) -> str:
    """Say where an output stays at its largest value, see `on_plateau`; "" if nowhere.

    Args:
        drive: Of the points in their order, shape [point].
        output: The same, shape [point].
        units: Unit of the output.
    """
    rows = output[on_plateau(drive, output)]
    if not rows.size:
        return ""
    ends = [end for end in (max(0.0, rows.max()), min(0.0, rows.min())) if end]
    levels = " and ".join(f"{level:.4g} {units}" for level in ends)
    told = f"{rows.size} points stay at {levels} while the drive goes on"
    return f"{told}, a compliance limit it seems"
