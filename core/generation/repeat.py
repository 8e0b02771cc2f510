"""Simulate samples of a store again and compare them with what it holds."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DynsurError
from ..store.schema import TOLERANCE, Column, layout
from ..store.zarr_group import array_of
from ..systems.capabilities import batch_of
from ..systems.simulator import Simulator
from ..systems.variables import Status
from .simulate import TEXTS, Rows
from .worker import pickled, run_alone, run_isolated

if TYPE_CHECKING:
    import zarr

TOGETHER = 64  # samples that are simulated at once where the simulator takes batches


@dataclass(frozen=True)
class Fault:
    """A fault in samples of one variable.

    Args:
        variable: Name of the variable.
        samples: Indices of the samples concerned.
        what: Description of the fault.
        unreadable: Whether a chunk of the variable must be written anew.
    """

    variable: str
    samples: np.ndarray
    what: str
    unreadable: bool = False


@dataclass(frozen=True)
class Repetition:
    """How a sample came out when it was simulated again.

    Args:
        index: The sample.
        faults: In what it differs from the stored one.
        identical: Whether all bits agree.
    """

    index: int
    faults: list[Fault]
    identical: bool


def repeated(
    group: "zarr.Group", simulator: Simulator, samples: np.ndarray, time_limit: float
) -> Iterator[Repetition]:
    """Simulate samples again from their recorded parameters, as the store was filled.

    A simulator of batches is given batches. What then differs is simulated alone too, since the
    samples of a batch that failed as a whole were filled so. Samples whose chunks cannot be read
    are left out.

    Args:
        group: The store.
        simulator: Its simulator, as it is now.
        samples: Indices, shape [n].
        time_limit: Wall-clock time allowed for one simulation, in s.
    """
    simulator = _as_recorded(simulator, group)
    columns = {n: c for n, c in layout(simulator).items() if not c.is_parameter}
    sent, in_batches = pickled(simulator), batch_of(simulator) is not None
    size = TOGETHER if in_batches else 1
    for start in range(0, samples.size, size):
        found = ((int(i), _parameters(group, simulator, int(i))) for i in samples[start:][:size])
        given = {index: parameters for index, parameters in found if parameters is not None}
        if not given:
            continue
        names = simulator.space.names
        together = {n: np.concatenate([row[n] for row in given.values()]) for n in names}
        rows = run_isolated(sent, together, time_limit)
        for place, (index, parameters) in enumerate(given.items()):
            try:
                faults, identical = _compared(group, columns, _row(rows, place), index)
                if faults and in_batches:
                    alone = run_alone(sent, parameters, time_limit)
                    faults, identical = _compared(group, columns, alone, index)
            except ValueError:  # a damaged chunk
                continue
            yield Repetition(index, faults, identical)


def _as_recorded(simulator: Simulator, group: "zarr.Group") -> Simulator:
    """Return the simulator with as many recorded instants as the store has, if it lets one choose.

    A model may be trained on a store without the settings of its instants.
    """
    points = array_of(group, "time").shape[1]
    if points == simulator.points or not is_dataclass(simulator):
        return simulator
    with contextlib.suppress(DynsurError, TypeError):  # it has no such setting, or needs more
        return replace(simulator, points=points)
    return simulator


def _row(rows: Rows, place: int) -> Rows:
    return {n: v[place : place + 1] for n, v in rows.items() if n not in TEXTS} | {
        "reason": [rows["reason"][place]]
    }


def _parameters(
    group: "zarr.Group", simulator: Simulator, index: int
) -> dict[str, np.ndarray] | None:
    """Return the recorded parameters of a sample, each of shape [1]; None if one is damaged."""
    try:
        return {n: np.asarray(array_of(group, n)[index : index + 1]) for n in simulator.space.names}
    except ValueError:
        return None


def _compared(
    group: "zarr.Group", columns: dict[str, Column], again: Rows, index: int
) -> tuple[list[Fault], bool]:
    """Compare a sample with its repetition; return the faults and whether all bits agree.

    Later versions record other instants, namely those at kinks of the drive. The series are then
    compared at their common instants, which must be more than half of all.
    """
    if again["status"][0] != Status.OK:
        what = f"simulated again it ends otherwise: {again['reason'][0]}"
        return [Fault("status", np.array([index]), what)], False
    time = np.asarray(array_of(group, "time")[index])
    if time.shape != again["time"][0].shape:
        what = f"it has {time.size} instants and simulated again {again['time'][0].size}"
        return [Fault("time", np.array([index]), what)], False
    common = np.isclose(time, again["time"][0], rtol=TOLERANCE, atol=TOLERANCE * np.abs(time).max())
    if common.mean() <= 0.5:
        return [Fault("time", np.array([index]), "simulated again it has other instants")], False
    faults, identical = [], True
    for name in (n for n, column in columns.items() if column.over_time):
        held, now = np.asarray(array_of(group, name)[index]), again[name][0]
        identical = identical and np.array_equal(held, now)
        difference, scale = np.abs(held - now)[common].max(), np.abs(now).max()
        if difference > TOLERANCE * scale:
            share = f"{difference / scale:.1e} of its largest value" if scale else "all of it"
            what = f"simulated again it differs by {share}"
            faults.append(Fault(name, np.array([index]), what))
    return faults, identical
