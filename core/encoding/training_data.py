"""Encoded samples, split into training, validation and test parts."""

from dataclasses import dataclass

import numpy as np

from .encoding import Encoding


@dataclass(frozen=True)
class Split:
    """Encoded samples of one part of the data.

    Args:
        sample: Index of each sample in the store, shape [n].
        series: float32 [n, time, channel].
        parameters: float32 [n, parameter].
        target: float32 [n, time, output].
    """

    sample: np.ndarray
    series: np.ndarray
    parameters: np.ndarray
    target: np.ndarray

    def __len__(self) -> int:
        return len(self.sample)


@dataclass(frozen=True)
class TrainingData:
    """The encoded data that a dataset prepares from a store.

    Args:
        train: The samples whose loss is minimised.
        validation: Samples on which the best epoch is chosen.
        test: Held-out samples on which nothing is fitted or chosen.
        encoding: The scales, fitted on `train`.
        time_index: Indices of the retained instants in the store's time dimension.
        phases: The retained instants as time / duration, shape [time]; equally spaced by default.
    """

    train: Split
    validation: Split
    test: Split
    encoding: Encoding
    time_index: np.ndarray
    phases: np.ndarray | None = None
