"""Baselines that every surrogate is compared with."""

from typing import TYPE_CHECKING

import numpy as np

from ..encoding.training_data import TrainingData
from ..systems.simulator import Simulator

if TYPE_CHECKING:
    import xarray as xr


MEAN, NEIGHBOUR, ESTIMATE = "training mean", "nearest neighbour", "closed form"


def _nearest(simulator: Simulator, store: "xr.Dataset", data: TrainingData) -> np.ndarray:
    """Return for each test sample the training row nearest in the unit cube of parameters."""
    from scipy.spatial import KDTree

    space = simulator.space
    unit = np.stack([p.to_unit(store[p.name].values) for p in space.telling], axis=1)
    return np.asarray(KDTree(unit[data.train.sample]).query(unit[data.test.sample])[1])
