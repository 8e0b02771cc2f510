"""Evaluate a surrogate and baselines on held-out simulations."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..encoding.scales import Scale
from ..encoding.training_data import TrainingData
from ..surrogate.conformal import coverage_by_size
from ..surrogate.inputs import conditions
from ..systems.simulator import Simulator
from . import metrics
from .baselines import baselines
from .merit_errors import judge_merits
from .metrics import FLOOR
from .predictions import UNITS, predictions_dataset
from .system_metrics import own_metrics_of_all, spread
from .timing import seconds_per_curve

if TYPE_CHECKING:
    import xarray as xr

    from ..surrogate.surrogate import Surrogate

PAPER = ("mse_minmax", "mae_minmax")
Curves = dict[str, np.ndarray]


def evaluate(
    surrogate: "Surrogate", data: TrainingData, store: "xr.Dataset", *, floor: float = FLOOR
) -> tuple[dict[str, Any], "xr.Dataset"]:
    """Compare predictions and simulations of the test part at the retained instants.

    Args:
        surrogate: The surrogate.
        data: Gives the test samples, the training samples and the instants.
        store: The simulations.
        floor: Output below which a curve counts as zero, in the output's unit. Such curves are
            counted, and it is only checked whether they are predicted below it.

    Returns:
        The metrics as plain JSON values: for `model` and for each of `baselines` ("training
        mean", "nearest neighbour" in parameter space, and "coarse solve" and "closed form" where
        the simulator offers them), output → metric → {mean, n} for the paper's and {median, p95,
        max, n} for the deciding ones, `loops` {n, kept} and `floor_curves` {n, predicted_below};
        under the system's name its own metrics, if it has any, as {median, p5, p95, n}; beside them
        how they were measured, `seconds_per_curve` and, of a calibrated surrogate, `bands`: per
        output the share of points inside their band, of all and by size. Under `merits` stand the
        errors and bands of figures of merit, see `judge_merits`. And the predictions: per
        output the simulated, the predicted, its band and the per-curve metrics over `sample` (the
        index in the store) and `time`. With several outputs a metric's variable carries the
        output's name in front.
    """
    whole, given = conditions(surrogate.simulator, store, data.test.sample)
    held, at = whole.isel(time=data.time_index), data.time_index
    everywhere = surrogate.predict(*given)
    predicted = {name: rows[:, at] for name, rows in everywhere.items()}
    bands = {
        name: (low[:, at], high[:, at])
        for name, (low, high) in (surrogate.bands(*given) if surrogate.calibration else {}).items()
    }
    guesses = {"model": predicted, **baselines(surrogate.simulator, data, store, given)}
    summaries, curves = _judge_all(surrogate.simulator, guesses, data, store, held, floor)
    own = own_metrics_of_all(surrogate.simulator, guesses, held, held["time"].values)
    for name, judged in own.items():
        of_system = {metric.name: spread(values) for metric, values in judged.items()}
        summaries[name] |= {surrogate.simulator.name: of_system}
    summary = {
        **_circumstances(surrogate, data, store, floor),
        "model": summaries.pop("model"),
        "baselines": summaries,
        **_coverage(surrogate, bands, predicted, held),
        "merits": judge_merits(surrogate, data, store, everywhere),
        "seconds_per_curve": seconds_per_curve(surrogate, given, store),
    }
    predictions = predictions_dataset(surrogate, data, held, predicted, bands, curves, floor)
    for metric, values in own.get("model", {}).items():
        predictions[metric.name] = ("sample", values, {**metric.attrs, "role": "own metric"})
    return summary, predictions


def _judge_all(
    simulator: Simulator,
    guesses: Mapping[str, Mapping[str, np.ndarray]],
    data: TrainingData,
    store: "xr.Dataset",
    held: "xr.Dataset",
    floor: float,
) -> tuple[dict[str, Any], Curves]:
    """Return the summaries of each predictor by output, and the model's metrics by curve."""
    driven = bool(simulator.inputs)
    drive = held[simulator.inputs[0].name].values if driven else np.zeros_like(held["time"].values)
    summaries: dict[str, Any] = {name: {} for name in guesses}
    curves: Curves = {}
    for variable in simulator.outputs:
        true = held[variable.name].values
        scale = Scale.fit(variable.name, store[variable.name].values[data.train.sample])
        for name, guess in guesses.items():
            if variable.name not in guess:
                continue
            rows = judge(guess[variable.name], true, drive, scale, floor)
            summaries[name][variable.name] = summarise(rows, guess[variable.name], true, floor)
            if name == "model":
                prefix = "" if len(simulator.outputs) == 1 else f"{variable.name}_"
                curves |= {f"{prefix}{metric}": values for metric, values in rows.items()}
    return summaries, curves


def judge(
    predicted: np.ndarray, simulated: np.ndarray, drive: np.ndarray, scale: Scale, floor: float
) -> Curves:
    """Return every metric of each curve, shape [n].

    The deciding metrics are NaN for curves that stay below the floor.

    Args:
        predicted: Predicted curves [n, time], in physical units.
        simulated: Simulated curves [n, time], in physical units.
        drive: Abscissa of the loops, [n, time].
        scale: The min-max scale of the paper's metrics.
        floor: Output below which a curve counts as zero, in the output's unit.
    """
    error = scale.forward(predicted) - scale.forward(simulated)
    deciding = {
        "nrmse": metrics.nrmse(predicted, simulated),
        "vrmse": metrics.vrmse(predicted, simulated),
        "log_error": metrics.log_error(predicted, simulated, floor),
        "loop_area_error": metrics.loop_area_error(predicted, simulated, drive),
        "peak_error": metrics.peak_error(predicted, simulated),
    }
    below = np.abs(simulated).max(axis=1) <= floor
    return {
        "mse_minmax": (error**2).mean(axis=1),
        "mae_minmax": np.abs(error).mean(axis=1),
        **{name: np.where(below, np.nan, values) for name, values in deciding.items()},
    }


def summarise(
    rows: Curves, predicted: np.ndarray, simulated: np.ndarray, floor: float
) -> dict[str, Any]:
    """Reduce the metrics of all curves to summaries.

    The paper's metrics are averaged; the deciding ones get median, p95 and max.
    """
    result: dict[str, Any] = {}
    for name, values in rows.items():
        known = values[np.isfinite(values)]
        if name in PAPER:
            result[name] = {"mean": float(values.mean()), "n": int(values.size)}
        elif known.size:
            median, high = np.quantile(known, [0.5, 0.95])
            result[name] = {
                "median": float(median),
                "p95": float(high),
                "max": float(known.max()),
                "n": int(known.size),
            }
        else:
            result[name] = {"median": None, "p95": None, "max": None, "n": 0}
    areas = rows["loop_area_error"][np.isfinite(rows["loop_area_error"])]
    result["loops"] = {"n": int(areas.size), "kept": int((areas <= metrics.KEPT).sum())}
    below = np.abs(simulated).max(axis=1) <= floor
    found = np.abs(predicted).max(axis=1) <= floor
    result["floor_curves"] = {
        "n": int(below.sum()),
        "predicted_below": int((below & found).sum()),
    }
    return result


def _coverage(
    surrogate: "Surrogate",
    bands: dict[str, tuple[np.ndarray, np.ndarray]],
    predicted: Curves,
    held: "xr.Dataset",
) -> dict[str, Any]:
    """Return the share of held-out points inside their band; empty without bands."""
    if not bands:
        return {}
    scales = {scale.name: scale for scale in surrogate.encoding.outputs}
    found = {
        calibration.name: {
            "nominal": calibration.coverage,
            "scale": scales[calibration.name].kind,
            **coverage_by_size(
                scales[calibration.name],
                *bands[calibration.name],
                predicted[calibration.name],
                held[calibration.name].values,
            ),
        }
        for calibration in surrogate.calibration
    }
    return {"bands": found}


def _circumstances(
    surrogate: "Surrogate", data: TrainingData, store: "xr.Dataset", floor: float
) -> dict[str, Any]:
    return {
        "system": surrogate.simulator.name,
        "base": surrogate.encoding.base,
        "n": len(data.test),
        "split": {
            "train": len(data.train),
            "validation": len(data.validation),
            "test": len(data.test),
            "by": "simulation",
        },
        "seed": surrogate.provenance.get("seed", store.attrs.get("seed")),
        "floor": floor,
        "instants": len(data.time_index),
        "norm": {name: meaning for name, (_, meaning) in UNITS.items()},
    }
