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
        target: float32 [n, time, output]; NaN where it is not known, which no loss counts.
    """

    sample: np.ndarray
    series: np.ndarray
    parameters: np.ndarray
    target: np.ndarray

    def __len__(self) -> int:
        return len(self.sample)


@dataclass(frozen=True)
class Piece:
    """Consecutive samples of a record.

    Args:
        record: Index of the record in the store.
        start: Index of the first sample.
        stop: Index after the last sample.
    """

    record: int
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Sequences:
    """How the parts are cut from records, for models that step in time.

    The rows of a part are its pieces, in order; shorter ones are padded, and their targets NaN.

    Args:
        step: Interval of the samples, in s.
        washout: Number of samples at the start of a piece by which a model finds its state. No
            error is counted in them, and their targets are NaN.
        train: The windows of the training part.
        validation: The pieces of the validation part, each judged as a whole.
        test: The pieces of the test part, each judged as a whole.
    """

    step: float
    washout: int
    train: tuple[Piece, ...]
    validation: tuple[Piece, ...]
    test: tuple[Piece, ...]


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
        sequences: How the parts are cut from records; None where their rows are whole samples,
            seen at the retained instants.
    """

    train: Split
    validation: Split
    test: Split
    encoding: Encoding
    time_index: np.ndarray
    phases: np.ndarray | None = None
    sequences: Sequences | None = None
