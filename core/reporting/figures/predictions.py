"""Draw what the predictions of held-out systems look like."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...evaluation.predictions import open_predictions
from ...store.schema import inputs_and_outputs
from ..formatting import count, percent
from ..labels import axis_label, plain_label
from .conventions import CURVE_METRICS
from .errors import deviation_figure, distribution_figure, parity_figure
from .loops import choose_curves, loops_figure

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

LOOPS = 3  # open loops from which on curves are chosen by their loops
BROWSED, KEPT = 40, 121  # curves that the reader may leaf through, and points of each
DIGITS = 4

Figures = dict[str, tuple["Figure", str]]


def prediction_figures(folder: Path, store: "xr.Dataset", output: str, floor: float) -> Figures:
    """Draw predictions of an output and return each figure with its caption by name.

    Args:
        folder: Run folder with predictions.zarr.
        store: Finished samples, which give names and units.
        output: Name of the output.
        floor: Absolute values at or below it count as zero, in the output's unit.
    """
    predictions = open_predictions(folder)
    if f"{output}_predicted" not in predictions:
        return {}
    name = str(store[output].attrs.get("long_name", output))
    figures: Figures = {}
    if chosen := choose_titled(predictions, output):
        figures[f"curves_{output}"] = (
            loops_figure(predictions, store, output, chosen, floor),
            f"The {name} of held-out systems, simulated and predicted. "
            f"{_how_chosen(predictions, output)} Shaded: the band, if the model was calibrated.",
        )
    known = {
        label: values
        for metric, label in CURVE_METRICS.items()
        if (values := per_curve(predictions, output, metric)) is not None
        and np.isfinite(values).any()
    }
    if known:
        figures[f"errors_{output}"] = (
            distribution_figure(known),
            f"Share of held-out curves of the {name} up to an error; lines: median and 95 %.",
        )
    figures[f"parity_{output}"] = (
        parity_figure(predictions, store, output, floor),
        f"Predicted against simulated {name}, every held-out curve and instant.",
    )
    squared = per_curve(predictions, output, "mse_minmax")
    if squared is not None:
        figures[f"deviation_{output}"] = (
            deviation_figure(squared),
            f"Mean squared error of {count(squared.size, 'held-out curve')} of the {name}, each in "
            "the training part's min-max scale.",
        )
    return figures


def curves_to_browse(folder: Path, store: "xr.Dataset", output: str) -> dict[str, Any]:
    """Return held-out curves of an output, from the best to the worst, for the page to draw.

    Args:
        folder: Run folder with predictions.zarr.
        store: Finished samples, which give names and units.
        output: Name of the output.

    Returns:
        The labels of the axes, and for each curve its title, the time, the first input if there is
        one, and the simulated and the predicted output; empty where nothing was predicted.
    """
    predictions = open_predictions(folder)
    error = per_curve(predictions, output, "nrmse")
    if error is None or f"{output}_predicted" not in predictions:
        return {}
    ranked = np.argsort(error)[: int(np.isfinite(error).sum())]
    places = np.linspace(0, ranked.size - 1, min(ranked.size, BROWSED)).round().astype(int)
    inputs, _ = inputs_and_outputs(store)
    drawn = ("time", *inputs[:1], output, f"{output}_predicted")
    shown = np.linspace(0, predictions.sizes["time"] - 1, KEPT).round().astype(int)
    rows = np.unique(shown)
    curves = []
    for place in places.tolist():
        index = int(ranked[place])
        curve = predictions.isel(sample=index, time=rows)
        title = f"sample {int(curve['sample'])}, off by {percent(error[index])} of its span"
        curves.append({"title": title, "series": [_short(curve[name].values) for name in drawn]})
    labels = [plain_label(store[name], name) for name in drawn[:-1]]
    return {"labels": labels, "curves": curves} if curves else {}


def _short(values: np.ndarray) -> list[float | None]:
    """Return numbers of DIGITS digits, None for what is missing."""
    return [float(f"{v:.{DIGITS - 1}e}") if np.isfinite(v) else None for v in values.tolist()]


def own_figure(predictions: "xr.Dataset") -> Figures:
    """Draw the metrics that the system defines for itself, if there are any."""
    own = {
        axis_label(variable): variable.values
        for variable in predictions.data_vars.values()
        if variable.attrs.get("role") == "own metric"
    }
    if not own:
        return {}
    caption = (
        "Share of held-out curves up to a value of the system's own metrics; lines: quantiles."
    )
    return {"errors_own": (distribution_figure(own), caption)}


def per_curve(predictions: "xr.Dataset", output: str, metric: str) -> np.ndarray | None:
    """Return a metric of each test curve, whose name may begin with that of its output."""
    for name in (f"{output}_{metric}", metric):
        if name in predictions and predictions[name].dims == ("sample",):
            return predictions[name].values
    return None


def choose_titled(predictions: "xr.Dataset", output: str) -> list[tuple[str, int]]:
    """Choose the curves to show and title each with its errors.

    Where loops open they are a good, the median and the worst loop by the error of its area, and
    the worst curve of all; else a good, the median and the worst curve.
    """
    curve = per_curve(predictions, output, "nrmse")
    area = per_curve(predictions, output, "loop_area_error")
    if curve is None:
        curve = per_curve(predictions, output, "mse_minmax")
    if curve is None:
        return []
    by_curve = [(f"{title} curve", i) for title, i in choose_curves(curve)]
    chosen = by_curve
    if area is not None and _by_loops(area):
        chosen = [(f"{title} loop", i) for title, i in choose_curves(area)]
        chosen += [(t, i) for t, i in by_curve[-1:] if i not in {i for _, i in chosen}]
    return [(f"{t}: {_errors(predictions, i, curve, area)}", i) for t, i in chosen]


def _by_loops(area: np.ndarray | None) -> bool:
    return area is not None and int(np.isfinite(area).sum()) >= LOOPS


def _how_chosen(predictions: "xr.Dataset", output: str) -> str:
    if _by_loops(per_curve(predictions, output, "loop_area_error")):
        return (
            "Chosen by the area of their loop: one better than nine in ten, the median and the "
            "worst, and the worst curve of all."
        )
    return "One better than nine in ten, the median and the worst."


def _errors(
    predictions: "xr.Dataset", index: int, curve: np.ndarray, area: np.ndarray | None
) -> str:
    sample = int(predictions["sample"][index]) if "sample" in predictions.coords else index
    text = f"sample {sample}, off by {percent(float(curve[index]))}"
    if area is not None and np.isfinite(area[index]):
        text += f", area of its loop by {percent(float(area[index]))}"
    return text
