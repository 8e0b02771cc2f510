"""The dataset on disk: one zarr store, read by plain `xarray.open_zarr`, written chunk by chunk.

Dimensions are `sample` and `time`. A chunk of samples is the unit of commitment: `status` is
written after everything else, so a sample counts only once all of it is there.
"""

import dataclasses
import hashlib
import itertools
import json
import os
import shutil
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import DynsurError
from .provenance import identity, provenance
from .types import Simulator, Status

if TYPE_CHECKING:
    import xarray as xr
    import zarr

STATUS_NAMES = " ".join(status.name.lower() for status in Status)


@dataclasses.dataclass(frozen=True)
class _Column:
    """One variable of the store: dtype, whether it runs over time too, attributes."""

    dtype: Any
    over_time: bool
    attrs: dict[str, Any]


def create_or_extend(
    path: str | Path, simulator: Simulator, samples: int, seed: int, chunk: int
) -> None:
    """Make an empty store, or grow an existing one made by the same simulator and seed.

    A store that holds more samples than asked for is left as it is.

    Args:
        path: Folder of the store.
        simulator: What will fill it.
        samples: Number of samples it shall hold.
        seed: Seed of the parameter samples.
        chunk: Samples in a chunk; an existing store keeps its own.

    Raises:
        DynsurError: The store was made otherwise or cannot be written; nothing has changed.
    """
    if samples < 1 or chunk < 1:
        raise DynsurError(f"samples and chunk must be at least 1; got {samples} and {chunk}.")
    path = Path(path)
    try:
        if path.exists():
            _extend(path, simulator, samples, seed)
        else:
            _create(path, simulator, samples, seed, chunk)
    except OSError as error:
        raise DynsurError(f"cannot write the store '{path}': {error}.") from None


def _create(path: Path, simulator: Simulator, samples: int, seed: int, chunk: int) -> None:
    import zarr
    from zarr.codecs import BloscCodec, Crc32cCodec

    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        attributes = provenance(simulator, seed)
        group = zarr.create_group(unfinished, zarr_format=3, attributes=attributes)
        for name, column in _columns(simulator).items():
            dims = ("sample", "time") if column.over_time else ("sample",)
            shape = {"sample": samples, "time": simulator.points}
            chunks = {"sample": chunk, "time": simulator.points}
            array = group.create_array(
                name,
                shape=tuple(shape[d] for d in dims),
                chunks=tuple(chunks[d] for d in dims),
                dtype=column.dtype,
                fill_value="" if column.dtype is str else column.dtype(_fill(column)),
                dimension_names=dims,
                compressors=(
                    BloscCodec(cname="zstd", clevel=3, shuffle="bitshuffle"),
                    Crc32cCodec(),
                ),
            )
            array.update_attributes(column.attrs)
        _consolidate(unfinished)
        # The store appears under its name complete or not at all.
        unfinished.rename(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _fill(column: _Column) -> float:
    return np.nan if column.dtype is np.float64 else 0


def _extend(path: Path, simulator: Simulator, samples: int, seed: int) -> None:
    group = _group(path, "r+")
    wanted = identity(simulator, seed)
    held = {key: group.attrs.get(key) for key in wanted}
    different = [key for key in wanted if held[key] != wanted[key]]
    if different:
        key = different[0]
        raise DynsurError(
            f"the store '{path}' was made with another {key} ({_short(held[key], wanted[key])}, "
            f"now {_short(wanted[key], held[key])}); nothing was changed; choose another folder "
            "or the settings it was made with."
        )
    # Status last: it alone says how many samples there are.
    for name in [*(n for n in _columns(simulator) if n != "status"), "status"]:
        array = _array(group, name)
        if array.shape[0] < samples:
            array.resize((samples, *array.shape[1:]))
    _consolidate(path)


def _consolidate(path: Path) -> None:
    """Keep a copy of all metadata in the group, as plain `xarray.open_zarr` looks for it."""
    import zarr

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Consolidated metadata is currently not part")
        zarr.consolidate_metadata(str(path), zarr_format=3)


def _short(value: object, other: object) -> str:
    """Show where two texts differ rather than the whole of a long one."""
    text, reference = str(value), str(other)
    if len(text) <= 60:
        return text
    same = (a == b for a, b in zip(text, reference, strict=False))
    start = max(0, sum(itertools.takewhile(bool, same)) - 25)
    return f"…{text[start : start + 60]}…"


def _columns(simulator: Simulator) -> dict[str, _Column]:
    time = {"units": "s", "long_name": "time"}
    columns = {"time": _Column(np.float64, True, time)}
    for role, variables in (("input", simulator.inputs), ("output", simulator.outputs)):
        for v in variables:
            attrs = {**v.attrs, "symbol": v.symbol or v.name, "role": role}
            columns[v.name] = _Column(np.float64, True, attrs)
    for p in simulator.space:
        attrs = {
            "units": p.units,
            "long_name": p.long_name or p.name,
            "symbol": p.symbol or p.name,
            "range": [p.low, p.high],
            "scale": p.scale,
            "role": "parameter",
        }
        columns[p.name] = _Column(np.float64, False, attrs)
    wall = {"units": "s", "long_name": "wall-clock time of the simulation"}
    columns["wall_time"] = _Column(np.float64, False, wall)
    reason = {"units": "1", "long_name": "why the simulation did not finish"}
    columns["reason"] = _Column(str, False, reason)
    flags = {
        "units": "1",
        "long_name": "how the simulation ended",
        "flag_values": [int(status) for status in Status],
        "flag_meanings": STATUS_NAMES,
    }
    columns["status"] = _Column(np.int8, False, flags)
    return columns


def pending_chunks(path: str | Path) -> list[tuple[int, int]]:
    """Return the samples without a result as (start, stop), at most one pair per chunk."""
    status = _array(_group(path, "r"), "status")
    values, chunk = np.asarray(status[:]), status.chunks[0]
    pairs = []
    for start in range(0, values.size, chunk):
        missing = np.flatnonzero(values[start : start + chunk] == Status.MISSING)
        if missing.size:
            pairs.append((start + int(missing[0]), start + int(missing[-1]) + 1))
    return pairs


def status_counts(path: str | Path) -> dict[Status, int]:
    """Count the samples by status."""
    values = np.asarray(_array(_group(path, "r"), "status")[:])
    return {status: int((values == status).sum()) for status in Status}


def write_chunk(path: str | Path, start: int, rows: Mapping[str, np.ndarray]) -> None:
    """Write consecutive samples of one chunk, `status` last.

    Args:
        path: Folder of the store.
        start: Index of the first sample.
        rows: Every variable of the store by name, of shape [count] or [count, time].
    """
    group = _group(path, "r+")
    stop = start + len(rows["status"])
    for name in [*(n for n in rows if n != "status"), "status"]:
        _array(group, name)[start:stop] = rows[name]


def open_store(path: str | Path) -> "xr.Dataset":
    """Open a store lazily; every sample is there, finished or not.

    Raises:
        DynsurError: There is no store at `path`.
    """
    import xarray as xr

    _group(path, "r")
    return xr.open_zarr(str(path), chunks=None)


def finished(dataset: "xr.Dataset") -> "xr.Dataset":
    """Keep the samples that ended well, with their index in the store as coordinate `sample`."""
    kept = np.flatnonzero(dataset["status"].values == Status.OK)
    return dataset.isel(sample=kept).assign_coords(sample=("sample", kept))


def describe(path: str | Path) -> dict[str, Any]:
    """Return provenance, sizes, counts by status and the content's hash as plain JSON values."""
    data = open_store(path)
    counts = {status.name.lower(): n for status, n in status_counts(path).items()}
    return {
        **{str(key): value for key, value in data.attrs.items()},
        "samples": data.sizes["sample"],
        "points": data.sizes["time"],
        "status": counts,
        "content": content_hash(data),
    }


def content_hash(dataset: "xr.Dataset") -> str:
    """Hash what must be reproducible: every value but the wall-clock times."""
    digest = hashlib.sha256()
    for name in sorted(str(name) for name in dataset.variables):
        if name in ("wall_time", "sample"):
            continue
        values = dataset[name].values
        text = values.dtype.kind in "OTU"
        digest.update(name.encode())
        digest.update(json.dumps(values.tolist()).encode() if text else values.tobytes())
    return digest.hexdigest()


def _group(path: str | Path, mode: Any) -> "zarr.Group":
    import zarr
    from zarr.errors import GroupNotFoundError

    try:
        group = zarr.open_group(Path(path), mode=mode, zarr_format=3, use_consolidated=False)
    except (FileNotFoundError, NotADirectoryError, GroupNotFoundError):
        group = None
    if group is None or "seed" not in group.attrs or "status" not in group:
        raise DynsurError(
            f"'{path}' is not a dynsur store; expected a folder written by `dynsur generate`."
        )
    return group


def _array(group: "zarr.Group", name: str) -> "zarr.Array[Any]":
    import zarr

    array = group[name]
    assert isinstance(array, zarr.Array)
    return array
