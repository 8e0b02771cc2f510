"""Open a store for analysis, and compute its figures of merit."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dynsur.core import figures_of_merit, finished, open_store

if TYPE_CHECKING:
    import xarray as xr


def open(store: str | Path) -> "xr.Dataset":
    """Open the finished samples of a store.

    Args:
        store: Folder or URL of the store, or the folder of a run or of a publication.

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


def merits(
    data: "xr.Dataset", *, read: float | None = None, of: Sequence[str] | None = None
) -> "xr.Dataset":
    """Return the figures of merit of samples: peak, on/off ratio, switching inputs, energy, ….

    Args:
        data: Samples of a store, as `open` returns them, or one trajectory. Series that are lazy
            are read in blocks.
        read: Input at which states are read, in its unit; by default 0.2 of each largest input.
        of: Names of those wanted, perhaps without their output; by default all that apply.

    Returns:
        A dataset of one variable for each figure of merit over `sample`, with its unit, meaning and
        `scale`. Figures that a loop does not have are NaN; see docs/merits.md.

    Raises:
        DynsurError: A name is unknown or does not apply, or the dataset holds no outputs.
    """
    return figures_of_merit(data, read=read, of=of)
