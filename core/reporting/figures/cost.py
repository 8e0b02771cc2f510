"""Draw error against time: the model, what it starts from, and the simulation itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..plots import new_figure, plain_log
from .conventions import CURVE_METRICS, PREDICTED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MODEL, SIMULATION = "surrogate", "simulation, median"
COLOURS = (PREDICTED[0], PREDICTED[1], "#3a7d34", "#7a4b9a")


class Cost(NamedTuple):
    """What one way to a curve costs and how wrong it is.

    Args:
        name: What it is.
        seconds: Time of a curve in a batch, in s.
        median: Median error over the held-out curves.
        most: Error that 95 % of them stay below.
    """

    name: str
    seconds: float
    median: float
    most: float


def cost_figure(metrics: Mapping[str, Any], output: str) -> "Figure | None":
    """Draw the errors of an output over the time of a curve; None where nothing is compared.

    What another one beats in both is drawn hollow.

    Args:
        metrics: The metrics of an evaluation, with the times of the model and of its bases.
        output: Name of the output.
    """
    found = {label: costs(metrics, output, metric) for metric, label in CURVE_METRICS.items()}
    panels = {label: rows for label, rows in found.items() if len(rows) > 1}
    if not panels:
        return None
    figure = new_figure(4.2 * len(panels), 3.3)
    simulated = metrics["seconds_per_curve"].get(SIMULATION)
    all_axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for axes, (label, rows) in zip(all_axes, panels.items(), strict=True):
        _draw(axes, rows, simulated)
        axes.set_ylabel(label)
    handles, labels = all_axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False)
    return figure


def costs(metrics: Mapping[str, Any], output: str, metric: str) -> list[Cost]:
    """Return the model and its bases with their times and an error that is known and not zero."""
    seconds = {
        name.rpartition(", batch of ")[0]: value
        for name, value in metrics.get("seconds_per_curve", {}).items()
        if ", batch of " in name and value
    }
    judged = {MODEL: metrics["model"], **metrics["baselines"]}
    rows = []
    for name, time in seconds.items():
        error = judged.get(name, {}).get(output, {}).get(metric, {})
        if error.get("median"):
            title = "model" if name == MODEL else name
            rows.append(Cost(title, time, error["median"], error["p95"]))
    return rows


def _draw(axes: Any, rows: list[Cost], simulated: float | None) -> None:
    for row, colour in zip(rows, COLOURS, strict=False):
        beaten = any(o.seconds <= row.seconds and o.median < row.median for o in rows)
        axes.plot([row.seconds] * 2, [row.median, row.most], color=colour, alpha=0.5)
        axes.plot(row.seconds, row.most, marker="_", color=colour, alpha=0.5)
        axes.plot(
            row.seconds, row.median, "o", label=row.name, color=colour,
            markerfacecolor="white" if beaten else colour,
        )  # fmt: skip
    if simulated:
        axes.axvline(simulated, color="grey", linestyle="--", label="a simulation")
    axes.set_xscale("log")
    axes.set_yscale("log")
    times = [row.seconds for row in rows] + ([simulated] if simulated else [])
    axes.set_xlim(min(times) / 2.0, 2.0 * max(times))
    for axis, ends in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        plain_log(axis, *ends)
    axes.set_xlabel("time of a curve in a batch (s)")
    axes.grid(alpha=0.25)
