"""Read the finished samples of a store and encode them."""

import os
import tempfile
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


BLOCK = 16384  # samples whose base is held in memory at once
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
    columns: Columns = {}
    failed = np.zeros(store.sizes["sample"], bool)
    for block in _blocks(finished.size):
        told, drives = ({n: c[block] for n, c in held.items()} for held in (values, driven))
        at = time[block]
        (known,), reasons = base_series(simulator, base, told, drives, at, [at[:, instants]])
        if not columns:
            shape = store.sizes["sample"], instants.size
            columns = {name: _large(shape) for name in known}
        for name, rows in known.items():
            columns[name][finished[block]] = rows
        failed[finished[block][reasons != ""]] = True
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
        shape = samples.size, parts.time_index.size
        seen = np.empty((*shape, len(encoding.series)), np.float32)
        target = np.empty((*shape, len(encoding.outputs)), np.float32)
        for block in _blocks(samples.size):
            some = samples[block]
            guess = {name: column[some] for name, column in estimates.items()}
            seen[block] = encoding.encode_series({**_take(series, some, parts.time_index), **guess})
            target[block] = encoding.encode_outputs(_take(outputs, some, parts.time_index), guess)
        told = encoding.encode_parameters({n: c[samples] for n, c in scalars.items()})
        return Split(samples, seen, told, target)

    train, validation, test = (part(s) for s in (parts.train, parts.validation, parts.test))
    phases = None
    if PHASE in series:
        # Kinks move few instants: in most samples an instant has the same phase.
        phases = np.median(series[PHASE][np.ix_(parts.train, parts.time_index)], axis=0)
    return TrainingData(train, validation, test, encoding, parts.time_index, phases)


def _blocks(count: int) -> list[slice]:
    """Return slices of at most BLOCK samples, and one where there are none."""
    return [slice(k, min(k + BLOCK, count)) for k in range(0, max(count, 1), BLOCK)]


def _large(shape: tuple[int, int]) -> np.ndarray:
    """Return an array of NaN, in a nameless file where many of them would not fit into memory."""
    if shape[0] <= BLOCK:
        return np.full(shape, np.nan)
    with tempfile.TemporaryFile() as file:
        if hasattr(os, "posix_fallocate"):  # a full disk is then told here, not by a signal
            os.posix_fallocate(file.fileno(), 0, 8 * shape[0] * shape[1])
        array = np.memmap(file, float, "w+", shape=shape)
    array[:] = np.nan
    return array


def _values(store: "xr.Dataset", simulator: Simulator) -> Columns:
    return {p.name: store[p.name].values for p in simulator.space}


def _take(columns: Mapping[str, np.ndarray], samples: np.ndarray, instants: np.ndarray) -> Columns:
    return {name: column[np.ix_(samples, instants)] for name, column in columns.items()}
