"""Use only a share of a dataset's training simulations, for learning curves."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..encoding.training_data import Split, TrainingData
from ..errors import DynsurError
from ..registry.interfaces import Dataset
from ..systems.simulator import Simulator

if TYPE_CHECKING:
    import xarray as xr

STREAM = 2  # of the seed; datasets draw from the first ones


@dataclass(frozen=True)
class Fewer:
    """Another dataset with a random share of its training and validation simulations.

    The test simulations, the instants and the scales are those of the dataset, so that errors at
    different shares can be compared. A smaller share is a subset of a larger one.

    Args:
        dataset: The dataset.
        share: Share of its training and validation simulations, in (0, 1].
    """

    dataset: Dataset
    share: float

    description = "a share of another dataset's training simulations"

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise DynsurError(f"the share of simulations must lie in (0, 1]; got {self.share:g}.")

    @property
    def name(self) -> str:
        """The dataset's own name."""
        return self.dataset.name

    def prepare(self, store: "xr.Dataset", simulator: Simulator, seed: int) -> TrainingData:
        """Prepare the dataset and omit simulations; at least one remains in each part."""
        data = self.dataset.prepare(store, simulator, seed)
        stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(STREAM,)))
        return replace(
            data,
            train=self._thinned(data.train, stream),
            validation=self._thinned(data.validation, stream),
        )

    def _thinned(self, part: Split, stream: np.random.Generator) -> Split:
        order = stream.permutation(len(part))
        kept = np.sort(order[: max(1, round(self.share * len(part)))])
        return Split(part.sample[kept], part.series[kept], part.parameters[kept], part.target[kept])
