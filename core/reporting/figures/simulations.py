"""Draw what simulations are like: the sizes and the span of their outputs, and their times."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..labels import axis_label, symbol_of
from ..plots import decades, new_figure, whole_numbers
from .conventions import NEAR_ZERO, PREDICTED

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure


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
        f"decades of |{symbol_of(store[output])}| in one curve, 10th percentile to peak"
    )
    _decade_histogram(axes[2], store["wall_time"].values)
    axes[2].set_xlabel("time of one simulation (s)")
    for panel in axes:
        panel.set_ylabel("simulations")
        whole_numbers(panel.yaxis)
        panel.grid(alpha=0.25)
    return figure


def _decade_histogram(axes: Any, values: np.ndarray) -> None:
    values = values[np.isfinite(values) & (values > 0)]
    if not values.size:
        return
    low, high = np.floor(np.log10(values.min())), np.ceil(np.log10(values.max()))
    width = 1.0 if high - low > 8 else 0.1
    edges = np.arange(low, max(high, low + 1) + width / 2, width)
    axes.hist(values, bins=list(10.0**edges), color=PREDICTED[0])
    axes.set_xscale("log")
