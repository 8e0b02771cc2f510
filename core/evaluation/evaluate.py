"""Evaluate a surrogate and baselines on held-out simulations."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..encoding.scales import Scale
from ..encoding.training_data import TrainingData
from ..surrogate.inputs import conditions
from ..systems.simulator import Simulator
from .baselines import baselines
from .free_run import evaluate_on_pieces
from .judging import Curves, circumstances, coverage, judge, summarise
from .merit_errors import judge_merits
from .metrics import FLOOR
from .predictions import predictions_dataset
from .system_metrics import own_metrics_of_all, spread
from .timing import seconds_per_curve

if TYPE_CHECKING:
    import xarray as xr

    from ..surrogate.surrogate import Surrogate


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
    if data.sequences is not None:
        return evaluate_on_pieces(surrogate, data, store, floor)
    whole, given = conditions(surrogate.simulator, store, data.test.sample)
    held, at = whole.isel(time=data.time_index), data.time_index
    everywhere = surrogate.predict(*given)
    predicted = {name: rows[:, at] for name, rows in everywhere.items()}
    bands = {
        name: (low[:, at], high[:, at])
        for name, (low, high) in (surrogate.bands(*given) if surrogate.calibration else {}).items()
    }
    untrained, seconds = baselines(surrogate.simulator, data, store, given)
    guesses = {"model": predicted, **untrained}
    summaries, curves = _judge_all(surrogate.simulator, guesses, data, store, held, floor)
    own = own_metrics_of_all(surrogate.simulator, guesses, held, held["time"].values)
    for name, judged in own.items():
        of_system = {metric.name: spread(values) for metric, values in judged.items()}
        summaries[name] |= {surrogate.simulator.name: of_system}
    summary = {
        **circumstances(surrogate, data, store, floor),
        "model": summaries.pop("model"),
        "baselines": summaries,
        **coverage(surrogate, bands, predicted, {n: held[n].values for n in predicted}),
        "merits": judge_merits(surrogate, data, store, everywhere),
        "seconds_per_curve": {**seconds_per_curve(surrogate, given, store), **seconds},
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
