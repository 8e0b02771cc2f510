"""Verify a store: read its chunks, check its statuses and simulate some samples again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..numbers import seconds_allowed
from ..store.create import drawn_parameters
from ..store.damage import folders_for_chunks, one_line
from ..store.location import locate
from ..store.schema import Column, layout
from ..store.zarr_group import array_of, open_group
from ..systems.simulator import Simulator
from ..systems.variables import Status
from .repeat import Fault, repeated
from .worker import TIME_LIMIT

if TYPE_CHECKING:
    import zarr

RERUN = 8  # samples
FOREIGN = "foreign: does not follow from the store's seed; joined from another store, or changed"


@dataclass(frozen=True)
class Findings:
    """The result of a verification.

    Args:
        faults: The faults that were found.
        chunks: Number of chunks read.
        missing: Number of samples without a result, which are not a fault.
        rerun: Number of samples simulated again.
        identical: Number of these that agreed to the last bit.
    """

    faults: list[Fault] = field(default_factory=list)
    chunks: int = 0
    missing: int = 0
    rerun: int = 0
    identical: int = 0


def verify(
    store: str | Path,
    simulator: Simulator,
    *,
    rerun: int = RERUN,
    time_limit: float = TIME_LIMIT,
) -> Findings:
    """Read every chunk of a store, check its samples and simulate some of them again.

    Args:
        store: Folder or URL of the store.
        simulator: The simulator that filled the store.
        rerun: Number of finished samples, drawn at random, to simulate again.
        time_limit: Wall-clock time allowed for one simulation, in s.

    Raises:
        DynsurError: There is no store at `store`.
    """
    time_limit = seconds_allowed(time_limit)
    group = open_group(store, "r")
    columns = layout(simulator)
    faults, chunks, finished, missing = [], 0, [], 0
    faults += _parameter_faults(group, columns, simulator)
    chunks += sum(_chunk_count(group, name) for name, c in columns.items() if c.is_parameter)
    series = {name: column for name, column in columns.items() if not column.is_parameter}
    faults += _folder_faults(store, group, series)
    for start, stop in _chunk_ends(array_of(group, "status")):
        rows, broken = _read(group, series, start, stop)
        chunks += len(series)
        faults += broken
        if not broken:
            faults += _inconsistent(rows, series, start)
            finished.append(start + np.flatnonzero(rows["status"] == Status.OK))
            missing += int((rows["status"] == Status.MISSING).sum())
    intact = np.setdiff1d(
        np.concatenate([*finished, np.empty(0, int)]),
        np.concatenate([*(fault.samples for fault in faults), np.empty(0, int)]),
    )
    chosen = np.sort(np.random.default_rng().permutation(intact)[:rerun])
    again = list(repeated(group, simulator, chosen, time_limit))
    faults += [fault for repetition in again for fault in repetition.faults]
    same = sum(repetition.identical for repetition in again)
    return Findings(faults, chunks, missing, chosen.size, same)


def _chunk_ends(array: "zarr.Array[Any]") -> list[tuple[int, int]]:
    count, chunk = array.shape[0], array.chunks[0]
    return [(start, min(start + chunk, count)) for start in range(0, count, chunk)]


def _chunk_count(group: "zarr.Group", name: str) -> int:
    return len(_chunk_ends(array_of(group, name)))


def _read(
    group: "zarr.Group", columns: dict[str, Column], start: int, stop: int
) -> tuple[dict[str, np.ndarray], list[Fault]]:
    """Read one chunk of every variable and report those that cannot be read."""
    rows, faults = {}, []
    for name in columns:
        try:
            rows[name] = np.asarray(array_of(group, name)[start:stop])
        except Exception as error:  # a damaged chunk may fail in any codec
            faults.append(_unreadable(name, start, stop, error))
    return rows, faults


def _folder_faults(
    store: str | Path, group: "zarr.Group", columns: dict[str, Column]
) -> Iterator[Fault]:
    """Yield the chunks in whose place a folder stands; zarr reads them as missing values."""
    count = array_of(group, "status").shape[0]
    for name, rows, _ in folders_for_chunks(locate(store), group):
        if name in columns and rows.start < count:
            samples = np.arange(rows.start, min(rows.stop, count))
            yield Fault(name, samples, "a folder stands in its place", unreadable=True)


def _unreadable(name: str, start: int, stop: int, error: Exception) -> Fault:
    what = f"unreadable ({one_line(error)})"
    return Fault(name, np.arange(start, stop), what, unreadable=True)


def _parameter_faults(
    group: "zarr.Group", columns: dict[str, Column], simulator: Simulator
) -> Iterator[Fault]:
    """Compare every parameter with the value that follows from the seed and the index."""
    samples = array_of(group, "status").shape[0]
    for start, stop in _chunk_ends(array_of(group, simulator.space.names[0])):
        stop = min(stop, samples)  # others are longer while a store is extended
        for name, expected in drawn_parameters(group, simulator, start, stop).items():
            try:
                values = np.asarray(array_of(group, name)[start:stop])
            except Exception as error:  # as above
                yield _unreadable(name, start, stop, error)
                continue
            if np.isnan(values).any():
                lost = start + np.flatnonzero(np.isnan(values))
                yield Fault(name, lost, "lost", unreadable=True)
            foreign = np.flatnonzero((values != expected) & ~np.isnan(values))
            if foreign.size:
                yield Fault(name, start + foreign, FOREIGN)


def _inconsistent(
    rows: dict[str, np.ndarray], columns: dict[str, Column], start: int
) -> Iterator[Fault]:
    """Yield the samples whose values contradict their status."""
    status, reason = rows["status"], rows["reason"]
    known = np.isin(status, [int(s) for s in Status])
    ok, failed = status == Status.OK, known & (status > Status.OK)
    checks = [
        ("status", ~known, "unknown status"),
        ("reason", ok & (reason != ""), "a reason to fail where the status is ok"),
        ("reason", failed & (reason == ""), "no reason where the status is a failure"),
        ("wall_time", (ok | failed) & ~np.isfinite(rows["wall_time"]), "no time"),
    ]
    for name in (n for n, column in columns.items() if column.over_time):
        finite = np.isfinite(rows[name])
        checks.append((name, ok & ~finite.all(axis=1), "not finite where the status is ok"))
        checks.append((name, failed & finite.any(axis=1), "values where the status is a failure"))
    for name, wrong, what in checks:
        if wrong.any():
            yield Fault(name, start + np.flatnonzero(wrong), what)
