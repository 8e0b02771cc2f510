"""Summarise a store in numbers for `dynsur info`."""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..registry.recorded import ATTRIBUTE
from ..systems.variables import Status, reason_kind
from .damage import reading, refuse_loss
from .figures_of_merit import blocks
from .location import size
from .samples import content_hash, open_store
from .schema import inputs_and_outputs, lengths_of
from .zarr_group import array_of, open_group

if TYPE_CHECKING:
    import xarray as xr

LINEAR_BINS = 10
WIDE = 2.0  # decades from which a histogram has one bin per decade


def describe(store: str | Path) -> dict[str, Any]:
    """Return a summary of a store as plain JSON values.

    Returns:
        `attributes`, `sizes`, `status` (counts by name; only `predicted` in a store of
        predictions), `reasons` (numbers of failures by status and reason), `time` (duration of the
        simulations, in s), `parameters` and `outputs` by name, and `content` (see `content_hash`).
        Of recordings also `records`: their clock, and the length and checksum of each file.

    Raises:
        DynsurError: There is no store at `store`, or a chunk is damaged.
    """
    with reading(store):
        return _described(store)


def _described(store: str | Path) -> dict[str, Any]:
    data = open_store(store)
    is_simulated = "status" in data  # a store of predictions has no statuses
    if is_simulated:
        refuse_loss(store, open_group(store, "r"))
    status = data["status"].values if is_simulated else np.empty(0, np.int8)
    counts = {s.name.lower(): int((status == s).sum()) for s in Status}
    outputs = inputs_and_outputs(data)[1]
    scalars = [n for n in data.data_vars if data[n].dims == ("sample",)]
    peaks = {name: _peaks(data, name) for name in outputs}
    return {
        "attributes": {str(key): value for key, value in data.attrs.items()},
        "sizes": {
            "samples": data.sizes["sample"],
            "points": data.sizes["time"],
            "chunk": array_of(open_group(store, "r"), "time").chunks[0],
            "bytes": data.nbytes,
            "bytes stored": size(store),
        },
        "status": counts if is_simulated else {"predicted": data.sizes["sample"]},
        "reasons": _reasons(status, data["reason"].values) if is_simulated else {},
        "time": _time(data["wall_time"].values, status) if "wall_time" in data else {},
        "parameters": {str(n): _parameter(data[n]) for n in scalars if "range" in data[n].attrs},
        "outputs": {name: _output(data[name], peaks[name]) for name in outputs},
        "content": content_hash(data),
        **_records(data),
    }


def _records(data: "xr.Dataset") -> dict[str, Any]:
    """Return of recordings which clock they have, and how long each file's record is."""
    if ATTRIBUTE not in data.attrs:
        return {}
    sources = json.loads(data.attrs["records"])
    rows = [
        {"file": source["file"], "samples": int(length), "sha256": source["sha256"]}
        for source, length in zip(sources, lengths_of(data), strict=True)
    ]
    return {"records": {"clock": data.attrs["clock"], "files": rows}}


def histogram(values: np.ndarray) -> list[tuple[float, float, int]]:
    """Return a histogram as bins (low, high, count).

    The bins are decades if the finite values span many of them.
    """
    values = values[np.isfinite(values)]
    if not values.size:
        return []
    positive = values[values > 0]
    if positive.size == values.size and np.log10(values.max() / values.min()) > WIDE:
        ends = np.floor(np.log10(values.min())), np.floor(np.log10(values.max())) + 1
        edges = 10.0 ** np.arange(ends[0], ends[1] + 1)
    else:
        edges = np.histogram_bin_edges(values, LINEAR_BINS)
    counts = np.histogram(values, edges)[0]
    bins = zip(edges[:-1], edges[1:], counts, strict=True)
    return [(float(low), float(high), int(count)) for low, high, count in bins]


def _peaks(data: "xr.Dataset", name: str) -> np.ndarray:
    """Return the largest modulus of an output in each finished sample."""
    series = data[[name]]
    return np.concatenate([_largest(np.abs(b[name].values)) for b in blocks(series)])


def _largest(sizes: np.ndarray) -> np.ndarray:
    """Return the largest value of each row, NaN where it has none; records have missing points."""
    largest = np.fmax.reduce(sizes, axis=1)
    return np.asarray(largest, float)


def _reasons(status: np.ndarray, reason: np.ndarray) -> dict[str, dict[str, int]]:
    failed = [s for s in Status if s not in (Status.MISSING, Status.OK)]
    counted = {
        s.name.lower(): dict(
            Counter(reason_kind(str(r)) for r in reason[status == s]).most_common()
        )
        for s in failed
    }
    return {name: kinds for name, kinds in counted.items() if kinds}


def _time(wall_time: np.ndarray, status: np.ndarray) -> dict[str, float]:
    spent = wall_time[status != Status.MISSING]
    if not spent.size:
        return {}
    return {
        "total": float(spent.sum()),
        "median": float(np.median(spent)),
        "longest": float(spent.max()),
        "on failures": float(wall_time[status > Status.OK].sum()),
    }


def _parameter(variable: "xr.DataArray") -> dict[str, Any]:
    attrs = variable.attrs
    return {
        **{key: attrs[key] for key in ("units", "long_name", "symbol", "range", "scale")},
        "sampled": [float(variable.min()), float(variable.max())],
    }


def _output(variable: "xr.DataArray", peaks: np.ndarray) -> dict[str, Any]:
    finite = peaks[np.isfinite(peaks)]
    return {
        "units": variable.attrs["units"],
        "long_name": variable.attrs["long_name"],
        "peak": [float(finite.min()), float(finite.max())] if finite.size else [],
        "zero": int((finite == 0).sum()),
        "histogram": histogram(finite[finite > 0]),
    }
