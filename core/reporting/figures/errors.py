"""Draw the errors of held-out curves, as in Figure 2 of Zamankhani (2024) and otherwise."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..labels import symbol_of, unit_text
from ..plots import decades, new_figure, plain_log, positive, whole_numbers
from .conventions import LOG_DECADES, NEAR_ZERO, PREDICTED

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

NOTHING = 1e-4  # of the median error: smaller ones are not worth the room


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
    symbol = symbol_of(store[output])
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
