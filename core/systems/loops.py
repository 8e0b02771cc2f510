"""The areas that a curve encloses over its drive."""

import numpy as np


def loop_areas(drive: np.ndarray, curves: np.ndarray) -> np.ndarray:
    """Area ∮ y du enclosed by each lobe, shape [n, 2]: where the drive is negative, positive.

    The lobes are kept apart because a pinched loop's two areas cancel in their sum.
    """
    strips = 0.5 * (curves[:, 1:] + curves[:, :-1]) * np.diff(drive, axis=1)
    positive = drive[:, 1:] + drive[:, :-1] > 0
    return np.stack(
        [np.where(side, strips, 0.0).sum(axis=1) for side in (~positive, positive)], axis=1
    )
