"""Simulate samples as rows of a store; errors become a status and a reason."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError, author_line, author_traceback
from ..ode.system import ODESystem
from ..systems.capabilities import batch_of
from ..systems.drive import missed_by_record
from ..systems.simulator import Simulator, failed_trajectory, series_names
from ..systems.variables import Status

if TYPE_CHECKING:
    import xarray as xr

Rows = dict[str, Any]

TRACEBACK = "traceback"  # of a row that failed, the plugin's part; for the log only
TEXTS = ("reason", TRACEBACK)


def simulate_rows(simulator: Simulator, columns: Mapping[str, np.ndarray]) -> Rows:
    """Simulate samples, all of them at once if the simulator supports batches.

    A single sample is a batch too, so that it comes out as it does among others.

    Args:
        simulator: The simulator.
        columns: Every parameter by name, shape [count].

    Returns:
        Series of shape [count, time]; `status`, `reason` and `wall_time` of shape [count].
    """
    rows = traced_rows(simulator, columns)
    return {name: values for name, values in rows.items() if name != TRACEBACK}


def traced_rows(
    simulator: Simulator, columns: Mapping[str, np.ndarray], alone: bool = False
) -> Rows:
    """Simulate samples as `simulate_rows` does, with TRACEBACK if a plugin has raised an error.

    With `alone`, each is simulated by itself.
    """
    count = len(next(iter(columns.values())))
    batch = None if alone else batch_of(simulator)
    if batch is not None:
        began = time.perf_counter()
        try:
            rows = _judged(simulator, batch(columns), columns, count)
        except Exception:  # some sample is to blame: one by one will tell which
            return _one_by_one(simulator, columns, count)
        rows["wall_time"] = np.full(count, (time.perf_counter() - began) / count)
        return rows
    return _one_by_one(simulator, columns, count)


def failed_rows(simulator: Simulator, status: Status, reason: str, wall_time: float) -> Rows:
    """Return the row of a simulation without a result."""
    empty = np.full((1, simulator.points), np.nan)
    return {
        **dict.fromkeys(series_names(simulator), empty),
        "status": np.array([status], np.int8),
        "reason": [reason],
        "wall_time": np.array([wall_time]),
    }


def stacked(blocks: list[Rows]) -> Rows:
    """Join rows of consecutive samples."""
    if len(blocks) == 1:
        return blocks[0]
    joined: Rows = {
        name: np.concatenate([block[name] for block in blocks])
        for name in blocks[0]
        if name not in TEXTS
    }
    for name in TEXTS:
        if any(name in block for block in blocks):
            joined[name] = [t for b in blocks for t in b.get(name, [""] * len(b["reason"]))]
    return joined


def simulate_safely(simulator: Simulator, parameters: Mapping[str, float]) -> "xr.Dataset":
    """Simulate one sample; any error becomes a status and a reason."""
    try:
        data = simulator.simulate(parameters)
        fault = _fault(simulator, data) or _unlike_drive(simulator, data, parameters)
    except DynsurError as error:
        return _traced(failed_trajectory(simulator, str(error), Status.INVALID), error)
    except Exception as error:  # a plugin may fail in any way; the other samples go on
        text = " ".join(str(error).split())
        reason = f"{type(error).__name__}: {text}{author_line(error)}"
        return _traced(failed_trajectory(simulator, reason), error)
    return failed_trajectory(simulator, fault) if fault else data


def _traced(data: "xr.Dataset", error: Exception) -> "xr.Dataset":
    trace = author_traceback(error)
    return data.assign_attrs({TRACEBACK: trace}) if trace else data


def _one_by_one(simulator: Simulator, columns: Mapping[str, np.ndarray], count: int) -> Rows:
    blocks = []
    for i in range(count):
        began = time.perf_counter()
        data = simulate_safely(simulator, {name: float(v[i]) for name, v in columns.items()})
        spent = time.perf_counter() - began
        blocks.append(
            {
                **{name: data.variables[name].values[None] for name in series_names(simulator)},
                "status": np.array([int(data.variables["status"])], np.int8),
                "reason": [str(data.variables["reason"].values.item())],
                "wall_time": np.array([spent]),
                **({TRACEBACK: [data.attrs[TRACEBACK]]} if TRACEBACK in data.attrs else {}),
            }
        )
    return stacked(blocks)


def _judged(
    simulator: Simulator, series: Mapping[str, Any], columns: Mapping[str, np.ndarray], count: int
) -> Rows:
    """Complete the statuses of a batch.

    A row has failed if it is not finite or if an input is not its drive.
    """
    names, shape = series_names(simulator), (count, simulator.points)
    rows: Rows = {name: np.asarray(series[name], float) for name in names}
    if any(values.shape != shape for values in rows.values()):
        raise ValueError(f"a batch must have shape {shape}")
    status = np.array(series.get("status", [Status.OK] * count), np.int8)
    reasons = [str(reason) for reason in series.get("reason", [""] * count)]
    if status.shape != (count,) or len(reasons) != count:
        raise ValueError(f"a batch must have {count} statuses and reasons")
    for name in reversed(names):
        for i in np.flatnonzero((status == Status.OK) & ~np.isfinite(rows[name]).all(axis=1)):
            reasons[i] = f"'{name}' is not finite"
    if not isinstance(simulator, ODESystem):
        for i in np.flatnonzero((status == Status.OK) & ~np.array([*map(bool, reasons)])):
            values = {name: float(column[i]) for name, column in columns.items()}
            seen = {v.name: rows[v.name][i] for v in simulator.inputs}
            reasons[i] = missed_by_record(simulator, values, rows["time"][i], seen)
    status = np.where(
        (status == Status.OK) & np.array([*map(bool, reasons)]), Status.FAILED, status
    )
    failed = status != Status.OK
    for name in names:
        if failed.any():
            rows[name] = np.where(failed[:, None], np.nan, rows[name])
    rows["status"] = status.astype(np.int8)
    rows["reason"] = reasons
    return rows


def _fault(simulator: Simulator, data: "xr.Dataset") -> str:
    """Return why a result with status OK is not valid, or ""."""
    if int(data.variables["status"]) != Status.OK:
        return ""
    for name in series_names(simulator):
        values = data.variables[name].values
        if values.shape != (simulator.points,):
            return f"'{name}' has shape {values.shape}; expected ({simulator.points},)"
        if not np.isfinite(values).all():
            return f"'{name}' is not finite"
    return ""


def _unlike_drive(simulator: Simulator, data: "xr.Dataset", parameters: Mapping[str, float]) -> str:
    """Return how an input of a finished result differs from the drive of its system, or ""."""
    if int(data.variables["status"]) != Status.OK:
        return ""
    if isinstance(simulator, ODESystem):  # records every drive at `instants`
        return ""
    seen = {v.name: data.variables[v.name].values for v in simulator.inputs}
    time = data.variables["time"].values
    return missed_by_record(simulator, simulator.space.values(parameters), time, seen)
