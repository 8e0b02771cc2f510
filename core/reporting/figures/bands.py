"""Draw how many of the held-out points the bands hold."""

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..plots import new_figure
from .conventions import PREDICTED, SIMULATED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TICKS = 8  # sizes that are labelled at most
ZERO = -300  # decade under which predictions of zero are counted
LEAST_POINTS = 20  # points of a size below which its share in a band says nothing


def bands_figure(bands: Mapping[str, Any], names: Mapping[str, str]) -> "Figure":
    """Draw the share of held-out points that the bands hold, of all points and by their size.

    Args:
        bands: The entry "bands" of the metrics: output → nominal, all, by_size and scale.
        names: Long names of the outputs.
    """
    figure = new_figure(4.6 * len(bands), 3.3)
    panels = figure.subplots(1, len(bands), squeeze=False)[0]
    for axes, (output, of) in zip(panels, bands.items(), strict=True):
        rows = sorted((int(k), r) for k, r in of["by_size"].items() if r["n"] >= LEAST_POINTS)
        places = np.arange(len(rows))
        shares = [row["covered"] for _, row in rows]
        axes.bar(places, shares, color=SIMULATED[0], width=0.8)
        for place, (_, row) in zip(places, rows, strict=True):
            axes.annotate(
                f"{row['n']:,}", (place, 0.02), ha="center", fontsize="x-small", rotation=90
            )
        axes.axhline(of["nominal"], color="black", label=f"wanted {of['nominal']:.0%}")
        axes.axhline(
            of["all"], color=PREDICTED[1], linestyle="--", label=f"all points {of['all']:.0%}"
        )
        every = 1 + len(rows) // TICKS
        labels = [_size_label(k, of) for k, _ in rows]
        axes.set_xticks(places[::every], labels[::every], fontsize="small")
        axes.set_ylim(0.0, 1.3)
        label = f"size of the predicted {names.get(output, output)}"
        axes.set_xlabel("\n".join(textwrap.wrap(label, 44)))
        axes.set_ylabel("share inside the band")
        axes.legend(fontsize="small", loc="upper center", ncols=2)
    return figure


def _size_label(key: int, band: Mapping[str, Any]) -> str:
    if band.get("scale") == "linear":
        return f"{10 * key}–{10 * key + 10} %"
    return "0" if key <= ZERO else f"$10^{{{key}}}$"
