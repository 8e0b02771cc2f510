"""The baselines with which every surrogate is compared."""

import time
from typing import TYPE_CHECKING

import numpy as np

from ..encoding.training_data import TrainingData
from ..surrogate.inputs import Conditions
from ..systems.bases import CLOSED_FORM, COARSE, base_series, offered
from ..systems.simulator import Simulator

if TYPE_CHECKING:
    import xarray as xr


MEAN, NEIGHBOUR = "training mean", "nearest neighbour"
TIMED = 2  # runs of a base, of which the quicker counts: the first may compile code
TITLES = {COARSE: "coarse solve", CLOSED_FORM: "closed form"}


def baselines(
    simulator: Simulator, data: TrainingData, store: "xr.Dataset", given: Conditions
) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, float]]:
    """Return the predictions of baselines that need no training, and the times of the bases.

    The predictions are given by baseline and output, each of shape [sample, time]; the times of a
    curve, in s, by the base and the size of the batch.

    Args:
        simulator: What was simulated; the bases that it offers are baselines too.
        data: Names the training samples, the test samples and the instants.
        store: The simulations.
        given: The conditions of the test samples.
    """
    neighbour = nearest(simulator, store, data)
    guesses: dict[str, dict[str, np.ndarray]] = {MEAN: {}, NEIGHBOUR: {}}
    for variable in simulator.outputs:
        training = store[variable.name].values[data.train.sample][:, data.time_index]
        shape = (len(neighbour), training.shape[1])
        guesses[MEAN][variable.name] = np.broadcast_to(training.mean(axis=0), shape)
        guesses[NEIGHBOUR][variable.name] = training[neighbour]
    seconds = {}
    for base in offered(simulator):
        found, size, best = {}, len(given.time), float("inf")
        for _ in range(TIMED):
            began = time.perf_counter()
            found = _known(simulator, base, given, data)
            best = min(best, time.perf_counter() - began)
        if found:
            guesses[TITLES[base]] = found
            seconds[f"{TITLES[base]}, batch of {size}"] = best / size
    return guesses, seconds


def _known(
    simulator: Simulator, base: str, given: Conditions, data: TrainingData
) -> dict[str, np.ndarray]:
    """Return what a base says about the outputs at the retained instants."""
    wanted = [given.time[:, data.time_index]]
    (known,), _ = base_series(simulator, base, given.parameters, given.series, given.time, wanted)
    return {v.name: known[v.name] for v in simulator.outputs if v.name in known}


def nearest(simulator: Simulator, store: "xr.Dataset", data: TrainingData) -> np.ndarray:
    """Return for each test sample the training row that is nearest in the unit cube."""
    from scipy.spatial import KDTree

    space = simulator.space
    unit = np.stack([p.to_unit(store[p.name].values) for p in space.telling], axis=1)
    return np.asarray(KDTree(unit[data.train.sample]).query(unit[data.test.sample])[1])
