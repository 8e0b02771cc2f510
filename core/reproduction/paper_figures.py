"""Draw Figures 2 to 4 of the publication, and the small curves that its scale hides."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..reporting.figures.errors import deviation_panel
from ..reporting.labels import axis_label
from ..reporting.plots import new_figure, positive, scientific
from .results import BASELINE

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

COLOURS = ("#a63603", "#08519c")  # the published protocol's and our own
SIMULATED, MEASURED = "#bdbdbd", "black"
ROOM = 1.3  # of a linear axis beyond the simulated values; what lies outside is cut off


def deviations_figure(errors: Mapping[str, np.ndarray]) -> "Figure":
    """Draw the MSE of each test curve and the mean, a panel for each protocol (Figure 2).

    Args:
        errors: MSE of each curve in the min-max scale, shape [curve], by title.
    """
    figure = new_figure(5.2 * len(errors), 3.4)
    panels = figure.subplots(1, len(errors), squeeze=False, sharey=True)[0]
    for axes, (title, values) in zip(panels, errors.items(), strict=True):
        deviation_panel(axes, values)
        axes.set_title(title, fontsize="medium", loc="left")
        axes.label_outer()
    return figure


def curves_figure(
    rows: Sequence[tuple[str, "xr.Dataset", Mapping[str, np.ndarray], np.ndarray | None]],
    drive: str,
    output: str,
    floor: float,
) -> "Figure":
    """Draw predicted and simulated curves on linear and logarithmic axes (Figure 3).

    Args:
        rows: Title, simulated curve, predictions [time] by label, and measured points [point, 2]
            or None for each row of panels.
        drive: Name of the variable on the abscissa.
        output: Name of the variable on the ordinate.
        floor: Absolute values at or below it are left out of logarithmic axes.
    """
    figure = new_figure(9.6, 3.3 * len(rows) + 0.5)
    panels = figure.subplots(len(rows), 2, squeeze=False)
    for (linear, log), (title, curve, predictions, measured) in zip(panels, rows, strict=True):
        u, y = curve[drive].values, curve[output].values
        for axes, of in ((linear, np.asarray), (log, lambda values: positive(values, floor))):
            axes.plot(u, of(y), color=SIMULATED, linewidth=5, label="simulated")
            for colour, (label, values) in zip(COLOURS, predictions.items(), strict=True):
                axes.plot(u, of(values), color=colour, linewidth=1.3, label=label)
            if measured is not None:
                x, points = measured.T
                axes.plot(x, of(points), ".", color=MEASURED, markersize=3, label="measured")
            axes.set_xlabel(axis_label(curve[drive]))
        shown = y if measured is None else np.concatenate([y, measured[:, 1]])
        _limit(linear, shown)
        log.set_yscale("log")
        linear.set_ylabel(axis_label(curve[output]))
        log.set_ylabel(axis_label(curve[output], absolute=True))
        linear.set_title(title, fontsize="medium", loc="left")
        scientific(linear)
        log.grid(alpha=0.25)
    handles = {}
    for axes in panels.ravel():
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    figure.legend(
        list(handles.values()), list(handles), loc="outside upper center", ncols=4, frameon=False
    )
    return figure


def length_figure(length: Mapping[str, Any], labels: Mapping[str, str]) -> "Figure":
    """Draw the MSE over the first part of the instants, with all runs (Figure 4a).

    Args:
        length: "percent", and the errors of each predictor by name, shape [run, length].
        labels: Names of the predictors in words.
    """
    figure = new_figure(5.4, 3.5)
    axes = figure.subplots()
    for name, rows in length.items():
        if name != "percent":
            _spread(axes, length["percent"], np.array(rows), name, labels)
    axes.set_xlabel("prediction length (% of the retained instants)")
    _finish(axes, "MSE, output in min-max [0, 1]")
    return figure


def size_figure(
    size: Mapping[str, Any], baseline: Sequence[float], labels: Mapping[str, str]
) -> "Figure":
    """Draw the errors against the number of training simulations (Figure 4b).

    Args:
        size: "mse" and "log_error" of each run, by protocol and number of simulations.
        baseline: MSE of the training mean in each run.
        labels: Names of the predictors in words.
    """
    figure = new_figure(9.8, 3.5)
    panels = figure.subplots(1, 2)
    titles = {
        "mse": "MSE, output in min-max [0, 1]",
        "log_error": "median |Δ log₁₀ of the output| (decades)",
    }
    for axes, (metric, title) in zip(panels, titles.items(), strict=True):
        for name, by_size in size.items():
            sizes = [int(n) for n in by_size]
            rows = np.array([found[metric] for found in by_size.values()], float).T
            _spread(axes, sizes, rows, name, labels)
        if metric == "mse":
            mean = float(np.mean(baseline))
            axes.axhline(mean, color="grey", linestyle="--", label=labels[BASELINE])
        axes.set_xlabel("training simulations")
        _finish(axes, title)
    return figure


def hidden_figure(peaks: Sequence[float], carried: Sequence[float], name: str) -> "Figure":
    """Draw the peaks of the curves in the min-max scale, and their shares of the error.

    Args:
        peaks: Largest modulus of each curve relative to max − min of all curves, sorted.
        carried: Share of the training mean's squared error in the 1, 2, … worst test curves.
        name: Name of the output in words.
    """
    figure = new_figure(9.8, 3.4)
    left, right = figure.subplots(1, 2)
    shown = positive(np.array(peaks), 1e-30)
    left.step(shown, np.arange(1, len(peaks) + 1) / len(peaks), where="post", color=COLOURS[1])
    left.axvline(1e-3, color="grey", linestyle="--", label="a thousandth of the scale")
    left.set_xscale("log")
    left.set_xlabel(f"peak {name} of a curve / (max − min of all curves)")
    left.set_ylabel("share of simulations")
    left.legend(fontsize="small", loc="upper left")
    right.plot(np.arange(1, len(carried) + 1), carried, color=COLOURS[0])
    right.set_xscale("log")
    right.set_xlabel("test curves, those of the largest error first")
    right.set_ylabel("share of the training mean's MSE")
    for axes in (left, right):
        axes.set_ylim(0.0, 1.02)
        axes.grid(alpha=0.25)
    return figure


def _spread(
    axes: Any, x: Sequence[int], rows: np.ndarray, name: str, labels: Mapping[str, str]
) -> None:
    """Draw the mean over the runs as a line and each run as a point."""
    colour = "grey" if name == BASELINE else COLOURS[list(labels).index(name)]
    style = "--" if name == BASELINE else "-o"
    axes.plot(x, rows.mean(axis=0), style, color=colour, markersize=4, label=labels[name])
    if len(rows) > 1:
        for row in rows:
            axes.plot(x, row, ".", color=colour, alpha=0.35, markersize=4)


def _finish(axes: Any, ylabel: str) -> None:
    axes.set_yscale("log")
    axes.set_ylabel(ylabel)
    axes.set_ylim(bottom=None)
    axes.grid(alpha=0.25, which="both")
    axes.legend(fontsize="small")


def _limit(axes: Any, values: np.ndarray) -> None:
    """Limit a linear axis to the simulated values, since a prediction may lie far off."""
    low, high = float(values.min()), float(values.max())
    room = (ROOM - 1.0) * (high - low or 1.0)
    axes.set_ylim(low - room, high + room)
