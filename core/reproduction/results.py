"""Gather the numbers of a reproduction from the folders of its trainings."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..encoding.scales import Scale
from ..evaluation.predictions import open_predictions
from ..files import read_json
from ..registry.interfaces import Published
from ..store.samples import finished
from .protocol import Trial

if TYPE_CHECKING:
    import xarray as xr

SUMMARIES = {"mse_minmax": "mean", "mae_minmax": "mean", "log_error": "median", "nrmse": "median"}
LENGTHS = tuple(range(10, 101, 10))  # per cent of the retained instants
BASELINE = "training mean"


def gather(
    folder: Path, trials: Sequence[Trial], published: Published, data: "xr.Dataset"
) -> dict[str, Any]:
    """Return all numbers of a reproduction as plain JSON values.

    Args:
        folder: Folder of the trials.
        trials: The trainings, all of which are done.
        published: The published results.
        data: The simulations.

    Returns:
        The settings of the reproduction; `accuracy` as predictor → metric → {mean, sd, runs};
        `length` and `size` as predictor → errors with a row for each run; `times`; and `hidden`,
        the curves that are small in the min-max scale.
    """
    output = trials[0].setup.simulator.outputs[0].name
    whole = [trial for trial in trials if trial.share == 1]
    metrics = {trial.name: read_json(folder / trial.name / "metrics.json") for trial in trials}
    squared = _squared_errors(folder, trials, data, output)
    first = metrics[whole[0].name]
    return {
        "system": trials[0].setup.simulator.name,
        "output": output,
        "samples": trials[0].setup.samples,
        "finished": finished(data).sizes["sample"],
        "split": first["split"],
        "instants": first["instants"],
        "seeds": sorted({trial.setup.seed for trial in whole}),
        "datasets": {trial.protocol: trial.setup.dataset.name for trial in whole},
        "published": {"source": published.source, **published.figures},
        "accuracy": _accuracy(whole, metrics, output),
        "length": _by_length(whole, squared),
        "size": _by_size(trials, metrics, squared, output),
        "times": _times(folder, whole, metrics, data, published),
        "hidden": _hidden(data, output, squared[whole[0].name, BASELINE]),
    }


def summary(values: Sequence[float | None]) -> dict[str, Any]:
    """Return mean and standard deviation of the runs' values without missing ones.

    >>> summary([1.0, 3.0, None])
    {'mean': 2.0, 'sd': 1.4142135623730951, 'runs': [1.0, 3.0, None]}
    """
    known = [value for value in values if value is not None]
    return {
        "mean": float(np.mean(known)) if known else None,
        "sd": float(np.std(known, ddof=1)) if len(known) > 1 else None,
        "runs": list(values),
    }


def predictions_of(folder: Path, trial: Trial) -> "xr.Dataset":
    """Open the test curves that the evaluation of a trial has written."""
    return open_predictions(folder / trial.name)


def _accuracy(
    whole: Sequence[Trial], metrics: dict[str, Any], output: str
) -> dict[str, dict[str, Any]]:
    """Summarise the metrics of each predictor over the runs.

    The baselines are those of the first protocol.
    """
    runs: dict[str, list[dict[str, Any]]] = {}
    for trial in whole:
        runs.setdefault(trial.protocol, []).append(metrics[trial.name]["model"][output])
    for trial in whole:
        if trial.protocol == whole[0].protocol:
            for name, found in metrics[trial.name]["baselines"].items():
                runs.setdefault(name, []).append(found[output])
    return {
        name: {
            metric: summary([row[metric][kind] for row in rows])
            for metric, kind in SUMMARIES.items()
        }
        for name, rows in runs.items()
    }


def _squared_errors(
    folder: Path, trials: Sequence[Trial], data: "xr.Dataset", output: str
) -> dict[tuple[str, str], np.ndarray]:
    """Return the squared errors [curve, instant] in the min-max scale, by trial and predictor.

    All errors of a run, those of trainings on a share included, are in the scale of the whole
    training part and are compared with its mean.
    """
    found = {}
    prepared: dict[tuple[str, int], tuple[Scale, np.ndarray]] = {}
    for trial in sorted(trials, key=lambda t: -t.share):
        run = (trial.protocol, trial.run)
        if run not in prepared:
            parts = trial.setup.dataset.prepare(data, trial.setup.simulator, trial.setup.seed)
            training = data[output].values[parts.train.sample]
            mean = training[:, parts.time_index].mean(axis=0)
            prepared[run] = (Scale.fit(output, training), mean)
        scale, mean = prepared[run]
        curves = predictions_of(folder, trial)
        true = scale.forward(curves[output].values)
        guess = scale.forward(curves[f"{output}_predicted"].values)
        found[trial.name, "model"] = (guess - true) ** 2
        found[trial.name, BASELINE] = (scale.forward(mean) - true) ** 2
    return found


def _by_length(
    whole: Sequence[Trial], squared: dict[tuple[str, str], np.ndarray]
) -> dict[str, Any]:
    """Return the MSE over the first instants of each predictor, [run, length]."""

    def row(errors: np.ndarray) -> list[float]:
        last = [max(1, round(share / 100 * errors.shape[1])) for share in LENGTHS]
        return [float(errors[:, :stop].mean()) for stop in last]

    found: dict[str, Any] = {"percent": list(LENGTHS)}
    for trial in whole:
        found.setdefault(trial.protocol, []).append(row(squared[trial.name, "model"]))
        if trial.protocol == whole[0].protocol:
            found.setdefault(BASELINE, []).append(row(squared[trial.name, BASELINE]))
    return found


def _by_size(
    trials: Sequence[Trial],
    metrics: dict[str, Any],
    squared: dict[tuple[str, str], np.ndarray],
    output: str,
) -> dict[str, Any]:
    """Return MSE and median log error of the runs, by protocol and number of simulations."""
    found: dict[str, Any] = {}
    for trial in sorted(trials, key=lambda t: (t.share, t.run)):
        split = metrics[trial.name]["split"]
        size = str(split["train"] + split["validation"])
        errors = found.setdefault(trial.protocol, {}).setdefault(size, {"mse": [], "log_error": []})
        errors["mse"].append(float(squared[trial.name, "model"].mean()))
        errors["log_error"].append(metrics[trial.name]["model"][output]["log_error"]["median"])
    return found


def _times(
    folder: Path,
    whole: Sequence[Trial],
    metrics: dict[str, Any],
    data: "xr.Dataset",
    published: Published,
) -> dict[str, Any]:
    """Return the published times and our measured times in s."""
    training: dict[str, list[float]] = {}
    curve: dict[str, list[float]] = {}
    for trial in whole:
        history = read_json(folder / trial.name / "history.json")
        training.setdefault(trial.protocol, []).append(sum(row["seconds"] for row in history))
        speed = metrics[trial.name]["seconds_per_curve"]
        curve.setdefault(trial.protocol, []).append(speed["surrogate, one curve"])
    wall = finished(data)["wall_time"].values
    return {
        "published": dict(published.times),
        "training": {name: summary(values) for name, values in training.items()},
        "one predicted curve": {name: summary(values) for name, values in curve.items()},
        "simulation": {
            "median": float(np.median(wall)),
            "slowest": float(wall.max()),
            "all": float(wall.sum()),
        },
    }


def _hidden(data: "xr.Dataset", output: str, squared: np.ndarray) -> dict[str, Any]:
    """Return the peaks of curves in the min-max scale and their shares of the error.

    Args:
        data: The simulations.
        output: Name of the output.
        squared: Squared errors of the training mean in the first run, [curve, instant].
    """
    curves = finished(data)[output].values
    peaks = np.abs(curves).max(axis=1) / np.ptp(curves)
    carried = np.sort(squared.mean(axis=1))[::-1]
    return {
        "peaks": np.sort(peaks).tolist(),
        "below a thousandth": float((peaks < 1e-3).mean()),
        "carried": (np.cumsum(carried) / carried.sum()).tolist() if carried.sum() > 0 else [],
    }
