"""Judge curves by every metric, and reduce the metrics of all curves to summaries."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..encoding.scales import Scale
from ..encoding.training_data import TrainingData
from ..surrogate.conformal import coverage_by_size
from . import metrics
from .predictions import UNITS

if TYPE_CHECKING:
    import xarray as xr

    from ..surrogate.surrogate import Surrogate

PAPER = ("mse_minmax", "mae_minmax")
Curves = dict[str, np.ndarray]


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


def coverage(
    surrogate: "Surrogate",
    bands: Mapping[str, tuple[np.ndarray, np.ndarray]],
    predicted: Mapping[str, np.ndarray],
    true: Mapping[str, np.ndarray],
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
                true[calibration.name],
            ),
        }
        for calibration in surrogate.calibration
    }
    return {"bands": found}


def circumstances(
    surrogate: "Surrogate", data: TrainingData, store: "xr.Dataset", floor: float
) -> dict[str, Any]:
    """Return how an evaluation was done, as plain JSON values."""
    return {
        "system": surrogate.simulator.name,
        "base": surrogate.encoding.base,
        "n": len(data.test),
        "split": {
            "train": len(data.train),
            "validation": len(data.validation),
            "test": len(data.test),
            "by": "simulation" if data.sequences is None else "piece",
        },
        "seed": surrogate.provenance.get("seed", store.attrs.get("seed")),
        "floor": floor,
        "instants": len(data.time_index),
        "norm": {name: meaning for name, (_, meaning) in UNITS.items()},
    }
