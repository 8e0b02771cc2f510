"""Draw predicted and simulated curves, as in Figure 3 of Zamankhani (2024)."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...store.schema import inputs_and_outputs
from ..labels import axis_label
from ..plots import decades, drive_panel, new_figure, positive, scientific
from .conventions import LOG_DECADES, NEAR_ZERO, PREDICTED, SIMULATED

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

TITLE = 40  # characters of a title that fit above a panel
LABEL = 30  # characters of a label that fit beside a panel


def loops_figure(
    predictions: "xr.Dataset",
    store: "xr.Dataset",
    output: str,
    chosen: Sequence[tuple[str, int]],
    floor: float,
) -> "Figure":
    """Draw predicted and simulated curves, as in Figure 3 of Zamankhani (2024).

    Args:
        predictions: Test curves, with simulated `output` and `<output>_predicted`.
        store: Finished samples, which give names and units.
        output: Name of the output.
        chosen: Title and position in `predictions` of each curve; each fills a row of panels.
        floor: Absolute values at or below it are left out of logarithmic axes.
    """
    inputs, _ = inputs_and_outputs(store)
    logarithmic = decades(predictions[output].values, floor, NEAR_ZERO) > LOG_DECADES
    kinds = [k for k, wanted in (("linear", True), ("log", logarithmic)) if wanted and inputs]
    kinds += ["time", *(inputs if len(inputs) > 1 else ())]
    width = 4.0 * len(kinds) if inputs else 7.0
    figure = new_figure(width, 3.1 * len(chosen) + 0.4)
    rows = figure.subplots(len(chosen), len(kinds), squeeze=False)
    for row, (title, index) in zip(rows, chosen, strict=True):
        curve = predictions.isel(sample=index)
        for axes, kind in zip(row, kinds, strict=True):
            if kind in inputs:
                drive_panel(axes, curve, store, kind)
                continue
            x = curve["time"] if kind == "time" else curve[inputs[0]]
            described = store["time"] if kind == "time" else store[inputs[0]]
            falling = _falling(curve[inputs[0]].values if inputs else curve["time"].values)
            for name, style in ((output, "simulated"), (f"{output}_predicted", "predicted")):
                y = curve[name].values
                y = positive(y, floor) if kind == "log" else y
                _branches(axes, x.values, y, falling, style)
            if kind == "time" and f"{output}_low" in curve:
                _band(axes, x.values, curve[f"{output}_low"].values, curve[f"{output}_high"].values)
            if kind == "log":
                axes.set_yscale("log")
            axes.set_xlabel(axis_label(described))
            label = axis_label(store[output], absolute=kind == "log")
            axes.set_ylabel("\n".join(textwrap.wrap(label, LABEL)))
            scientific(axes)
        title = "\n".join(textwrap.wrap(title, TITLE * len(kinds)))
        row[0].set_title(title, fontsize="medium", loc="left")
    figure.legend(
        handles=_legend(bool(inputs), f"{output}_low" in predictions),
        loc="outside upper center",
        ncols=2 if len(kinds) < 3 else 5,
        frameon=False,
    )
    return figure


def choose_curves(errors: np.ndarray) -> list[tuple[str, int]]:
    """Choose a good (10th percentile), the median and the worst curve, without NaN errors.

    >>> choose_curves(np.array([0.3, np.nan, 0.1, 0.2]))
    [('good', 2), ('median', 3), ('worst', 0)]
    """
    order = np.argsort(errors)[: int(np.isfinite(errors).sum())]
    if not order.size:
        return []
    last = order.size - 1
    places = {"good": last // 10, "median": last // 2, "worst": last}
    return [(title, int(order[place])) for title, place in places.items()]


def _falling(drive: np.ndarray) -> np.ndarray:
    """Return whether the drive falls in each interval between samples, shape [time − 1]."""
    return np.diff(drive) < 0


def _branches(axes: Any, x: np.ndarray, y: np.ndarray, falling: np.ndarray, style: str) -> None:
    """Draw the rising and the falling sweep in two colours."""
    from matplotlib.collections import LineCollection

    turns = np.flatnonzero(np.diff(falling)) + 1
    starts, stops = [0, *turns], [*turns, falling.size]
    colours = SIMULATED if style == "simulated" else PREDICTED
    axes.add_collection(
        LineCollection(
            [
                np.column_stack([x[i : j + 1], y[i : j + 1]])
                for i, j in zip(starts, stops, strict=True)
            ],
            colors=[colours[int(falling[i])] for i in starts],
            linewidths=4.0 if style == "simulated" else 1.2,
            linestyles="-" if style == "simulated" else "--",
        )
    )
    axes.plot(x, y, alpha=0.0)


def _band(axes: Any, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
    """Shade a band without widening the axes, since a wide band may fill the panel."""
    axes.set_ylim(axes.get_ylim())
    axes.fill_between(x, low, high, color=PREDICTED[0], alpha=0.25, linewidth=0)


def _legend(driven: bool, banded: bool) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = []
    for k, sweep in enumerate((", input rising", ", input falling") if driven else ("",)):
        handles += [
            Line2D([], [], color=SIMULATED[k], linewidth=4.0, label=f"simulated{sweep}"),
            Line2D([], [], color=PREDICTED[k], linestyle="--", label=f"predicted{sweep}"),
        ]
    if banded:
        handles.append(Patch(color=PREDICTED[0], alpha=0.25, label="band"))
    return handles
