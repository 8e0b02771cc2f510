"""Read a store's finished samples and encode them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from dynsur.core import Encoding, Simulator, Split, TrainingData

from .sampling import Parts

if TYPE_CHECKING:
    import xarray as xr

PHASE = "phase"  # time / duration, the input series that every system has

Columns = dict[str, np.ndarray]


def scalar_columns(store: "xr.Dataset", simulator: Simulator) -> Columns:
    """Return the sampled parameters by name, each of shape [sample].

    Fixed parameters tell a model nothing and are left out, unless all of them are fixed.
    """
    used = simulator.space.free or simulator.space.parameters
    return {p.name: store[p.name].values for p in used}


def feature_columns(store: "xr.Dataset", simulator: Simulator) -> Columns:
    """Return what the simulator knows in closed form before simulating, each [sample]."""
    features = getattr(simulator, "features", None)
    if features is None:
        return {}
    found = features({p.name: store[p.name].values for p in simulator.space})
    return {name: np.asarray(values, float) for name, values in found.items()}


def series_columns(store: "xr.Dataset", simulator: Simulator) -> Columns:
    """Return the phase and the driven variables by name, each of shape [sample, time]."""
    time = store["time"].values
    phase = time / time[:, -1:]
    return {PHASE: phase, **{v.name: store[v.name].values for v in simulator.inputs}}


def output_columns(store: "xr.Dataset", simulator: Simulator) -> Columns:
    """Return the computed variables by name, each of shape [sample, time]."""
    return {v.name: store[v.name].values for v in simulator.outputs}


def assemble(
    parts: Parts, encoding: Encoding, series: Columns, scalars: Columns, outputs: Columns
) -> TrainingData:
    """Encode the three parts at the retained instants."""
    instants = parts.time_index

    def part(samples: np.ndarray) -> Split:
        return Split(
            sample=samples,
            series=encoding.encode_series(_take(series, samples, instants)),
            parameters=encoding.encode_parameters({n: c[samples] for n, c in scalars.items()}),
            target=encoding.encode_outputs(_take(outputs, samples, instants)),
        )

    train, validation, test = (part(s) for s in (parts.train, parts.validation, parts.test))
    return TrainingData(train, validation, test, encoding, instants)


def _take(columns: Mapping[str, np.ndarray], samples: np.ndarray, instants: np.ndarray) -> Columns:
    return {name: column[np.ix_(samples, instants)] for name, column in columns.items()}
