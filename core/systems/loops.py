"""The areas that a curve encloses over its drive."""

import numpy as np


def loop_areas(drive: np.ndarray, curves: np.ndarray) -> np.ndarray:
    """Return the area ∮ y du of both lobes of each curve, shape [n, 2].

    The first lobe is the one at negative drive, the second the one at positive drive. They are kept
    apart because the two areas of a pinched loop cancel in their sum.
    """
    strips = 0.5 * (curves[:, 1:] + curves[:, :-1]) * np.diff(drive, axis=1)
    positive = drive[:, 1:] + drive[:, :-1] > 0
    return np.stack(
        [np.where(side, strips, 0.0).sum(axis=1) for side in (~positive, positive)], axis=1
    )
