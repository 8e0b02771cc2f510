"""Plot trajectories: linear and logarithmic loops, with the sweep direction in colour."""

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError, unknown_name
from ..files import replacing_file
from ..store.schema import inputs_and_outputs
from .labels import axis_label, unit_text

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

LEGEND_LINES = 9
OWN = "dynsur, https://matplotlib.org"  # what a PNG says of the program that drew it
LEAST_SHOWN = 1e-12  # of a field's largest value, at the foot of a logarithmic axis


def plot_trajectory(data: "xr.Dataset", path: str | Path, against: str | None = None) -> None:
    """Draw a trajectory: the outputs against the first input, linear and logarithmic.

    Several inputs are drawn over time too. A system without an input is drawn over time. The bands
    of a prediction are shaded. Variables over `snapshot` and `x` (the internal state) are drawn
    below.

    Args:
        data: One trajectory, as returned by `Simulator.simulate`.
        path: Picture to write; its ending chooses the format.
        against: "time", or the name of an input; the first input by default.

    Raises:
        DynsurError: There is no finite output, or the picture cannot be written.
    """
    inputs, outputs = inputs_and_outputs(data)
    if not outputs or not any(np.isfinite(data[name].values).any() for name in outputs):
        raise DynsurError(
            "the trajectory holds no finite output to draw; expected variables over 'time' with "
            "the attribute role='output' from a simulation that finished."
        )
    fields = [str(name) for name in data.data_vars if data[name].dims == ("snapshot", "x")]
    driven = inputs if len(inputs) > 1 else []
    profile_rows = -(-len([*driven, *fields]) // 2)
    figure = new_figure(9.6, 3.7 * (len(outputs) + profile_rows))
    axes = figure.subplots(len(outputs) + profile_rows, 2, squeeze=False)
    known = [*inputs, "time"]
    if against is not None and against not in known:
        raise unknown_name("abscissa", against, known)
    abscissa = data[against or known[0]]
    for row, name in zip(axes, outputs, strict=False):
        _loops(figure, row, abscissa, data[name], data["time"])
        if f"{name}_low" in data:
            _band(row, abscissa.values, data[f"{name}_low"].values, data[f"{name}_high"].values)
    state_axes = axes[len(outputs) :].ravel()
    for panel, name in zip(state_axes, [*driven, *fields], strict=False):
        if name in driven:
            drive_panel(panel, data, data, name)
        else:
            _profiles(panel, data, name)
    for panel in state_axes[len(driven) + len(fields) :]:
        panel.set_axis_off()
    if fields:
        _legend_beside(state_axes[len(driven)], state_axes[1])
    save(figure, path)


def drive_panel(axes: Any, curve: "xr.Dataset", described: "xr.Dataset", name: str) -> None:
    """Draw an input over time; names and units are those of `described`."""
    axes.plot(curve["time"].values, curve[name].values, color="dimgrey")
    axes.set_xlabel(axis_label(described["time"]))
    axes.set_ylabel(axis_label(described[name]))
    scientific(axes)


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure of the given size in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def save(figure: "Figure", path: str | Path) -> None:
    """Write a figure, and create its folder.

    Raises:
        DynsurError: The picture cannot be written, or its ending names no known format.
    """
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        ending = Path(path).suffix.removeprefix(".").lower()
        own = {"Software": OWN} if ending == "png" else None
        with replacing_file(Path(path)) as partial:
            figure.savefig(partial, format=ending, dpi=150, metadata=own)
    except (OSError, ValueError) as error:
        raise DynsurError(f"cannot draw '{path}': {error}.") from None


def is_own_picture(path: str | Path) -> bool:
    """Whether a file is a picture in PNG that this program has drawn, and can draw again."""
    from PIL import Image

    try:
        with Image.open(path) as picture:
            return picture.format == "PNG" and picture.info.get("Software") == OWN
    except (OSError, ValueError, SyntaxError):  # no picture, or a damaged one
        return False


def check_picture(path: str | Path) -> None:
    """Refuse a picture whose ending names no format, before anything is computed."""
    from matplotlib.backend_bases import FigureCanvasBase

    known = FigureCanvasBase.get_supported_filetypes()
    if Path(path).suffix.removeprefix(".").lower() not in known:
        raise DynsurError(
            f"the picture '{path}' must end in a format's name; expected .png, .pdf, .svg or one "
            f"of {', '.join(sorted(known))}."
        )


def decades(values: np.ndarray, floor: float = 0.0, share: float = 0.0) -> float:
    """Return how many decades the absolute values above `floor` span; 0 if there are none.

    Args:
        values: An array of any shape.
        floor: Absolute values at or below it are left out.
        share: Share of the smallest values that is left out, since values near a crossing of
            zero say nothing about the span.
    """
    sizes = np.abs(values[np.isfinite(values)])
    sizes = sizes[sizes > floor]
    if not sizes.size:
        return 0.0
    return float(np.log10(sizes.max()) - np.log10(np.quantile(sizes, share)))


def positive(values: np.ndarray, floor: float = 0.0) -> np.ndarray:
    """Return absolute values for a logarithmic axis; those at or below `floor` are NaN."""
    sizes = np.abs(values)
    return np.where(sizes > floor, sizes, np.nan)


def scientific(axes: Any) -> None:
    """Write large and small tick values of linear axes as multiples of a power of ten."""
    for axis, scale in (("x", axes.get_xscale()), ("y", axes.get_yscale())):
        if scale == "linear":
            axes.ticklabel_format(axis=axis, scilimits=(-3, 4), useMathText=True)
    axes.grid(alpha=0.25)


def whole_numbers(axis: Any) -> None:
    """Put the ticks of an axis of counts on whole numbers."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))


def plain_log(axis: Any, low: float, high: float) -> None:
    """Label a logarithmic axis over less than two decades with plain numbers: 0.3, not 3 × 10⁻¹."""
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    if low > 0 and high < 100.0 * low and low > 1e-3 and high < 1e4:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 3.0, 5.0)))
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axis.set_minor_formatter(NullFormatter())


def _loops(figure: "Figure", row: Any, x: "xr.DataArray", y: "xr.DataArray", time: Any) -> None:
    _loop(row[0], x.values, y.values, time.values)
    row[0].set_ylabel(axis_label(y))
    sizes = positive(y.values)
    line = _loop(row[1], x.values, sizes, time.values)
    row[1].set_ylabel(axis_label(y, absolute=True))
    if np.isfinite(sizes).any():
        row[1].set_yscale("log")
    for axes in row:
        axes.set_xlabel(axis_label(x))
        scientific(axes)
    figure.colorbar(line, ax=row[1], label=axis_label(time))


def _loop(axes: Any, x: np.ndarray, y: np.ndarray, time: np.ndarray) -> Any:
    """Draw a curve coloured by time, so that the two sweep directions can be distinguished."""
    from matplotlib.collections import LineCollection

    points = np.column_stack([x, y])
    segments = list(np.stack([points[:-1], points[1:]], axis=1))
    line = LineCollection(segments, cmap="plasma", linewidths=1.6)
    line.set_array(time[:-1])
    line.set_clim(float(time[0]), float(time[-1]))
    # A collection's own limits would ignore the margins a log axis needs.
    axes.plot(x, y, alpha=0.0)
    axes.add_collection(line)
    return line


def _band(row: Any, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
    """Shade a band on both panels without letting it widen them."""
    # Where a band holds zero, |y| starts from it: below whatever a logarithmic axis shows.
    least = np.where((low < 0.0) & (high > 0.0), 0.0, np.minimum(abs(low), abs(high)))
    most = np.maximum(abs(low), abs(high))
    turns = np.flatnonzero(np.diff(np.sign(np.diff(x)))) + 1
    for axes, ends in zip(row, ((low, high), (least, most)), strict=True):
        bottom, top = axes.get_ylim()
        shown = [np.clip(end, bottom, top) for end in ends]
        # One sweep at a time: a polygon that runs back over itself would be hollow.
        for start, stop in itertools.pairwise([0, *turns, len(x) - 1]):
            sweep = slice(start, stop + 1)
            axes.fill_between(
                x[sweep], *(end[sweep] for end in shown), color="grey", alpha=0.25, linewidth=0
            )
        axes.set_ylim(bottom, top)


def _profiles(axes: Any, data: "xr.Dataset", name: str) -> None:
    """Draw a field over x, with one line for each snapshot.

    On a logarithmic axis, zeros and values below the axis are drawn on its lower edge, so that
    only NaN leaves a gap.
    """
    import matplotlib as mpl

    field = data[name]
    count = data.sizes["snapshot"]
    # A solver may leave a density a little below zero.
    signed = float(field.min()) < -1e-3 * abs(float(field.max()))
    logarithmic = not signed and decades(field.values) > 1.0
    top = float(field.max())
    above_zero = field.values[field.values > 0.0]
    foot = max(float(above_zero.min()) / 3.0, LEAST_SHOWN * top) if logarithmic else 0.0
    for k, colour in enumerate(mpl.colormaps["plasma"](np.linspace(0.0, 0.95, count))):
        values = np.maximum(field.values[k], foot) if logarithmic else field.values[k]
        label = None
        if count <= LEGEND_LINES and "snapshot_time" in data:
            units = unit_text(str(data["snapshot_time"].attrs.get("units", "")))
            label = f"{float(data['snapshot_time'][k]):.3g} {units}"
        axes.plot(data["x"].values, values, color=colour, label=label)
    if logarithmic:
        axes.set_yscale("log")
        axes.set_ylim(foot, 3.0 * top)
    axes.set_xlabel(axis_label(data["x"]))
    axes.set_ylabel(axis_label(field))
    scientific(axes)


def _legend_beside(drawn: Any, rightmost: Any) -> None:
    """Draw one legend of the instants to the right of the panels, where it hides no curve."""
    handles, labels = drawn.get_legend_handles_labels()
    if handles:
        rightmost.legend(
            handles, labels, title="time", fontsize="small", loc="upper left",
            bbox_to_anchor=(1.02, 1.0), borderaxespad=0.0,
        )  # fmt: skip
