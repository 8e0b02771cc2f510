"""Run a model freely over pieces of records, and judge it there."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..encoding.scales import Scale
from ..encoding.training_data import Piece, TrainingData
from ..merits import READ
from ..resampling import padded
from ..surrogate.applicability import Drives, Familiarity
from ..surrogate.conformal import Calibration, bands_of, spread_of
from ..surrogate.inputs import Conditions
from ..systems.simulator import Simulator
from .judging import circumstances, coverage, judge, summarise
from .metrics import rmse
from .predictions import predictions_dataset
from .timing import seconds_per_curve

if TYPE_CHECKING:
    import xarray as xr

    from ..surrogate.surrogate import Surrogate

Columns = Mapping[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class FreeRun:
    """What was measured in a piece of a record, and what a model made of its inputs.

    Args:
        piece: Which samples.
        given: Its parameters, inputs and instants, with an axis of one system.
        true: The measured outputs by name, each of shape [time], NaN where missing.
        members: The outputs of each member of the model by name.
        middle: Those of the model.
        counts: Where errors count: beyond the washout, and where every output is known.
    """

    piece: Piece
    given: Conditions
    true: dict[str, np.ndarray]
    members: list[dict[str, np.ndarray]]
    middle: dict[str, np.ndarray]
    counts: np.ndarray


def free_runs(
    surrogate: "Surrogate", store: "xr.Dataset", pieces: Sequence[Piece]
) -> list[FreeRun]:
    """Run a model of records over pieces; only their first `washout` outputs are shown to it.

    Args:
        surrogate: A model that steps in time.
        store: The records.
        pieces: Samples of them.
    """
    return [_free_run(surrogate, store, piece) for piece in pieces]


def _free_run(surrogate: "Surrogate", store: "xr.Dataset", piece: Piece) -> FreeRun:
    given, true = piece_of(surrogate.simulator, store, piece, surrogate.step)
    first = np.arange(len(piece)) < surrogate.washout
    shown = {name: np.where(first, column, np.nan)[None] for name, column in true.items()}
    each, decode = surrogate.run(given, shown if surrogate.washout else None)
    members = [_only(decode(member)) for member in each]
    known = np.all([np.isfinite(column) for column in true.values()], axis=0)
    return FreeRun(piece, given, true, members, _only(decode(each.mean(axis=0))), known & ~first)


def piece_of(
    simulator: Simulator, store: "xr.Dataset", piece: Piece, step: float
) -> tuple[Conditions, dict[str, np.ndarray]]:
    """Return what drove a piece of a record, and what was measured, each output [time].

    Args:
        simulator: Names the variables and parameters.
        store: The records.
        piece: The samples.
        step: Their interval, in s.
    """
    held = store.isel(sample=piece.record, time=slice(piece.start, piece.stop)).load()
    parameters = {p.name: np.atleast_1d(held[p.name].values) for p in simulator.space}
    series = {v.name: held[v.name].values[None] for v in simulator.inputs}
    time = step * np.arange(len(piece))[None]
    true = {v.name: np.asarray(held[v.name].values, float) for v in simulator.outputs}
    return Conditions(parameters, series, time, None), true


def calibrated_on_pieces(
    surrogate: "Surrogate", data: TrainingData, store: "xr.Dataset"
) -> "Surrogate":
    """Return a model of records with bands fitted on free runs over the validation part.

    Its domain are the ranges of the parameters and inputs in the training part; a record may last
    any time. See `calibrated`.
    """
    assert data.sequences is not None
    runs = free_runs(surrogate, store, data.sequences.validation)

    def rows(columns: Sequence[np.ndarray]) -> np.ndarray:
        """Return the counted values of all pieces as so many rows of one length."""
        flat = np.concatenate([c[run.counts] for c, run in zip(columns, runs, strict=True)])
        return flat[: flat.size - flat.size % len(runs)].reshape(len(runs), -1)

    calibration = []
    for scale in surrogate.encoding.outputs:
        name = scale.name
        members = [
            {name: rows([run.members[k][name] for run in runs])}
            for k in range(len(runs[0].members))
        ]
        middle, true = ([getattr(r, kind)[name] for r in runs] for kind in ("middle", "true"))
        calibration.append(
            Calibration.fit(scale, rows(middle), spread_of(scale, members), rows(true))
        )
    return dataclasses.replace(
        surrogate,
        calibration=tuple(calibration),
        familiarity=_familiarity(surrogate, data, store),
    )


def _familiarity(surrogate: "Surrogate", data: TrainingData, store: "xr.Dataset") -> Familiarity:
    held = store.isel(sample=np.unique(data.train.sample))
    ranges = tuple(
        (p.name, float(held[p.name].min()), float(held[p.name].max()))
        for p in surrogate.simulator.space
        if p.seen
    )
    drives = tuple(
        Drives.within(scale.name, scale.inverse(data.train.series[..., k]))
        for k, scale in enumerate(surrogate.encoding.series)
    )
    return Familiarity(ranges, drives)


def evaluate_on_pieces(
    surrogate: "Surrogate", data: TrainingData, store: "xr.Dataset", floor: float
) -> tuple[dict[str, Any], "xr.Dataset"]:
    """Judge a model of records in free run over the pieces of the test part.

    Args:
        surrogate: The model.
        data: The pieces.
        store: The records.
        floor: Output below which a curve counts as zero, in the output's unit.

    Returns:
        The metrics and the predictions as `evaluate` does. Under an output stands in addition
        `rmse`, in its unit, of all counted samples and of each piece; under `pieces` which those
        are. The baseline is the mean of the training part.
    """
    assert data.sequences is not None
    runs = free_runs(surrogate, store, data.sequences.test)
    bands = [_bands(surrogate, run) for run in runs]
    guesses = {
        "model": [run.middle for run in runs],
        "training mean": [_mean(surrogate.simulator, data, store, run) for run in runs],
    }
    summaries: dict[str, Any] = {name: {} for name in guesses}
    curves: dict[str, np.ndarray] = {}
    for variable in surrogate.simulator.outputs:
        scale = next(s for s in surrogate.encoding.outputs if s.name == variable.name)
        for name, guess in guesses.items():
            predicted = [outputs[variable.name] for outputs in guess]
            rows, whole = _judged(runs, predicted, variable.name, scale, floor)
            summary = summarise(rows, *whole, floor)
            summaries[name][variable.name] = {
                **summary, "rmse": _rmse(runs, predicted, variable.name, variable.units)
            }  # fmt: skip
            if name == "model":
                prefix = "" if len(surrogate.simulator.outputs) == 1 else f"{variable.name}_"
                curves |= {f"{prefix}{metric}": values for metric, values in rows.items()}
    held = _held(surrogate.simulator, runs)
    joined = {v.name: padded([r.middle[v.name] for r in runs]) for v in surrogate.simulator.outputs}
    ends = {name: tuple(padded([b[name][k] for b in bands]) for k in (0, 1)) for name in bands[0]}
    summary = {
        **circumstances(surrogate, data, store, floor),
        "washout": data.sequences.washout,
        "pieces": [dataclasses.asdict(run.piece) for run in runs],
        "model": summaries.pop("model"),
        "baselines": summaries,
        **coverage(surrogate, *_counted(runs, bands)),
        "merits": {"read": READ, "of": {}},
        "seconds_per_curve": seconds_per_curve(surrogate, runs[0].given, store),
    }
    predictions = predictions_dataset(surrogate, data, held, joined, ends, curves, floor)  # type: ignore[arg-type]
    return summary, predictions


def _only(outputs: Columns) -> dict[str, np.ndarray]:
    return {name: rows[0] for name, rows in outputs.items()}


def _bands(surrogate: "Surrogate", run: FreeRun) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    middle = {name: row[None] for name, row in run.middle.items()}
    members = [{name: row[None] for name, row in member.items()} for member in run.members]
    found = bands_of(surrogate.calibration, surrogate.encoding.outputs, middle, members)
    return {name: (low[0], high[0]) for name, (low, high) in found.items()}


def _mean(
    simulator: Simulator, data: TrainingData, store: "xr.Dataset", run: FreeRun
) -> dict[str, np.ndarray]:
    assert data.sequences is not None
    means = {}
    for v in simulator.outputs:
        values = store[v.name].values
        known = np.concatenate([values[p.record, p.start : p.stop] for p in data.sequences.train])
        means[v.name] = np.full(len(run.piece), float(np.nanmean(known)))
    return means


def _judged(
    runs: Sequence[FreeRun],
    predicted: Sequence[np.ndarray],
    name: str,
    scale: Scale,
    floor: float,
) -> tuple[dict[str, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return every metric of each piece, and the counted curves, padded with zeros."""
    rows: dict[str, list[np.ndarray]] = {}
    for run, guess in zip(runs, predicted, strict=True):
        drive = next(iter(run.given.series.values()))[:, run.counts]
        judged = judge(
            guess[None, run.counts], run.true[name][None, run.counts], drive, scale, floor
        )
        for metric, values in judged.items():
            rows.setdefault(metric, []).append(values)
    whole = tuple(
        np.nan_to_num(padded([c[run.counts] for c, run in zip(kind, runs, strict=True)]))
        for kind in (predicted, [run.true[name] for run in runs])
    )
    return {metric: np.concatenate(values) for metric, values in rows.items()}, whole  # type: ignore[return-value]


def _rmse(
    runs: Sequence[FreeRun], predicted: Sequence[np.ndarray], name: str, units: str
) -> dict[str, Any]:
    pairs = [
        (guess[None, run.counts], run.true[name][None, run.counts])
        for run, guess in zip(runs, predicted, strict=True)
    ]
    each = [float(rmse(*pair)[0]) for pair in pairs]
    joined = (np.concatenate(side, axis=1) for side in zip(*pairs, strict=True))
    return {"units": units, "all": float(rmse(*joined)[0]), "each": each}


def _counted(
    runs: Sequence[FreeRun], bands: Sequence[Mapping[str, tuple[np.ndarray, np.ndarray]]]
) -> tuple[Any, Any, Any]:
    """Return bands, predictions and measured outputs by name, each [1, counted sample]."""

    def joined(rows: Sequence[np.ndarray]) -> np.ndarray:
        return np.concatenate([r[run.counts] for r, run in zip(rows, runs, strict=True)])[None]

    names = runs[0].true
    ends = {n: tuple(joined([b[n][k] for b in bands]) for k in (0, 1)) for n in bands[0]}
    middle = {n: joined([run.middle[n] for run in runs]) for n in names}
    return ends, middle, {n: joined([run.true[n] for run in runs]) for n in names}


def _held(simulator: Simulator, runs: Sequence[FreeRun]) -> "xr.Dataset":
    """Return the measured pieces as a dataset over `sample` and `time`, padded with NaN."""
    import xarray as xr

    from ..store.schema import layout

    columns = layout(simulator)
    series = {"time": [run.given.time[0] for run in runs]}
    series |= {v.name: [run.given.series[v.name][0] for run in runs] for v in simulator.inputs}
    series |= {v.name: [run.true[v.name] for run in runs] for v in simulator.outputs}
    found: dict[str, Any] = {
        name: (("sample", "time"), padded(rows), columns[name].attrs)
        for name, rows in series.items()
    }
    for p in simulator.space:
        values = np.array([run.given.parameters[p.name][0] for run in runs])
        found[p.name] = ("sample", values, columns[p.name].attrs)
    return xr.Dataset(found)
