"""Judge a surrogate on the held-out simulations, beside what needs no training."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..encoding.scales import Scale
from ..encoding.training_data import TrainingData
from ..errors import DynsurError
from ..surrogate.conformal import coverage_by_size
from ..surrogate.inputs import conditions
from ..systems.capabilities import known_series
from . import metrics
from .baselines import ESTIMATE, MEAN, NEIGHBOUR, _nearest
from .system_metrics import own_metrics_of_all, spread

if TYPE_CHECKING:
    import xarray as xr

    from ..surrogate.surrogate import Surrogate

UNITS = {
    "mse_minmax": ("1", "mean squared error in the training part's min-max scale"),
    "mae_minmax": ("1", "mean absolute error in the training part's min-max scale"),
    "nrmse": ("1", "RMSE / (max − min) of the curve"),
    "vrmse": ("1", "RMSE / standard deviation of the curve"),
    "log_error": ("decade", "median |Δ log₁₀| above the floor"),
    "loop_area_error": ("1", "relative error of the area of loops that fill 1 % of their box"),
    "peak_error": ("1", "relative error of the peak"),
}
PAPER = ("mse_minmax", "mae_minmax")
Curves = dict[str, np.ndarray]


def evaluate(
    surrogate: "Surrogate", data: TrainingData, store: "xr.Dataset", *, floor: float = 1e-15
) -> tuple[dict[str, Any], "xr.Dataset"]:
    """Compare prediction and simulation on the test part, at the retained instants.

    Args:
        surrogate: What to judge.
        data: Names the test samples, the training samples and the instants.
        store: The simulations.
        floor: Output below which a curve counts as zero, in the output's unit; such curves are
            counted and judged only on being predicted below it.

    Returns:
        The metrics as plain JSON values: for `model` and for each of `baselines` ("training
        mean", "nearest neighbour" in parameter space, and "closed form" where the simulator
        offers an estimate), output → metric → {mean, n} for the paper's and {median, p95, max,
        n} for the deciding ones, and `floor_curves` {n, predicted_below}; under the system's
        name its own metrics, if it has any, as {median, p5, p95, n}; beside them
        how they were measured, `seconds_per_curve` and, of a calibrated surrogate, `bands`: per
        output the share of points inside their band, of all and by size. And the predictions: per
        output the simulated, the predicted, its band and the per-curve metrics over `sample` (the
        index in the store) and `time`. With several outputs a metric's variable carries the
        output's name in front.
    """
    held, given = conditions(surrogate.simulator, store, data.test.sample, data.time_index)
    parameters, driven, instants, duration = given
    predicted = surrogate.predict(*given)
    bands = surrogate.bands(*given) if surrogate.calibration else {}
    neighbour = _nearest(surrogate.simulator, store, data)
    known = known_series(surrogate.simulator, parameters, driven, instants)
    result: dict[str, Any] = {}
    curves: Curves = {}
    drive = next(iter(driven.values())) if driven else instants
    single = len(surrogate.simulator.outputs) == 1
    guesses: dict[str, Curves] = {}
    for variable in surrogate.simulator.outputs:
        training = store[variable.name].values[data.train.sample]
        retained = training[:, data.time_index]
        true = held[variable.name].values
        candidates = {
            "model": predicted[variable.name],
            MEAN: np.broadcast_to(retained.mean(axis=0), true.shape),
            NEIGHBOUR: retained[neighbour],
            **({ESTIMATE: known[variable.name]} if variable.name in known else {}),
        }
        scale = Scale.fit(variable.name, training)
        judged = {
            name: judge(guess, true, drive, scale, floor) for name, guess in candidates.items()
        }
        for name, rows in judged.items():
            summaries = result.setdefault(name, {})
            summaries[variable.name] = summarise(rows, candidates[name], true, floor)
        for name, guess in candidates.items():
            guesses.setdefault(name, {})[variable.name] = guess
        prefix = "" if single else f"{variable.name}_"
        curves |= {f"{prefix}{metric}": values for metric, values in judged["model"].items()}
    own = own_metrics_of_all(surrogate.simulator, guesses, held, instants)
    for name, found in own.items():
        result[name] |= {surrogate.simulator.name: {m.name: spread(v) for m, v in found.items()}}
    summary = {
        **_circumstances(surrogate, data, store, floor),
        "model": result.pop("model"),
        "baselines": result,
        **_coverage(surrogate, bands, predicted, held),
        "seconds_per_curve": _seconds(surrogate, parameters, driven, instants, duration, store),
    }
    predictions = _predictions(surrogate, data, held, predicted, bands, curves, floor)
    for metric, values in own.get("model", {}).items():
        predictions[metric.name] = ("sample", values, {**metric.attrs, "role": "own metric"})
    return summary, predictions


def judge(
    predicted: np.ndarray, simulated: np.ndarray, drive: np.ndarray, scale: Scale, floor: float
) -> Curves:
    """Return every metric per curve, shape [n].

    The deciding metrics are NaN for curves that stay below the floor.

    Args:
        predicted: [n, time], physical.
        simulated: [n, time], physical.
        drive: What the loops are drawn over, [n, time].
        scale: The min-max scale of the paper's numbers.
        floor: In the output's unit.
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
    """Reduce per-curve metrics to a mean (the paper's) or median, p95 and max (deciding)."""
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
    """Return how many held-out points lie inside their band; nothing without bands."""
    if not bands:
        return {}
    scales = {scale.name: scale for scale in surrogate.encoding.outputs}
    found = {
        calibration.name: {
            "nominal": calibration.coverage,
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


def _seconds(
    surrogate: "Surrogate",
    parameters: Mapping[str, np.ndarray],
    driven: Mapping[str, np.ndarray],
    instants: np.ndarray,
    duration: np.ndarray | None,
    store: "xr.Dataset",
) -> dict[str, float | None]:
    """Time the surrogate per curve, in s, beside the median simulation on the same store."""

    def seconds(count: int, repeats: int) -> float:
        best = float("inf")
        for _ in range(repeats):
            started = time.perf_counter()
            surrogate.predict(
                {name: values[:count] for name, values in parameters.items()},
                {name: values[:count] for name, values in driven.items()},
                instants[:count],
                None if duration is None else duration[:count],
            )
            best = min(best, time.perf_counter() - started)
        return best / count

    size = len(instants)
    wall = store["wall_time"].values if "wall_time" in store else np.array([np.nan])
    known = wall[np.isfinite(wall)]
    return {
        "surrogate, one curve": seconds(1, 5),
        f"surrogate, batch of {size}": seconds(size, 2),
        "simulation, median": float(np.median(known)) if known.size else None,
    }


def _predictions(
    surrogate: "Surrogate",
    data: TrainingData,
    held: "xr.Dataset",
    predicted: Curves,
    bands: dict[str, tuple[np.ndarray, np.ndarray]],
    curves: Curves,
    floor: float,
) -> "xr.Dataset":
    import xarray as xr

    simulator = surrogate.simulator
    names = ["time", *(v.name for v in (*simulator.inputs, *simulator.outputs))]
    names += list(simulator.space.names)
    variables: dict[str, Any] = {
        name: (held[name].dims, held[name].values, held[name].attrs) for name in names
    }
    for v in simulator.outputs:
        if not np.isfinite(predicted[v.name]).all():
            raise DynsurError(f"the surrogate's prediction of '{v.name}' is not finite.")
        attrs = {
            **held[v.name].attrs,
            "long_name": f"predicted {v.long_name or v.name}",
            "role": "prediction",
        }
        variables[f"{v.name}_predicted"] = (("sample", "time"), predicted[v.name], attrs)
        for end, values in zip(("low", "high"), bands.get(v.name, ()), strict=False):
            what = f"{end} end of the band of {v.long_name or v.name}"
            attrs = {"units": v.units, "long_name": what, "role": "band"}
            variables[f"{v.name}_{end}"] = (("sample", "time"), values, attrs)
    for name, values in curves.items():
        units, meaning = next(UNITS[key] for key in UNITS if name.endswith(key))
        attrs = {"units": units, "long_name": meaning, "role": "metric"}
        variables[name] = ("sample", values, attrs)
    index = {"long_name": "index in the store", "units": "1"}
    return xr.Dataset(
        variables,
        coords={"sample": ("sample", data.test.sample, index)},
        attrs={"system": simulator.name, "floor": floor},
    )
