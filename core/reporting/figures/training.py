"""Draw the loss of a training by epoch."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..plots import new_figure, whole_numbers
from .conventions import PREDICTED

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
