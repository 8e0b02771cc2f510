"""Meshes graded towards both contacts."""

import math

import numpy as np


def graded_mesh(length: float, first: float, largest: float, growth: float = 1.2) -> np.ndarray:
    """Return nodes on [0, length], refined geometrically towards both ends.

    Args:
        length: L, in m.
        first: First cell at each contact, in m.
        largest: Largest cell in the middle, in m.
        growth: Ratio of neighbouring cells near the contacts.
    """
    count = max(0, math.ceil(math.log(largest / first) / math.log(growth)))
    side = first * growth ** np.arange(count)
    side = side[np.cumsum(side) < 0.45 * length]
    middle = length - 2.0 * side.sum()
    bulk = np.full(max(2, math.ceil(middle / largest)), 1.0)
    cells = np.concatenate([side, bulk * middle / bulk.size, side[::-1]])
    x = np.concatenate([[0.0], np.cumsum(cells)])
    return x * (length / x[-1])
