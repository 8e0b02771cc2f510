"""Draw free runs over pieces of records: what was measured, predicted, and the error."""

from typing import TYPE_CHECKING

import numpy as np

from ..formatting import count
from ..labels import axis_label
from ..plots import new_figure

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

MOST = 3  # pieces that are drawn
MEASURED, PREDICTED, ERROR = "#9ecae1", "#08519c", "#a63603"


def free_run_figures(
    predictions: "xr.Dataset", output: str, washout: int
) -> dict[str, tuple["Figure", str]]:
    """Draw the free runs of a model over the longest pieces of the test part.

    Args:
        predictions: What an evaluation on pieces has written.
        output: Name of the output.
        washout: Number of first samples that do not count.

    Returns:
        The figure with its caption by name; nothing if the output was not predicted.
    """
    if f"{output}_predicted" not in predictions:
        return {}
    lengths = np.isfinite(predictions["time"].values).sum(axis=1)
    pieces = np.sort(np.argsort(-lengths, kind="stable")[:MOST])
    figure = new_figure(9.0, 2.8 * len(pieces))
    rows = figure.subplots(len(pieces), 1, squeeze=False)[:, 0]
    label = axis_label(predictions[output])
    for axes, i in zip(rows, pieces, strict=True):
        size = int(lengths[i])
        one = predictions.isel(sample=int(i), time=slice(size))
        time, true = one["time"].values, one[output].values
        predicted = one[f"{output}_predicted"].values
        axes.plot(time, true, color=MEASURED, lw=2.5, label="measured")
        axes.plot(time, predicted, color=PREDICTED, lw=0.9, label="predicted")
        axes.plot(time, predicted - true, color=ERROR, lw=0.8, label="error")
        if washout:
            axes.axvspan(time[0], time[min(washout, size - 1)], color="0.9", lw=0)
        if "record" in one:
            axes.set_title(
                f"record {int(one['record'])}, samples {int(one['start'])}:{int(one['stop'])}",
                fontsize="medium",
            )
        axes.set_xlabel("time (s)")
        axes.set_ylabel(label)
        axes.grid(alpha=0.25)
    rows[0].legend(fontsize="small", ncols=3)
    shown = (
        "" if len(pieces) == lengths.size else f" The longest of {count(lengths.size, 'piece')}."
    )
    caption = (
        "Free run over whole pieces of the test part: the model sees the inputs, and the outputs "
        f"only in the first {washout} samples (grey), which count in no error.{shown}"
    )
    return {f"free_run_{output}": (figure, caption)}
