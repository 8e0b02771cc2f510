"""Turn responses into the columns that figures draw and into the text of a CSV file."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..reporting.labels import unit_text
from ..response import Response
from ..systems.simulator import Simulator
from ..systems.variables import Variable

LEAST_SHOWN = 1e-12  # of a curve's largest value, at the foot of a logarithmic axis
COLUMNS = (
    "time", "input", "output", "size", "low", "high", "size_low", "size_high", "second",
)  # fmt: skip


def label(variable: Variable) -> str:
    """Return "name (unit)" for an axis or a control."""
    units = unit_text(variable.units)
    return f"{variable.long_name or variable.name}{f' ({units})' if units else ''}"


def nothing() -> dict[str, Any]:
    """Return the columns of no curve."""
    return {name: np.array([]) for name in COLUMNS}


def curve(
    response: Response, row: int, output: str, second: str = "", over: str = ""
) -> dict[str, Any]:
    """Return the columns of one system's curve; those of its band are empty of numbers without one.

    Args:
        response: The responses.
        row: The system.
        output: Name of the output.
        second: Name of the output that it is drawn over in the phase plane, if it is.
        over: Name of the input that it is drawn over; by default the first one.
    """
    if response.reasons[row]:
        return nothing()
    y = response.outputs[output][row]
    low, high = (
        side[output][row] if output in side else np.full_like(y, np.nan)
        for side in (response.low, response.high)
    )
    drive = response.inputs.get(over, next(iter(response.inputs.values()), response.time))[row]
    # Where a band holds zero, |y| starts from it: below whatever a logarithmic axis shows.
    least = np.where((low < 0.0) & (high > 0.0), 0.0, np.minimum(abs(low), abs(high)))
    most = np.maximum(abs(low), abs(high))
    foot = LEAST_SHOWN * (np.nanmax(abs(y)) or 1.0)
    return {
        "time": response.time[row], "input": drive, "output": y,
        "size": np.where(abs(y) > foot, abs(y), np.nan),
        "low": low, "high": high,
        "size_low": np.maximum(least, foot), "size_high": np.maximum(most, foot),
        "second": response.outputs[second][row] if second else np.full_like(y, np.nan),
    }  # fmt: skip


def curves_csv(simulator: Simulator, parts: Sequence[tuple[str, Response, int]]) -> str:
    """Return curves as CSV, with a column that says which curve a row belongs to.

    Args:
        simulator: The system.
        parts: A name, the responses and the row in them of each curve.
    """
    series = [*simulator.inputs, *simulator.outputs]
    banded = [v for v in simulator.outputs if any(v.name in r.low for _, r, _ in parts)]
    titles = ["time (s)", *(f"{v.name} ({v.units})" for v in series)]
    titles += [f"{v.name}_{side} ({v.units})" for v in banded for side in ("low", "high")]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["curve", *titles])
    for name, response, row in parts:
        if response.reasons[row]:
            continue
        columns = [response.time[row], *(response.inputs[v.name][row] for v in simulator.inputs)]
        columns += [response.outputs[v.name][row] for v in simulator.outputs]
        none = np.full_like(response.time[row], np.nan)
        for v in banded:
            columns += [
                side[v.name][row] if v.name in side else none
                for side in (response.low, response.high)
            ]
        for values in zip(*columns, strict=True):
            writer.writerow([name, *("" if np.isnan(x) else repr(float(x)) for x in values)])
    return text.getvalue()
