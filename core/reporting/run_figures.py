"""Draw the figures of a report, including Figures 2 and 3 of the paper."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..store.schema import inputs_and_outputs
from .labels import axis_label, unit_text
from .plots import decades, drive_panel, new_figure, plain_log, positive, scientific, whole_numbers

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

# Colour of the rising and of the falling sweep.
SIMULATED, PREDICTED = ("#9ecae1", "#fdae6b"), ("#08519c", "#a63603")
LOG_DECADES = 3.0
NOTHING = 1e-4  # of the median error: smaller ones are not worth the room
TITLE = 40  # characters of a title that fit above a panel
LABEL = 30  # characters of a label that fit beside a panel
NEAR_ZERO = 0.1  # share of the values that says nothing about the decades they span


def dataset_figure(store: "xr.Dataset", output: str, floor: float) -> "Figure":
    """Draw histograms of peak values, of spanned decades and of simulation times.

    Args:
        store: Finished samples.
        output: Name of the output.
        floor: Absolute values at or below it count as zero, in the output's unit.
    """
    figure = new_figure(11.0, 3.2)
    axes = figure.subplots(1, 3)
    sizes = np.abs(store[output].values)
    peak = sizes.max(axis=1)
    _decade_histogram(axes[0], peak[peak > 0])
    axes[0].set_xlabel("peak " + axis_label(store[output], absolute=True))
    if peak.size and floor > 0 and peak.min() < 1e3 * floor:
        axes[0].axvline(floor, color="grey", linestyle=":", label=f"floor {floor:g}")
        axes[0].legend(fontsize="small")
    spans = [decades(row, floor, NEAR_ZERO) for row in sizes]
    axes[1].hist(spans, bins=30, color=PREDICTED[0])
    axes[1].set_xlabel(
        f"decades of |{_symbol(store[output])}| in one curve, 10th percentile to peak"
    )
    _decade_histogram(axes[2], store["wall_time"].values)
    axes[2].set_xlabel("time of one simulation (s)")
    for panel in axes:
        panel.set_ylabel("simulations")
        whole_numbers(panel.yaxis)
        panel.grid(alpha=0.25)
    return figure


def deviation_figure(errors: np.ndarray) -> "Figure":
    """Draw the error of each test sample and the mean, as in Figure 2 of the paper.

    Args:
        errors: Mean squared error in the training part's min-max scale, shape [curve].
    """
    figure = new_figure(7.0, 3.6)
    deviation_panel(figure.subplots(), errors)
    return figure


def deviation_panel(axes: Any, errors: np.ndarray) -> None:
    """Draw the errors of the test samples and their mean into a panel."""
    axes.scatter(np.arange(errors.size), positive(errors), s=14, color=PREDICTED[1], alpha=0.7)
    mean, median = float(errors.mean()), float(np.median(errors))
    axes.axhline(mean, color=PREDICTED[0], label=f"mean {mean:.3g}")
    axes.axhline(median, color="grey", linestyle="--", label=f"median {median:.3g}")
    if (errors > 0).any():
        axes.set_yscale("log")
    whole_numbers(axes.xaxis)
    axes.set_xlabel("test sample")
    axes.set_ylabel("MSE, output in min-max [0, 1]")
    axes.grid(alpha=0.25)
    axes.legend(fontsize="small")


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


def parity_figure(
    predictions: "xr.Dataset", store: "xr.Dataset", output: str, floor: float
) -> "Figure":
    """Draw predicted against simulated values, one point for each curve and instant.

    The axes are logarithmic for an output that spans decades. Values at or below the floor are then
    drawn on it.
    """
    figure = new_figure(5.2, 4.2)
    axes = figure.subplots()
    simulated, predicted = (
        predictions[name].values.ravel() for name in (output, f"{output}_predicted")
    )
    units = unit_text(str(store[output].attrs.get("units", "1")))
    symbol = _symbol(store[output])
    if decades(simulated, floor, NEAR_ZERO) > LOG_DECADES:
        smallest = floor or float(np.nanmin(positive(simulated)))
        x, y = (np.log10(np.maximum(np.abs(v), smallest)) for v in (simulated, predicted))
        form = f"log₁₀ (|{symbol}| / {units})" if units else f"log₁₀ |{symbol}|"
    else:
        x, y = simulated, predicted
        form = symbol + (f" ({units})" if units else "")
    kept = np.isfinite(x) & np.isfinite(y)
    both = np.concatenate([x[kept], y[kept]])
    limits = (float(both.min()), float(both.max()))
    image = axes.hexbin(x[kept], y[kept], gridsize=60, bins="log", mincnt=1, cmap="viridis")
    axes.plot(limits, limits, color="black", linewidth=0.8, linestyle="--")
    axes.set_xlabel(f"simulated {form}")
    axes.set_ylabel(f"predicted {form}")
    axes.grid(alpha=0.25)
    figure.colorbar(image, ax=axes, label="points")
    return figure


def distribution_figure(errors: Mapping[str, np.ndarray]) -> "Figure":
    """Draw the share of test curves whose error is at most x, one panel for each metric.

    Args:
        errors: The metric of each curve, shape [curve], by axis label.
    """
    figure = new_figure(4.2 * len(errors), 3.2)
    for axes, (label, values) in zip(
        figure.subplots(1, len(errors), squeeze=False)[0], errors.items(), strict=True
    ):
        ordered = np.sort(values[np.isfinite(values)])
        axes.step(ordered, np.arange(1, ordered.size + 1) / max(1, ordered.size), where="post")
        for share, dashes in ((0.5, (0, (4, 2))), (0.95, (0, (1, 1)))):
            if ordered.size:
                value = float(np.quantile(ordered, share))
                axes.axvline(
                    value, color="grey", linestyle=dashes, label=f"{share:.0%}: {value:.3g}"
                )
        if ordered.size and ordered[0] > 0:
            axes.set_xscale("log")
            axes.set_xlim(left=max(ordered[0], NOTHING * float(np.median(ordered))) / 1.2)
            if ordered[-1] > 10.0 * ordered[0]:
                axes.xaxis.set_minor_formatter("")
            plain_log(axes.xaxis, ordered[0], ordered[-1])
        axes.set_ylim(0.0, 1.02)
        axes.set_xlabel(label)
        axes.set_ylabel("share of test curves")
        axes.grid(alpha=0.25)
        if ordered.size:
            axes.legend(fontsize="small")
    return figure


def learning_figure(history: Sequence[Mapping[str, Any]]) -> "Figure":
    """Draw the training and validation loss by epoch; the best epoch is marked."""
    figure = new_figure(6.0, 3.4)
    axes = figure.subplots()
    epochs = np.array([row["epoch"] for row in history])
    for name, colour in (("train", PREDICTED[0]), ("validation", PREDICTED[1])):
        axes.plot(epochs, [row[name] for row in history], color=colour, label=name)
    best = int(np.argmin([row["validation"] for row in history]))
    axes.plot(
        epochs[best], history[best]["validation"], "o", color=PREDICTED[1],
        label=f"best epoch {epochs[best]}",
    )  # fmt: skip
    axes.set_yscale("log")
    whole_numbers(axes.xaxis)
    axes.set_xlabel("epoch")
    axes.set_ylabel("loss, in the model's scale")
    axes.grid(alpha=0.25)
    axes.legend(fontsize="small")
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


def _decade_histogram(axes: Any, values: np.ndarray) -> None:
    values = values[np.isfinite(values) & (values > 0)]
    if not values.size:
        return
    low, high = np.floor(np.log10(values.min())), np.ceil(np.log10(values.max()))
    width = 1.0 if high - low > 8 else 0.1
    edges = np.arange(low, max(high, low + 1) + width / 2, width)
    axes.hist(values, bins=list(10.0**edges), color=PREDICTED[0])
    axes.set_xscale("log")


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


def _symbol(variable: "xr.DataArray") -> str:
    symbol = str(variable.attrs.get("symbol", variable.name))
    return symbol if symbol.startswith("$") or len(symbol) > 1 else f"${symbol}$"
