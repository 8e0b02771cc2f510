"""The report of a run: one self-contained page and its figures as files."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..evaluation.predictions import open_predictions
from ..files import checksum, read_json
from ..store.damage import one_line, reading, refuse_damage
from ..store.samples import finished, open_store
from ..store.schema import inputs_and_outputs
from . import tables
from .pages import render, save_figures, write_page

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

CURVE_METRICS = {
    "nrmse": "nRMSE: RMSE / (max − min) of the curve",
    "log_error": "median |Δ log₁₀ of the output| (decades)",
}


def write_report(folder: Path) -> Path:
    """Write `report.html` and `figures/*.png` into a run folder.

    Parts of the run that do not exist yet, such as the evaluation, are left out.

    Args:
        folder: Run folder with data.zarr and those of run.json, history.json, metrics.json and
            predictions.zarr that the run has written.

    Returns:
        Path of the page, which contains its figures and needs no other file.

    Raises:
        DynsurError: The folder holds no dataset, a file is damaged, or nothing can be written.
    """
    folder = Path(folder)
    run = _read(folder, "run.json", {})
    # A run may use fewer samples than its store holds.
    store = open_store(folder / "data.zarr").isel(sample=slice(run.get("samples")))
    _refuse_changed(folder, run)
    metrics = _read(folder, "metrics.json", {})
    history = _read(folder, "history.json", [])
    with reading(folder / "data.zarr"), _understanding(folder):
        page = _page(folder, store, run, metrics, history)
    return write_page(folder / "report.html", page)


def _page(
    folder: Path,
    store: "xr.Dataset",
    run: dict[str, Any],
    metrics: dict[str, Any],
    history: list[dict[str, Any]],
) -> str:
    figures = save_figures(folder, _figures(folder, store, metrics, history))
    columns, rows, statement = tables.comparison(metrics)
    return render(
        "report.html",
        system=store.attrs.get("system", folder.name),
        provenance=tables.provenance(store),
        run=tables.settings(run),
        counts=tables.counts(store),
        reasons=tables.reasons(store),
        variables=tables.variables(store),
        parameters=tables.parameters(store),
        columns=columns,
        rows=rows,
        statement=statement,
        times=tables.times(store, history, metrics, run),
        figures=figures,
    )


def _read(folder: Path, name: str, absent: Any) -> Any:
    """Read a JSON file of the folder that holds values of the same type as `absent`."""
    values = read_json(folder / name, absent)
    if not isinstance(values, type(absent)):
        raise _damaged(folder / name)
    return values


def _refuse_changed(folder: Path, run: dict[str, Any]) -> None:
    """Refuse results that are not as the stages of a run or an evaluation have written them."""
    marks = [
        mark
        for record in (run, _read(folder, "evaluation.json", {}))
        if isinstance(stages := record.get("stages"), dict)
        for mark in stages.values()
        if isinstance(mark, dict) and isinstance(mark.get("files"), dict)
    ]
    for name in ("metrics.json", "history.json", "predictions.zarr"):
        sums = {mark["files"][name] for mark in marks if name in mark["files"]}
        if sums and checksum(folder / name) not in sums:
            raise _damaged(folder / name)


@contextlib.contextmanager
def _understanding(folder: Path) -> Iterator[None]:
    """Tell in one line that the results in a folder are not what a run writes."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        refuse_damage(folder / "data.zarr")
        raise DynsurError(
            f"the results in '{folder}' are damaged ({type(error).__name__}: {one_line(error)}); "
            "repeat the `dynsur run` that wrote them."
        ) from None


def _damaged(path: Path) -> DynsurError:
    return DynsurError(
        f"'{path}' is damaged: it is not as it was written; repeat the `dynsur run` or "
        "`dynsur evaluate` that wrote it."
    )


def _figures(
    folder: Path, store: "xr.Dataset", metrics: Mapping[str, Any], history: list[dict[str, Any]]
) -> dict[str, tuple["Figure", str]]:
    """Draw the figures of a run and return each with its caption by name."""
    from . import run_figures as draw

    done = finished(store)
    _, outputs = inputs_and_outputs(store)
    floor = float(metrics.get("floor", 0.0))
    figures: dict[str, tuple[Figure, str]] = {}
    for output in outputs if done.sizes["sample"] else []:
        caption = f"Dataset: size and span of the {_name(store, output)}, and simulation times."
        figures[f"dataset_{output}"] = (draw.dataset_figure(done, output, floor), caption)
    if history:
        figures["learning"] = (draw.learning_figure(history), "Learning curve.")
    if (folder / "predictions.zarr").exists():
        for output in outputs:
            figures.update(_prediction_figures(folder, done, output, floor))
        figures.update(_own_figure(open_predictions(folder)))
    return figures


def _prediction_figures(
    folder: Path, store: "xr.Dataset", output: str, floor: float
) -> dict[str, tuple["Figure", str]]:
    from . import run_figures as draw

    predictions = open_predictions(folder)
    if f"{output}_predicted" not in predictions:
        return {}
    figures: dict[str, tuple[Figure, str]] = {}
    squared = _per_curve(predictions, output, "mse_minmax")
    if squared is not None:
        figures[f"figure2_{output}"] = (
            draw.deviation_figure(squared),
            f"Figure 2 of the paper: MSE of each of the {squared.size} test curves, "
            f"{_name(store, output)} in the training part's min-max scale.",
        )
    known = {
        label: values
        for metric, label in CURVE_METRICS.items()
        if (values := _per_curve(predictions, output, metric)) is not None
    }
    errors = next(iter(known.values()), squared)
    if errors is not None and (chosen := draw.choose_curves(errors)):
        measure = "nRMSE" if known else "MSE"
        titled = [
            (f"{title}: sample {_sample(predictions, i)}, {measure} {errors[i]:.3g}", i)
            for title, i in chosen
        ]
        figures[f"figure3_{output}"] = (
            draw.loops_figure(predictions, store, output, titled, floor),
            "Figure 3 of the paper: predicted and simulated test curves, the one at the 10th "
            "percentile of the error, the median and the worst; shaded, what should hold 90 % of "
            "held-out points, if the surrogate was calibrated.",
        )
    figures[f"parity_{output}"] = (
        draw.parity_figure(predictions, store, output, floor),
        f"Predicted against simulated {_name(store, output)}, every test curve and time.",
    )
    if known:
        figures[f"errors_{output}"] = (
            draw.distribution_figure(known),
            "Share of test curves up to an error; lines: median and 95th percentile.",
        )
    return figures


def _own_figure(predictions: "xr.Dataset") -> dict[str, tuple["Figure", str]]:
    """Draw the metrics that the system defines for itself, if there are any."""
    from . import run_figures as draw
    from .labels import axis_label

    own = {
        axis_label(variable): variable.values
        for variable in predictions.data_vars.values()
        if variable.attrs.get("role") == "own metric"
    }
    if not own:
        return {}
    caption = "Share of test curves up to a value of the system's own metrics; lines: quantiles."
    return {"errors_own": (draw.distribution_figure(own), caption)}


def _per_curve(predictions: "xr.Dataset", output: str, metric: str) -> np.ndarray | None:
    """Return a metric of each test curve, whose name may begin with that of its output."""
    for name in (f"{output}_{metric}", metric):
        if name in predictions and predictions[name].dims == ("sample",):
            return predictions[name].values
    return None


def _sample(predictions: "xr.Dataset", index: int) -> int:
    return int(predictions["sample"][index]) if "sample" in predictions.coords else index


def _name(store: "xr.Dataset", variable: str) -> str:
    return str(store[variable].attrs.get("long_name", variable))
