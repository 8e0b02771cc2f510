"""Write the page of a reproduction with its numbers and the published ones."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files import write_json
from ..registry.interfaces import Published
from ..reporting.labels import RAISED
from ..reporting.pages import render, save_figures, write_page
from ..reporting.tables import duration, flatten, number
from ..workflow.learning import floor_of
from . import paper_figures as draw
from .measured_curve import nearest_curve
from .protocol import OWN, PUBLISHED, Trial
from .results import BASELINE, gather, predictions_of

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

METRICS = {
    "mse_minmax": "MSE, min-max",
    "mae_minmax": "MAE, min-max",
    "log_error": "log error, decades",
    "nrmse": "nRMSE",
}


def write_reproduction(
    folder: Path,
    trials: Sequence[Trial],
    published: Published,
    data: "xr.Dataset",
    measured: np.ndarray | None = None,
) -> None:
    """Write `reproduction.json`, `figures/*.png` and `report.html`.

    Args:
        folder: Folder of the trials, all of which are done.
        trials: The trainings.
        published: The published results.
        data: The simulations.
        measured: Points of a measured curve to draw as well, shape [point, 2].

    Raises:
        DynsurError: A file is damaged or cannot be written.
    """
    found = gather(folder, trials, published, data)
    write_json(folder / "reproduction.json", found)
    words = {name: f"{name} protocol" for name in (PUBLISHED, OWN)} | {BASELINE: BASELINE}
    drawn = _figures(folder, trials, found, data, words, measured)
    page = render(
        "reproduce.html",
        found=found,
        columns=[PUBLISHED, *found["accuracy"]],
        headings={PUBLISHED: f"dataset {found['datasets'][PUBLISHED]}",
                  OWN: f"dataset {found['datasets'][OWN]}"},
        rows=accuracy_rows(found),
        runs=_run_rows(found),
        times=_time_rows(found["times"]),
        setups={
            trial.protocol: _setup_rows(trial)
            for trial in trials if trial.run == 0 and trial.share == 1
        },
        figures=save_figures(folder, drawn),
    )  # fmt: skip
    write_page(folder / "report.html", page)


def accuracy_rows(found: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Return a row for each metric: the published value, then mean ± sd of each predictor."""
    rows = []
    for metric, name in METRICS.items():
        cells = [spread(summaries[metric]) for summaries in found["accuracy"].values()]
        rows.append((name, [number(found["published"].get(metric)), *cells]))
    return rows


def spread(summary: Mapping[str, Any]) -> str:
    """Return the text of a mean and a standard deviation over runs.

    >>> spread({"mean": 0.012, "sd": 5e-3}), spread({"mean": 2.5e-4, "sd": 6.25e-5})
    ('0.012 ± 0.005', '(2.5 ± 0.62) × 10⁻⁴')
    """
    mean, sd = summary["mean"], summary["sd"]
    if mean is None or sd is None:
        return number(mean if mean is None else float(f"{mean:.3g}"))
    exponent = math.floor(math.log10(abs(mean))) if mean else 0
    if -3 < exponent < 4:
        return f"{mean:.3g} ± {sd:.2g}"
    unit = 10.0**exponent
    return f"({mean / unit:.3g} ± {sd / unit:.2g}) × 10{str(exponent).translate(RAISED)}"


def _figures(
    folder: Path,
    trials: Sequence[Trial],
    found: Mapping[str, Any],
    data: "xr.Dataset",
    words: Mapping[str, str],
    measured: np.ndarray | None,
) -> dict[str, tuple["Figure", str]]:
    """Draw every figure; Figures 2 and 3 show the first run."""
    output, hidden = found["output"], found["hidden"]
    first = {t.protocol: t for t in trials if t.run == 0 and t.share == 1}
    curves = {name: predictions_of(folder, trial) for name, trial in first.items()}
    seed, n = first[OWN].setup.seed, found["split"]["test"]
    long_name = str(data[output].attrs.get("long_name", output))
    single = len(first[OWN].setup.simulator.outputs) == 1
    metric = "mse_minmax" if single else f"{output}_mse_minmax"
    runs = len(found["seeds"])
    return {
        "figure2": (
            draw.deviations_figure({words[p]: c[metric].values for p, c in curves.items()}),
            f"Figure 2: MSE of each of the {n} test simulations against the mean "
            f"(run of seed {seed}).",
        ),
        "figure3": (
            _curves(first, curves, data, words, output, measured),
            f"Figure 3: predicted against simulated {long_name} of held-out systems, chosen by "
            f"the size of their output alone (run of seed {seed}). Linear axes are kept to what "
            "was simulated; what is predicted far beyond is cut off there.",
        ),
        "figure4a": (
            draw.length_figure(found["length"], words),
            f"Figure 4a: MSE against prediction length; lines are means over {runs} runs, "
            "points the runs.",
        ),
        "figure4b": (
            draw.size_figure(found["size"], [row[-1] for row in found["length"][BASELINE]], words),
            "Figure 4b: errors against the number of training simulations, the same test "
            f"simulations and scale within a run; lines are means over {runs} runs, points the "
            "runs.",
        ),
        "hidden": (
            draw.hidden_figure(hidden["peaks"], hidden["carried"], long_name),
            f"Left: how large the {long_name} gets in the min-max scale. Right: how few test "
            f"curves the MSE of the {BASELINE} consists of (run of seed {seed}).",
        ),
    }


def _curves(
    trials: Mapping[str, Trial],
    curves: Mapping[str, "xr.Dataset"],
    data: "xr.Dataset",
    words: Mapping[str, str],
    output: str,
    measured: np.ndarray | None,
) -> "Figure":
    """Draw the largest and the median held-out curve, and the nearest one to a measured curve."""
    own, floor = curves[OWN], floor_of(trials[OWN].setup)
    inputs = trials[OWN].setup.simulator.inputs
    drive = inputs[0].name if inputs else "time"
    order = np.argsort(np.abs(own[output].values).max(axis=1))
    chosen: list[tuple[str, int, np.ndarray | None]] = [
        ("largest of the held-out curves", int(order[-1]), None),
        ("median of the held-out curves", int(order[len(order) // 2]), None),
    ]
    if measured is not None:
        index, distance = nearest_curve(measured, own[drive].values, own[output].values, floor)
        title = f"measured, and the nearest held-out curve (distance {distance:.2g})"
        chosen.append((title, index, measured))
    rows = []
    for title, index, points in chosen:
        sample = int(own["sample"][index])
        predicted = {
            words[name]: other[f"{output}_predicted"].sel(sample=sample).values
            for name, other in curves.items()
            if sample in other["sample"].values
        }
        curve = own.isel(sample=index)
        for name in (drive, output):
            curve[name].attrs.update(data[name].attrs)
        rows.append((f"{title}: sample {sample}", curve, predicted, points))
    return draw.curves_figure(rows, drive, output, floor)


def _run_rows(found: Mapping[str, Any]) -> list[tuple[Any, list[list[str]]]]:
    """Return a row for each run with MSE and MAE of every predictor."""
    return [
        (seed, [
            [number(summaries[m]["runs"][k]) for summaries in found["accuracy"].values()]
            for m in ("mse_minmax", "mae_minmax")
        ])
        for k, seed in enumerate(found["seeds"])
    ]  # fmt: skip


def _time_rows(times: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return a row for each time: its name, the published value and ours."""
    said = times["published"]
    rows = [
        (f"training, {name} protocol", said.get("training", number(None)), _seconds(found))
        for name, found in times["training"].items()
    ]
    simulation = times["simulation"]
    rows += [
        ("one simulation, median", said.get("simulation", number(None)),
         duration(simulation["median"])),
        ("one simulation, slowest", number(None), duration(simulation["slowest"])),
        ("all simulations, sum over workers", number(None), duration(simulation["all"])),
    ]  # fmt: skip
    rows += [
        (f"one predicted curve, {name} protocol", number(None), _seconds(found))
        for name, found in times["one predicted curve"].items()
    ]
    return rows


def _seconds(found: Mapping[str, Any]) -> str:
    text = duration(found["mean"])
    return text if found["sd"] is None else f"{text} ± {duration(found['sd'])}"


def _setup_rows(trial: Trial) -> dict[str, Any]:
    from ..workflow.record import describe

    described = describe(trial.setup)
    kept = {k: described[k] for k in ("experiment", "dataset", "model", "loss", "training")}
    return {name.replace("_", " "): value for name, value in flatten(kept).items()}
