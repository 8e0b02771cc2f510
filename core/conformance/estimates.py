"""Checks of the closed-form estimates that a simulator offers."""

import itertools

import numpy as np

from ..systems.capabilities import has_estimate, known_series
from ..systems.simulator import Simulator
from .expect import expect
from .trajectories import finished

COUNT = 3


def knows_its_estimates(simulator: Simulator) -> None:
    """`estimate`, if it has one, gives finite series, one a sample and of that sample alone."""
    if not has_estimate(simulator):
        return
    chosen = list(itertools.islice(finished(simulator), COUNT))
    if not chosen:  # another check's business
        return
    columns = {n: np.array([p[n] for p, _ in chosen]) for n in simulator.space.names}
    series = {
        v.name: np.stack([data[v.name].values for _, data in chosen]) for v in simulator.inputs
    }
    time = np.stack([data["time"].values for _, data in chosen])
    whole = known_series(simulator, columns, series, time)
    first = known_series(
        simulator,
        {name: values[:1] for name, values in columns.items()},
        {name: values[:1] for name, values in series.items()},
        time[:1],
    )
    for name, values in whole.items():
        shape = values.shape
        expect(shape == time.shape, f"estimate '{name}' has shape {shape}; expected {time.shape}")
        expect(np.isfinite(values).all(), f"estimate '{name}' is not finite")
        same = np.allclose(first[name], values[:1], rtol=1e-9, atol=0.0)
        expect(same, f"estimate '{name}' mixes samples")
