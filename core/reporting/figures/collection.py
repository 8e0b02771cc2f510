"""Draw all figures of a run."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...evaluation.predictions import open_predictions
from ...registry.recorded import ATTRIBUTE
from ...store.samples import finished
from ..labels import name_of
from .bands import bands_figure
from .cost import cost_figure
from .predictions import own_figure, prediction_figures
from .records import free_run_figures
from .simulations import dataset_figure
from .training import learning_figure

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

BANDS = (
    "Share of held-out points inside their band, by the size of the prediction; in the bars, the "
    "number of points."
)
COST = (
    "Error of the {name} against the time of a curve: the median (dot) and what 95 % of the "
    "held-out curves stay below (bar). A hollow dot is beaten by a quicker way."
)


def figures_of_run(
    folder: Path,
    store: "xr.Dataset",
    metrics: Mapping[str, Any],
    history: list[dict[str, Any]],
    outputs: list[str],
) -> dict[str, tuple["Figure", str]]:
    """Draw the figures of a run and return each with its caption by name.

    Args:
        folder: Run folder with the predictions of its evaluation, if there was one.
        store: Its simulations or records.
        metrics: Its metrics, empty before an evaluation.
        history: The losses of its training, empty before one.
        outputs: Names of the outputs that are shown.
    """
    done = finished(store)
    floor = float(metrics.get("floor", 0.0))
    figures: dict[str, tuple[Figure, str]] = {}
    is_recorded = ATTRIBUTE in store.attrs
    for output in outputs if done.sizes["sample"] and not is_recorded else []:
        caption = f"Dataset: size and span of the {name_of(store, output)}, and simulation times."
        figures[f"dataset_{output}"] = (dataset_figure(done, output, floor), caption)
    if history:
        figures["learning"] = (learning_figure(history), "Learning curve.")
    judged = (folder / "predictions.zarr").exists()
    if judged and "pieces" in metrics:
        predictions = open_predictions(folder)
        for output in outputs:
            figures.update(free_run_figures(predictions, output, int(metrics["washout"])))
    elif judged:
        for output in outputs:
            figures.update(prediction_figures(folder, done, output, floor))
            if (cost := cost_figure(metrics, output)) is not None:
                caption = COST.format(name=name_of(store, output))
                figures[f"cost_{output}"] = (cost, caption)
        figures.update(own_figure(open_predictions(folder)))
    if bands := {o: band for o, band in metrics.get("bands", {}).items() if o in outputs}:
        names = {name: name_of(store, name) for name in bands}
        figures["bands"] = (bands_figure(bands, names), BANDS)
    return figures
