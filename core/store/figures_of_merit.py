"""Compute the figures of merit of the samples of a store, and their quantiles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..merits import Merit, all_merits, as_merit, chosen
from ..numbers import texts
from ..registry.host import host
from ..registry.recorded import ATTRIBUTE
from ..systems.capabilities import has_merits, own_merits
from ..systems.simulator import Simulator
from ..systems.variables import Variable
from .damage import reading, refuse_damage
from .samples import finished, open_store
from .schema import LENGTH, inputs_and_outputs

if TYPE_CHECKING:
    import xarray as xr

BLOCK = 4096  # samples held in memory at once
QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Quantiles:
    """How a figure of merit is spread over the samples of a store.

    Args:
        name: Its name.
        units: Its unit.
        long_name: What it is, in words.
        values: Its quantiles at `QUANTILES`, empty where no sample has it.
        defined: Number of samples that have it.
    """

    name: str
    units: str
    long_name: str
    values: tuple[float, ...]
    defined: int


def figures_of_merit(
    data: "xr.Dataset", *, read: float | None = None, of: Sequence[str] | None = None
) -> "xr.Dataset":
    """Return the figures of merit of every output; see docs/merits.md for their meaning.

    The figures of failed samples, and those that a loop does not have, are NaN.

    Args:
        data: Samples of a store, or one trajectory.
        read: Input at which states are read, in its unit; by default 0.2 of each largest input.
        of: Names of those wanted, perhaps without their output; by default all that apply.

    Raises:
        DynsurError: A name is unknown or does not apply, or the dataset holds no outputs.
    """
    import xarray as xr

    if not hasattr(data, "data_vars"):
        raise DynsurError(
            "figures of merit are those of a store, a trajectory or predictions; got "
            f"{type(data).__name__}."
        )
    if "sample" not in data.dims and not inputs_and_outputs(data)[1]:
        raise _no_outputs(data)
    if "sample" not in data.dims:
        one = figures_of_merit(data.expand_dims("sample"), read=read, of=of)
        return one.isel(sample=0)
    parts = [_of_block(block, read, of) for block in blocks(data)]
    columns = {
        merit.name: ("sample", np.concatenate([part[merit] for part in parts]), _attrs(merit))
        for merit in (parts[0] if parts else {})
    }
    coordinates = (
        {"sample": data["sample"].reset_coords(drop=True)} if "sample" in data.coords else {}
    )
    kept = {k: data.attrs[k] for k in ("title", "system", "identity") if k in data.attrs}
    return xr.Dataset(columns, coords=coordinates, attrs=kept)


def merit_table(
    store: str | Path, *, read: float | None = None, of: Sequence[str] | None = None
) -> "xr.Dataset":
    """Return the parameters and figures of merit of the finished samples of a store.

    Args:
        store: Folder or URL of the store.
        read: As for `figures_of_merit`.
        of: As for `figures_of_merit`.

    Raises:
        DynsurError: There is no store, it is damaged or holds no finished samples, or a name is
            unknown.
    """
    data = open_store(store)
    refuse_damage(store)
    with reading(store):
        data = finished(data)
        if not data.sizes["sample"]:
            raise DynsurError(f"'{store}' holds no finished samples, whose loops have merits.")
        figures = figures_of_merit(data, read=read, of=of)
        names = [n for n in data.data_vars if data[n].attrs.get("role") == "parameter"]
        table = data[names].drop_vars("reason", errors="ignore").load()
        return table.merge(figures, compat="no_conflicts").assign_attrs(figures.attrs)


def quantiles_of(table: "xr.Dataset") -> list[Quantiles]:
    """Return the quantiles of every figure of merit of a table."""
    rows = []
    for name, column in table.data_vars.items():
        if column.attrs.get("role") != "merit":
            continue
        known = column.values[np.isfinite(column.values)]
        found = tuple(float(q) for q in np.quantile(known, QUANTILES)) if known.size else ()
        text = column.attrs["long_name"]
        rows.append(Quantiles(str(name), column.attrs["units"], text, found, known.size))
    return rows


def blocks(data: "xr.Dataset") -> Iterator["xr.Dataset"]:
    """Iterate over a store in blocks that fit in memory."""
    for start in range(0, data.sizes["sample"], BLOCK):
        yield data.isel(sample=slice(start, start + BLOCK)).load()


def _of_block(
    data: "xr.Dataset", read: float | None, of: Sequence[str] | None
) -> dict[Merit, np.ndarray]:
    inputs, outputs = ([_variable(data, n) for n in names] for names in inputs_and_outputs(data))
    if not outputs:
        raise _no_outputs(data)
    found: dict[Merit, np.ndarray] = {}
    for rows, part in _even_parts(data):
        for merit, values in _of_whole(part, inputs, outputs, read).items():
            found.setdefault(merit, np.full(data.sizes["sample"], np.nan))[rows] = values
    if of is None:
        return found
    by_name = {merit.name: merit for merit in found}
    system = str(data.attrs.get("system", "the dataset"))
    full = [
        chosen(name, list(by_name), [v.name for v in outputs], system) for name in texts("'of'", of)
    ]
    return {by_name[name]: found[by_name[name]] for name in full}


def _no_outputs(data: "xr.Dataset") -> DynsurError:
    return DynsurError(
        f"the dataset has no outputs among '{', '.join(map(str, data.data_vars))}'; expected a "
        "store, a trajectory or predictions, whose variables have the attribute `role`."
    )


def _even_parts(data: "xr.Dataset") -> Iterator[tuple[np.ndarray, "xr.Dataset"]]:
    """Yield rows of a dataset and those samples without padding and without missing points."""
    rows = np.arange(data.sizes["sample"])
    if LENGTH not in data.variables:
        yield rows, data
        return
    names = [n for n in data.data_vars if data[n].attrs.get("role") in ("input", "output")]
    known = np.all([np.isfinite(data[n].values) for n in (*names, "time")], axis=0)
    patterns, which = np.unique(known, axis=0, return_inverse=True)
    for k, pattern in enumerate(patterns):
        alike = rows[which.ravel() == k]
        yield alike, data.isel(sample=alike, time=np.flatnonzero(pattern))


def _of_whole(
    data: "xr.Dataset",
    inputs: Sequence[Variable],
    outputs: Sequence[Variable],
    read: float | None,
) -> dict[Merit, np.ndarray]:
    """Return the figures of merit of samples of one length."""
    series = {v.name: data[v.name].values for v in (*inputs, *outputs)}
    time = data["time"].values
    found = all_merits(inputs, outputs, series, time, read=read)
    simulator = _system(data)
    if simulator is not None and has_merits(simulator):
        columns = {p.name: data[p.name].values for p in simulator.space}
        for variable, values in own_merits(simulator, columns, series, time).items():
            found[as_merit(variable)] = values
    return found


def _system(data: "xr.Dataset") -> Simulator | None:
    """Return the system of a store, or None if no installed plugin offers it."""
    if ATTRIBUTE in data.attrs:  # recorded: a plugin's system of that name is another
        return None
    offer = host().offers("dynsur_simulators").get(str(data.attrs.get("system", "")))
    simulator = None if offer is None else offer.value
    complete = simulator is not None and all(p.name in data.variables for p in simulator.space)
    return simulator if complete else None


def _variable(data: "xr.Dataset", name: str) -> Variable:
    attrs = data[name].attrs
    return Variable(name, attrs["units"], attrs.get("long_name", ""), attrs.get("symbol", ""))


def _attrs(merit: Merit) -> dict[str, Any]:
    return {**merit.attrs, "scale": merit.scale, "role": "merit"}
