"""Repair a store: what is damaged is simulated again; parameters are kept."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..store.create import draw_again
from ..store.flush import flush_rows
from ..store.location import is_url, locate
from ..store.samples import forget
from ..store.schema import layout
from ..store.zarr_group import array_of, open_group, writing
from ..systems.simulator import Simulator
from ..systems.variables import Status
from .repeat import Fault, repeated
from .verify import FOREIGN
from .worker import TIME_LIMIT

if TYPE_CHECKING:
    import zarr

TRIED = 3  # foreign samples simulated again from their recorded parameters


def mend(store: str | Path, simulator: Simulator, faults: list[Fault]) -> int:
    """Mark what is damaged as missing, so that the next generation simulates it.

    The parameters of a sample are part of its record: those that can be read are written anew only
    together with its simulation, and only if the simulation does not follow from them.

    Returns:
        Number of samples to simulate again.
    """
    location = locate(store)
    group, columns = open_group(location, "r+"), layout(simulator)
    damaged, foreign, redrawn = ([np.empty(0, int)] for _ in range(3))
    with writing(location):
        _clear(location)
        for fault in faults:
            start, stop = int(fault.samples[0]), int(fault.samples[-1]) + 1
            if fault.what == FOREIGN:
                foreign.append(fault.samples)
                continue
            if columns[fault.variable].is_parameter:
                draw_again(group, simulator, start, stop, [fault.variable])
                redrawn.append(fault.samples)
            else:
                if fault.unreadable:
                    array = array_of(group, fault.variable)
                    array[start:stop] = columns[fault.variable].fill
                    flush_rows([array], start, stop)
                damaged.append(fault.samples)
        again = np.unique(np.concatenate(damaged))
        for suspects in (foreign, redrawn):
            tried = np.setdiff1d(np.concatenate(suspects), again)
            wrong = _disagreeing(group, simulator, tried)
            for index in wrong:
                draw_again(group, simulator, int(index), int(index) + 1)
            again = np.union1d(again, wrong).astype(int)
        forget(location, again)
    return again.size


def _clear(location: str) -> None:
    """Remove what a killed writer left behind, and folders where chunks belong."""
    if is_url(location):
        return
    for partial in Path(location).rglob("*.partial"):
        partial.unlink()
    for chunk in Path(location).rglob("c.*"):
        if chunk.is_dir():
            shutil.rmtree(chunk)


def _disagreeing(group: "zarr.Group", simulator: Simulator, samples: np.ndarray) -> np.ndarray:
    """Return those samples whose series do not follow from the parameters recorded now.

    Nothing follows from the parameters of a missing sample. A few of the finished ones are
    simulated again; where these come out as recorded the others are believed, else each is tried.
    """
    status = np.asarray(array_of(group, "status")[:])[samples]
    finished, missing = samples[status == Status.OK], samples[status == Status.MISSING]

    def differing(of: np.ndarray) -> list[int]:
        found = repeated(group, simulator, of, TIME_LIMIT)
        return [repetition.index for repetition in found if repetition.faults]

    places = np.unique(np.linspace(0, max(finished.size - 1, 0), TRIED).astype(int))
    if not differing(finished[places[: finished.size]]):
        return missing
    return np.union1d(missing, differing(finished)).astype(int)
