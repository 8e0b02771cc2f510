"""Draw trajectories into axes that are given, or into new ones; each function returns the axes."""

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError, unknown_name
from ..store.schema import inputs_and_outputs
from .labels import axis_label
from .plots import positive, scientific

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

LEGEND = 12  # curves up to which each is named


def plot_loop(
    data: "xr.Dataset",
    output: str | None = None,
    *,
    against: str | None = None,
    logarithmic: bool = False,
    axes: "Axes | None" = None,
) -> "Axes":
    """Draw an output against the input, a curve for each system; without an input over time.

    Args:
        data: One or several trajectories, as `simulate`, `predict` and `Simulator.simulate` return
            them, or a selection of a store. Bands are shaded.
        output: Name of the output; the first by default.
        against: Name of what it is drawn against; the first input by default.
        logarithmic: Whether the modulus is drawn on a logarithmic axis.
        axes: Where to draw; a new figure by default.

    Raises:
        DynsurError: The data hold no such variable.
    """
    inputs, outputs = inputs_and_outputs(data)
    name = _known(output or next(iter(outputs), ""), outputs)
    abscissa = _known(against or next(iter(inputs), "time"), [*inputs, "time"])
    axes = axes if axes is not None else _new_axes()
    for label, curve in _curves(data):
        values = curve[name].values
        x = curve[abscissa].values
        line = axes.plot(x, positive(values) if logarithmic else values, label=label)[0]
        if f"{name}_low" in curve and abscissa == "time" and not logarithmic:
            low, high = (curve[f"{name}_{end}"].values for end in ("low", "high"))
            axes.fill_between(x, low, high, color=line.get_color(), alpha=0.2, linewidth=0)
    if logarithmic:
        axes.set_yscale("log")
    axes.set_xlabel(axis_label(data[abscissa]))
    axes.set_ylabel(axis_label(data[name], absolute=logarithmic))
    scientific(axes)
    handles, labels = axes.get_legend_handles_labels()
    if 0 < len(handles) <= LEGEND and any(labels):
        axes.legend(fontsize="small")
    return axes


def plot_time(
    data: "xr.Dataset",
    name: str | None = None,
    *,
    logarithmic: bool = False,
    axes: "Axes | None" = None,
) -> "Axes":
    """Draw an output, or an input, over time, a curve for each system; bands are shaded.

    Args:
        data: One or several trajectories; see `plot_loop`.
        name: Name of an output or an input; the first output by default.
        logarithmic: Whether the modulus is drawn on a logarithmic axis.
        axes: Where to draw; a new figure by default.

    Raises:
        DynsurError: The data hold no such variable.
    """
    inputs, outputs = inputs_and_outputs(data)
    if name not in inputs:
        return plot_loop(data, name, against="time", logarithmic=logarithmic, axes=axes)
    driven = data.drop_vars(outputs)
    driven[name] = driven[name].assign_attrs(role="output")
    return plot_loop(driven, name, against="time", logarithmic=logarithmic, axes=axes)


def _known(name: str, names: list[str]) -> str:
    if name not in names:
        raise unknown_name("variable", name, names)
    return name


def _curves(data: "xr.Dataset") -> Any:
    """Yield each trajectory with the values of the grid that tell it from the others."""
    dims = [str(d) for d in data.dims if d not in ("time", "snapshot", "x")]
    if "time" not in data.dims:
        raise DynsurError("there is nothing to draw: the data have no dimension 'time'.")
    for place in itertools.product(*(range(data.sizes[d]) for d in dims)):
        curve = data.isel(dict(zip(dims, place, strict=True)))
        if "status" in curve and not np.isfinite(curve["time"].values).any():
            continue
        yield ", ".join(_told(curve, d) for d in dims), curve


def _told(curve: "xr.Dataset", dim: str) -> str:
    if dim not in curve.coords:
        return dim
    units = str(curve[dim].attrs.get("units", "1"))
    return f"{dim} = {curve[dim].item():.4g}" + ("" if units == "1" else f" {units}")


def _new_axes() -> "Axes":
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(5.6, 4.0), layout="constrained")[1]
