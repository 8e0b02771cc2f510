"""Read the finished samples of a store and encode them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from dynsur.core import (
    PHASE,
    DynsurError,
    Encoding,
    Simulator,
    Split,
    Status,
    TrainingData,
    base_series,
    known_features,
)

from .splits import Parts

if TYPE_CHECKING:
    import xarray as xr


ALIKE = 0.01  # of the duration, by which the same sample of two records may be off
Columns = dict[str, np.ndarray]


def refuse_uneven(store: "xr.Dataset", name: str) -> None:
    """Refuse records that have no common phases, or missing points.

    Args:
        store: Simulations, which have neither, or records.
        name: The dataset, for the message.

    Raises:
        DynsurError: Records are of unequal length, lack points or have clocks of their own.
    """
    if "length" not in store.variables:
        return
    lengths = store["length"].values
    outputs = [n for n in store.data_vars if store[n].attrs.get("role") == "output"]
    if lengths.min() < lengths.max():
        told = f"are of {lengths.min()} to {lengths.max()} samples"
    elif not all(np.isfinite(store[n].values).all() for n in outputs):
        told = "lack points"
    else:
        phase = store["time"].values / store["time"].values[:, -1:]
        if np.ptp(phase, axis=0).max() <= ALIKE:
            return
        told = "have clocks of their own"
    raise DynsurError(
        f"the records {told}, and the dataset '{name}' needs the same phases of all; choose "
        "--set dataset=windows, or import them with --resample SECONDS."
    )


def parameter_columns(store: "xr.Dataset", simulator: Simulator) -> Columns:
    """Return the sampled parameters that models see by name, each of shape [sample].

    Fixed parameters are left out unless there are no others.
    """
    return {p.name: store[p.name].values for p in simulator.space.telling}


def feature_columns(store: "xr.Dataset", simulator: Simulator) -> Columns:
    """Return the features of the simulator by name, each of shape [sample]."""
    return known_features(simulator, _values(store, simulator))


def series_columns(store: "xr.Dataset", simulator: Simulator) -> Columns:
    """Return the phase and the driven variables by name, each of shape [sample, time]."""
    time = store["time"].values
    phase = time / time[:, -1:]
    return {PHASE: phase, **{v.name: store[v.name].values for v in simulator.inputs}}


def base_columns(
    store: "xr.Dataset", simulator: Simulator, base: str, instants: np.ndarray
) -> tuple[Columns, np.ndarray]:
    """Return what a base tells at the retained instants, each [sample, instant], and its failures.

    Samples that did not finish have no time; theirs is NaN.

    Returns:
        The series by name, and for each sample whether the base has no result for it, [sample].
    """
    finished = np.flatnonzero(store["status"].values == Status.OK)
    held = store.isel(sample=finished)
    values = {p.name: held[p.name].values for p in simulator.space}
    driven = {v.name: held[v.name].values for v in simulator.inputs}
    time = held["time"].values
    (known,), reasons = base_series(simulator, base, values, driven, time, [time[:, instants]])
    columns = {name: np.full((store.sizes["sample"], instants.size), np.nan) for name in known}
    for name, rows in known.items():
        columns[name][finished] = rows
    failed = np.zeros(store.sizes["sample"], bool)
    failed[finished[reasons != ""]] = True
    return columns, failed


def output_columns(store: "xr.Dataset", simulator: Simulator) -> Columns:
    """Return the computed variables by name, each of shape [sample, time]."""
    return {v.name: store[v.name].values for v in simulator.outputs}


def assemble(
    parts: Parts,
    encoding: Encoding,
    series: Columns,
    scalars: Columns,
    outputs: Columns,
    estimates: Columns | None = None,
) -> TrainingData:
    """Encode the three parts at the retained instants.

    Args:
        parts: The samples of each part, and the retained instants.
        encoding: The fitted scales.
        series: Input series at all time samples of the store, by name.
        scalars: Scalar inputs by name.
        outputs: Output series at all time samples of the store, by name.
        estimates: The simulator's estimates at the retained instants, by name.
    """
    estimates = estimates or {}

    def part(samples: np.ndarray) -> Split:
        guess = {name: column[samples] for name, column in estimates.items()}
        seen = {**_take(series, samples, parts.time_index), **guess}
        return Split(
            sample=samples,
            series=encoding.encode_series(seen),
            parameters=encoding.encode_parameters({n: c[samples] for n, c in scalars.items()}),
            target=encoding.encode_outputs(_take(outputs, samples, parts.time_index), guess),
        )

    train, validation, test = (part(s) for s in (parts.train, parts.validation, parts.test))
    phases = None
    if PHASE in series:
        # Kinks move few instants: in most samples an instant has the same phase.
        phases = np.median(series[PHASE][np.ix_(parts.train, parts.time_index)], axis=0)
    return TrainingData(train, validation, test, encoding, parts.time_index, phases)


def _values(store: "xr.Dataset", simulator: Simulator) -> Columns:
    return {p.name: store[p.name].values for p in simulator.space}


def _take(columns: Mapping[str, np.ndarray], samples: np.ndarray, instants: np.ndarray) -> Columns:
    return {name: column[np.ix_(samples, instants)] for name, column in columns.items()}
