"""Check a store of recordings against what was imported."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..registry.identity import simulator_of
from ..store.damage import read_chunks
from ..store.samples import content_hash, open_store
from ..store.schema import LENGTH
from ..store.zarr_group import open_group
from ..systems.variables import Status

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Checked:
    """What a check of recordings has found.

    Args:
        chunks: Number of chunks read.
        faults: What is wrong, a line each.
    """

    chunks: int
    faults: tuple[str, ...]


def check_records(store: str | Path) -> Checked:
    """Read every chunk of a store of recordings, and compare its values with its checksum.

    Args:
        store: Folder or URL of the store.

    Raises:
        DynsurError: There is no store.
    """
    chunks = list(read_chunks(open_group(store, "r")))
    faults = [f"{name}: unreadable ({why})" for name, _, why in chunks if why]
    if not faults:
        data = open_store(store)
        faults += _contradictions(data.load())
        if content_hash(data) != data.attrs["content"]:
            faults.append("the values are not those that were imported: their checksum differs")
    return Checked(len(chunks), tuple(faults))


def _contradictions(data: "xr.Dataset") -> Iterator[str]:
    """Yield what the values of records contradict."""
    system = simulator_of(data.attrs)
    lengths, points = data[LENGTH].values, data.sizes["time"]
    inside = np.arange(points) < lengths[:, None]
    if not ((lengths >= 2) & (lengths <= points)).all():
        yield f"{LENGTH}: not from 2 to {points}"
    if not (data["status"].values == Status.OK).all():
        yield "status: a record is not marked as finished"
    for name in ("time", *(v.name for v in system.inputs)):
        if not (np.isfinite(data[name].values) == inside).all():
            yield f"{name}: values are missing, or lie beyond the end of a record"
    for v in system.outputs:
        if np.isfinite(data[v.name].values)[~inside].any():
            yield f"{v.name}: values lie beyond the end of a record"
    steps = np.diff(data["time"].values, axis=1)
    if (steps[inside[:, 1:]] <= 0).any():
        yield "time: instants that do not increase"
    for p in system.space:
        if not np.isfinite(data[p.name].values).all():
            yield f"{p.name}: not finite"
