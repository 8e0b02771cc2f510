"""Join datasets of one system that were opened from stores, each sample with its provenance."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from dynsur.core import DynsurError

if TYPE_CHECKING:
    import xarray as xr

SOURCE, SEED, INDEX = "source", "source_seed", "source_index"


def concat(datasets: Sequence["xr.Dataset"]) -> "xr.Dataset":
    """Join datasets of one system along `sample`, so that each sample says where it comes from.

    Plain `xarray.concat` keeps the first dataset's seed for all samples, from which the parameters
    of the others do not follow.

    Args:
        datasets: Two datasets or more that `dynsur.datasets.open` returned, or selections of them.

    Returns:
        A dataset whose coordinates `source`, `source_seed` and `source_index` hold the store, the
        seed and the index of each sample. Samples are numbered anew. Of samples of the same seed
        and index, which are the same simulation, the first one is kept.

    Raises:
        DynsurError: A dataset does not say what it holds, or the datasets are of different systems
            or configurations.
    """
    import xarray as xr

    if not isinstance(datasets, list | tuple) or len(datasets) < 2:
        told = len(datasets) if isinstance(datasets, list | tuple) else type(datasets).__name__
        raise DynsurError(f"datasets.concat joins a list of two datasets or more; got {told}.")
    for number, data in enumerate(datasets):
        _refuse_other(datasets[0], data, number)
    parts = [_with_provenance(data) for data in datasets]
    joined = xr.concat(
        parts, "sample", data_vars="all", coords="all", join="exact", compat="equals"
    )
    keys = np.stack([joined[SEED].values, joined[INDEX].values])
    _, first = np.unique(keys, axis=1, return_index=True)
    joined = joined.isel(sample=np.sort(first))
    joined = joined.assign_coords(sample=np.arange(joined.sizes["sample"]))
    known = ("title", "system", "configuration", "distribution")
    joined.attrs = {
        **{name: datasets[0].attrs[name] for name in known if name in datasets[0].attrs},
        "seed": sorted({int(seed) for seed in joined[SEED].values}),
        "merged": _origins(datasets),
    }
    return joined


def _refuse_other(first: "xr.Dataset", data: "xr.Dataset", number: int) -> None:
    if not hasattr(data, "data_vars"):
        raise DynsurError(
            f"dataset {number + 1} is of the type {type(data).__name__}; expected one that "
            "dynsur.datasets.open returned."
        )
    if "sample" not in data.dims or not {"system", "configuration", "seed"} <= data.attrs.keys():
        raise DynsurError(
            f"dataset {number + 1} does not say which system, configuration and seed it has; "
            "expected one that dynsur.datasets.open returned, or a selection of it."
        )
    for key in ("system", "configuration"):
        if data.attrs[key] != first.attrs[key]:
            raise DynsurError(
                f"dataset {number + 1} is of another {key} than the first one; only samples of one "
                "system and configuration can be joined."
            )


def _with_provenance(data: "xr.Dataset") -> "xr.Dataset":
    """Return the dataset with the store, the seed and the index of each sample."""
    if INDEX in data.variables:
        return data.set_coords([SOURCE, SEED, INDEX])
    count = data.sizes["sample"]
    if "sample" not in data.coords:
        raise DynsurError(
            "a dataset has lost its coordinate 'sample', the index of each sample in its store; "
            "open it with dynsur.datasets.open."
        )
    store = np.array([str(data.encoding.get("source") or "")] * count, dtype=object)
    seed = np.full(count, int(data.attrs["seed"]))
    columns = {SOURCE: store, SEED: seed, INDEX: data["sample"].values}
    return data.assign_coords({name: ("sample", column) for name, column in columns.items()})


def _origins(datasets: Sequence["xr.Dataset"]) -> str:
    """Return where the samples come from, as JSON."""
    return json.dumps(
        [
            {
                "store": str(data.encoding.get("source") or ""),
                "identity": data.attrs.get("identity"),
                "samples": data.sizes["sample"],
            }
            for data in datasets
        ]
    )
