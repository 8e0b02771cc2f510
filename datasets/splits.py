"""Draw the split of the simulations and the retained instants from a seed."""

from dataclasses import dataclass

import numpy as np
from dynsur.core import DynsurError, Status

MINIMUM = 10  # finished samples, so that each of the three parts holds at least one


@dataclass(frozen=True)
class Parts:
    """The samples of the three parts and the retained instants, as indices into the store."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    time_index: np.ndarray

    def without(self, failed: np.ndarray) -> "Parts":
        """Return the parts without the samples that `failed`, shape [sample]."""
        train, validation, test = (
            part[~failed[part]] for part in (self.train, self.validation, self.test)
        )
        return Parts(train, validation, test, self.time_index)


def draw(
    status: np.ndarray,
    points: int,
    seed: int,
    *,
    kept: float,
    train_share: float,
    validation_share: float,
) -> Parts:
    """Split the finished samples at random and draw the retained instants.

    Args:
        status: Status of each simulation of the store, shape [sample].
        points: Number of time samples in the store.
        seed: Seed of both draws.
        kept: Share of the time samples to retain.
        train_share: Share of the finished samples that is not in the test part.
        validation_share: Share of these that is held out to choose the best epoch.

    Raises:
        DynsurError: A share is outside (0, 1) or too few samples are finished.
    """
    _check(kept, train_share, validation_share)
    finished = np.flatnonzero(status == Status.OK)
    if finished.size < MINIMUM:
        raise DynsurError(
            f"the store holds {finished.size} finished samples of {status.size}; training needs "
            f"at least {MINIMUM}; generate more with --samples."
        )
    split_stream, time_stream = np.random.default_rng(seed).spawn(2)
    shuffled = split_stream.permutation(finished)
    not_test = min(finished.size - 1, max(2, round(train_share * finished.size)))
    held_back = min(not_test - 1, max(1, round(validation_share * not_test)))
    count = min(points, max(3, round(kept * points)))
    return Parts(
        train=np.sort(shuffled[held_back:not_test]),
        validation=np.sort(shuffled[:held_back]),
        test=np.sort(shuffled[not_test:]),
        time_index=np.sort(time_stream.choice(points, count, replace=False)),
    )


def _check(kept: float, train_share: float, validation_share: float) -> None:
    if not (0 < kept <= 1 and 0 < train_share < 1 and 0 < validation_share < 1):
        raise DynsurError(
            "dataset.kept must lie in (0, 1], dataset.train_share and dataset.validation_share "
            f"in (0, 1); got {kept:g}, {train_share:g} and {validation_share:g}."
        )
