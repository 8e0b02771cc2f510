"""The baselines with which every surrogate is compared."""

from typing import TYPE_CHECKING

import numpy as np

from ..encoding.training_data import TrainingData
from ..surrogate.inputs import Conditions
from ..systems.bases import CLOSED_FORM, COARSE, base_series, offered
from ..systems.simulator import Simulator

if TYPE_CHECKING:
    import xarray as xr


MEAN, NEIGHBOUR = "training mean", "nearest neighbour"
TITLES = {COARSE: "coarse solve", CLOSED_FORM: "closed form"}


def baselines(
    simulator: Simulator, data: TrainingData, store: "xr.Dataset", given: Conditions
) -> dict[str, dict[str, np.ndarray]]:
    """Return the predictions of baselines that need no training.

    They are given by baseline and output, each of shape [sample, time].

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
    for base in offered(simulator):
        wanted = [given.time[:, data.time_index]]
        (known,), _ = base_series(
            simulator, base, given.parameters, given.series, given.time, wanted
        )
        found = {v.name: known[v.name] for v in simulator.outputs if v.name in known}
        guesses |= {TITLES[base]: found} if found else {}
    return guesses


def nearest(simulator: Simulator, store: "xr.Dataset", data: TrainingData) -> np.ndarray:
    """Return for each test sample the training row that is nearest in the unit cube."""
    from scipy.spatial import KDTree

    space = simulator.space
    unit = np.stack([p.to_unit(store[p.name].values) for p in space.telling], axis=1)
    return np.asarray(KDTree(unit[data.train.sample]).query(unit[data.test.sample])[1])
