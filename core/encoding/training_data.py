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
    """What a dataset makes of a store.

    Args:
        train: What gradients see.
        validation: A part of the paper's training share held back to choose the best epoch.
        test: Held-out simulations; nothing is fitted or chosen on them.
        encoding: The scales, fitted on `train`.
        time_index: The retained time samples, indices into the store's time dimension.
        phases: Their instants as time / duration, shape [time]; by default equally spaced ones.
    """

    train: Split
    validation: Split
    test: Split
    encoding: Encoding
    time_index: np.ndarray
    phases: np.ndarray | None = None
