"""Pictures of trajectories: linear and logarithmic loops, sweep direction in colour."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import DynsurError

if TYPE_CHECKING:
    import xarray as xr


def plot_trajectory(data: "xr.Dataset", path: str | Path) -> None:
    """Draw the first output against the first input, linear and logarithmic.

    Where the trajectory holds a vacancy or other state over `snapshot` and `x`, the last such
    variable is drawn too.

    Args:
        data: One trajectory, as returned by `Simulator.simulate`.
        path: Picture to write; its ending chooses the format.

    Raises:
        DynsurError: The picture cannot be written.
    """
    from matplotlib.figure import Figure

    driven = [str(name) for name in data.data_vars if data[name].dims == ("time",)]
    abscissa, ordinate = data[driven[0]], data[driven[-1]]
    fields = [str(name) for name in data.data_vars if data[name].dims == ("snapshot", "x")]
    count = 3 if fields else 2
    figure = Figure(figsize=(4.2 * count, 3.6), layout="constrained")
    axes = figure.subplots(1, count)
    time = data["time"].values
    line = _loop(axes[0], abscissa, ordinate.values, time)
    axes[0].set_ylabel(_label(ordinate))
    _loop(axes[1], abscissa, np.abs(ordinate.values), time)
    axes[1].set_yscale("log")
    axes[1].set_ylabel(f"|{_label(ordinate)}|")
    figure.colorbar(line, ax=axes[1], label=_label(data["time"]))
    if fields:
        _profiles(axes[2], data, fields[-1])
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=150)
    except (OSError, ValueError) as error:
        raise DynsurError(f"cannot draw '{path}': {error}.") from None


def _loop(axes: Any, abscissa: "xr.DataArray", y: np.ndarray, time: np.ndarray) -> Any:
    """Draw a curve coloured by time, so that both sweep directions can be told apart."""
    from matplotlib.collections import LineCollection

    with np.errstate(invalid="ignore"):
        points = np.column_stack([abscissa.values, np.where(y == 0, np.nan, y)])
    line = LineCollection(
        list(np.stack([points[:-1], points[1:]], axis=1)), cmap="viridis", linewidths=1.6
    )
    line.set_array(time[:-1])
    axes.add_collection(line)
    axes.autoscale()
    axes.set_xlabel(_label(abscissa))
    axes.grid(alpha=0.25)
    return line


def _profiles(axes: Any, data: "xr.Dataset", name: str) -> None:
    import matplotlib as mpl

    count = data.sizes["snapshot"]
    colours = mpl.colormaps["viridis"](np.linspace(0.0, 1.0, count))
    for k in range(count):
        values = np.maximum(data[name].values[k], np.finfo(float).tiny)
        label = f"{float(data['snapshot_time'][k]):.3g} s" if count <= 9 else None
        axes.plot(data["x"].values, values, color=colours[k], label=label)
    top = float(data[name].max())
    axes.set_yscale("log")
    axes.set_ylim(1e-12 * top, 3.0 * top)
    axes.set_xlabel(_label(data["x"]))
    axes.set_ylabel(_label(data[name]))
    axes.grid(alpha=0.25)
    if count <= 9:
        axes.legend(fontsize="x-small")


def _label(variable: "xr.DataArray") -> str:
    return f"{variable.attrs.get('long_name', variable.name)} ({variable.attrs.get('units', '1')})"
