"""Checks of the closed-form estimates and the figures of merit that a simulator offers."""

import itertools

import numpy as np

from ..merits import catalogue
from ..systems.capabilities import has_estimate, has_merits, known_series, own_merits
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


def knows_its_merits(simulator: Simulator) -> None:
    """`merits`, if it has them, are one number a sample, of that sample alone, with a unit."""
    if not has_merits(simulator):
        return
    chosen = list(itertools.islice(finished(simulator), COUNT))
    if not chosen:  # another check's business
        return
    columns = {n: np.array([p[n] for p, _ in chosen]) for n in simulator.space.names}
    names = [v.name for v in (*simulator.inputs, *simulator.outputs)]
    series = {name: np.stack([data[name].values for _, data in chosen]) for name in names}
    time = np.stack([data["time"].values for _, data in chosen])
    whole = own_merits(simulator, columns, series, time)
    alone = own_merits(
        simulator,
        {name: values[:1] for name, values in columns.items()},
        {name: values[:1] for name, values in series.items()},
        time[:1],
    )
    taken = {*catalogue(simulator.inputs, simulator.outputs), *names, *simulator.space.names}
    for merit, values in whole.items():
        shape = values.shape
        expect(merit.units, f"merit '{merit.name}' has no unit; give one, \"1\" if dimensionless")
        expect(merit.name not in taken, f"merit '{merit.name}' has a name that is in use")
        expect(
            shape == (len(chosen),),
            f"merit '{merit.name}' of {len(chosen)} samples has shape {shape}",
        )
        expect(not np.isinf(values).any(), f"merit '{merit.name}' is infinite; NaN is undefined")
        same = np.allclose(alone[merit], values[:1], rtol=1e-9, atol=0.0, equal_nan=True)
        expect(same, f"merit '{merit.name}' mixes samples")
