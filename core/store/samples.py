"""Read and write the samples of a store, chunk by chunk.

The dimensions are `sample` and `time`. Samples are committed chunk by chunk: `status` is written
after everything else, so that a sample counts only once all of its data are there. Parameters are
written when the store is created or extended. Each chunk of the other variables has one writer.
"""

import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..files import path_of
from ..systems.simulator import Simulator
from ..systems.variables import Status
from .create import create, extend
from .damage import holds_zarr, reading, refuse_loss
from .flush import flush_rows
from .location import archived, exists, locate, store_in
from .schema import as_texts
from .zarr_group import array_of, arrays_in, is_unfinished, open_group, writing

if TYPE_CHECKING:
    import xarray as xr
    import zarr

Chunk = tuple[tuple[int, int], ...]  # the missing samples of one chunk, as runs [start, stop)


def create_or_extend(
    store: str | Path, simulator: Simulator, samples: int, seed: int, chunk: int
) -> None:
    """Create an empty store, or extend one that the same simulator and seed have made.

    A store that holds more samples than asked for is left unchanged.

    Args:
        store: Folder or URL of the store.
        simulator: The simulator that will fill the store.
        samples: Number of samples that the store shall hold.
        seed: Seed of the parameter samples.
        chunk: Number of samples in a chunk; an existing store keeps its own.

    Raises:
        DynsurError: The store was made with another configuration or cannot be written; nothing
            has changed.
    """
    if samples < 1 or chunk < 1:
        raise DynsurError(f"samples and chunk must be at least 1; got {samples} and {chunk}.")
    store = locate(store)
    with writing(store):
        if exists(store) and not is_unfinished(store):
            extend(store, simulator, samples, seed)
        else:
            create(store, simulator, samples, seed, chunk)


def pending_chunks(store: str | Path, samples: int | None = None) -> list[Chunk]:
    """Return the samples without a result, one entry for each chunk that has any.

    Args:
        store: Folder or URL of the store.
        samples: Number of samples to look at, from the first one on; by default all.
    """
    array, values = _status(store)
    values = values[:samples]
    pending = []
    for start in range(0, values.size, array.chunks[0]):
        missing = values[start : start + array.chunks[0]] == Status.MISSING
        if missing.any():
            edges = np.flatnonzero(np.diff(np.r_[False, missing, False])) + start
            pending.append(tuple((int(a), int(b)) for a, b in edges.reshape(-1, 2)))
    return pending


def status_counts(store: str | Path, samples: int | None = None) -> dict[Status, int]:
    """Return the number of samples by status, among the first `samples` or all of them."""
    values = _status(store)[1][:samples]
    return {status: int((values == status).sum()) for status in Status}


def forget(store: str | Path, samples: np.ndarray) -> None:
    """Mark samples as missing, so that the next generation simulates them.

    Args:
        store: Folder or URL of the store.
        samples: Indices of the samples.
    """
    array = array_of(open_group(store, "r+"), "status")
    chunk = array.chunks[0]
    with writing(locate(store)):
        for number in np.unique(np.asarray(samples, int) // chunk):
            inside = samples[samples // chunk == number]
            values = np.asarray(array[number * chunk : (number + 1) * chunk])
            values[inside - number * chunk] = Status.MISSING
            array[number * chunk : (number + 1) * chunk] = values
            flush_rows([array], number * chunk, number * chunk + 1)


def finished_samples(store: str | Path) -> np.ndarray:
    """Return the indices of the samples whose simulation finished."""
    return np.flatnonzero(_status(store)[1] == Status.OK)


def failed_samples(store: str | Path) -> np.ndarray:
    """Return the indices of the samples whose simulation did not finish."""
    values = _status(store)[1]
    return np.flatnonzero((values != Status.MISSING) & (values != Status.OK))


def version_of(store: str | Path) -> str:
    """Return a text that changes when a store is extended or made anew."""
    group = open_group(store, "r")
    samples = array_of(group, "status").shape[0]
    return f"{group.attrs['identity']} {group.attrs['created']} {samples}"


def write_chunk(
    store: str | Path, start: int, rows: Mapping[str, Any], version: str | None = None
) -> None:
    """Write consecutive samples of one chunk; `status` is written last.

    Args:
        store: Folder or URL of the store.
        start: Index of the first sample.
        rows: Variables of the store by name, of shape [count] or [count, time].
        version: The store's version. If it is given, the metadata of the store are read only once.
    """
    arrays = _arrays(str(store)) if version is None else _known_arrays(str(store), version)
    stop = start + len(rows["status"])
    with reading(store), writing(str(store)):
        data = [name for name in rows if name != "status"]
        # Once in each round: nothing may be on the disk later than the status that vouches for it.
        for names in (data, ["status"]):
            for name in names:
                values = rows[name]
                if name == "reason":
                    values = as_texts(values, arrays[name].dtype)
                arrays[name][start:stop] = values
            flush_rows([arrays[name] for name in names], start, stop)


def open_store(store: str | Path, chunks: Any = None) -> "xr.Dataset":
    """Open a store lazily, with finished and unfinished samples.

    Args:
        store: Folder or URL of the store, or the folder of a run or of a publication.
        chunks: As for `xarray.open_zarr`; None does without dask, {} takes the store's chunks.

    Raises:
        DynsurError: There is no store at `store`.
    """
    import xarray as xr

    given = store if isinstance(store, str) else str(path_of("a store", store))
    store = archived(store_in(given))
    open_group(store, "r", copied=True)
    with reading(store):
        data = xr.open_zarr(str(store), chunks=chunks)
    if "reason" in data and data["reason"].dtype.kind == "T":
        # Stores of earlier versions have texts of variable length, which xarray cannot join.
        with reading(store):
            data["reason"] = data["reason"].astype(object)
    # As in a store of this version: a text among the variables would stop xarray's `std`.
    return data.set_coords([n for n in data.data_vars if data[n].dtype.kind in "OUT"])


def holds_predictions(store: str | Path) -> DynsurError:
    """Return the error for a store of predictions where simulations are needed."""
    return DynsurError(
        f"'{store}' holds predictions of a surrogate; expected simulations, as written by "
        "`dynsur generate` or `dynsur run`."
    )


def finished(dataset: "xr.Dataset") -> "xr.Dataset":
    """Return the finished samples, with their index in the store as coordinate `sample`.

    Raises:
        DynsurError: One of them has lost a chunk of the store that the dataset was opened from.
    """
    if not hasattr(dataset, "data_vars"):
        raise DynsurError(
            "expected a dataset of xarray, such as `dynsur.core.open_store` returns; got "
            f"{type(dataset).__name__}."
        )
    if "status" not in dataset and "sample" in dataset.coords:  # an evaluation's predictions
        return dataset
    if "status" not in dataset:  # predictions, all of which are finished
        return dataset.assign_coords(sample=("sample", np.arange(dataset.sizes["sample"])))
    source = dataset.encoding.get("source")
    if source is not None and holds_zarr(source):
        _status(source)
    kept = np.flatnonzero(dataset["status"].values == Status.OK)
    if kept.size < dataset.sizes["sample"]:
        dataset = dataset.isel(sample=kept)
    return dataset.assign_coords(sample=("sample", kept))


def content_hash(dataset: "xr.Dataset") -> str:
    """Return a hash of everything reproducible: all values except the wall-clock times.

    Of a merged store the paths of its sources are left out too.

    Raises:
        DynsurError: A chunk of the store that the dataset was opened from is damaged.
    """
    digest = hashlib.sha256()
    for name in sorted(str(name) for name in dataset.variables):
        if name in ("wall_time", "sample", "source"):
            continue
        with reading(dataset.encoding.get("source")):
            values = dataset[name].values
        text = values.dtype.kind in "OTU"
        digest.update(name.encode())
        digest.update(json.dumps(values.tolist()).encode() if text else values.tobytes())
    return digest.hexdigest()


def _status(store: str | Path) -> tuple["zarr.Array[Any]", np.ndarray]:
    group = open_group(store, "r")
    if "status" not in group:
        raise holds_predictions(store)
    array = array_of(group, "status")
    with reading(store):
        values = np.asarray(array[:])
        refuse_loss(store, group, values)
    return array, values


def _arrays(store: str) -> "dict[str, zarr.Array[Any]]":
    return arrays_in(open_group(store, "r+"))


@functools.lru_cache(maxsize=4)
def _known_arrays(store: str, version: str) -> "dict[str, zarr.Array[Any]]":
    return _arrays(store)
