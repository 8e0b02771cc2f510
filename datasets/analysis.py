"""Open a store for analysis; series are read from the disk when they are used."""

from pathlib import Path
from typing import TYPE_CHECKING

from dynsur.core import finished, open_store

if TYPE_CHECKING:
    import xarray as xr


def open(store: str | Path) -> "xr.Dataset":
    """Open the finished samples of a store.

    Args:
        store: Folder or URL of the store.

    Returns:
        A dataset of lazy dask arrays over (sample, time), with `time` in s and every parameter in
        its unit as coordinates. The coordinate `sample` is the index in the store.

    Raises:
        DynsurError: There is no store at `store`.
    """
    data = finished(open_store(store, chunks={}))
    # Chunks of one size again, and no memory of those on disk, so that it can be written anew.
    rows = max(data["time"].chunksizes["sample"], default=0)
    source = data.encoding.get("source")
    data = data.chunk(sample=rows or 1).drop_encoding()
    data.encoding["source"] = source
    names = [name for name in data.data_vars if data[name].attrs.get("role") == "parameter"]
    parameters = {name: data[name].load() for name in names}
    return data.assign_coords(parameters).set_coords("time")
