"""Meshes graded towards both contacts."""

import math

import numpy as np

USUAL_LENGTH = 1e-6  # m, whose cells set how many there are
MOST_OF_ONE_SIDE = 0.42  # of the length: what the graded cells of one side may take


def graded_mesh(length: float, first: float, largest: float, growth: float = 1.2) -> np.ndarray:
    """Return nodes on [0, length], refined geometrically towards both ends.

    Every length has as many nodes, so that devices of different lengths can be solved side by side.

    Args:
        length: L, in m.
        first: First cell at each contact, in m.
        largest: Largest cell, in the middle, relative to L.
        growth: Ratio of neighbouring cells near the contacts of a device of 1 µm; it is a little
            larger in longer devices.
    """
    count, bulk = _counts(first, largest, growth)
    ratio = (largest * length / first) ** (1.0 / max(count, 1))
    side = first * ratio ** np.arange(count)
    side *= min(1.0, MOST_OF_ONE_SIDE * length / max(side.sum(), first))
    middle = np.full(bulk, (length - 2.0 * side.sum()) / bulk)
    x = np.concatenate([[0.0], np.cumsum(np.concatenate([side, middle, side[::-1]]))])
    return x * (length / x[-1])


def _counts(first: float, largest: float, growth: float) -> tuple[int, int]:
    """Return how many cells grow on either side, and how many equal ones lie between them."""
    usual = largest * USUAL_LENGTH
    count = max(0, math.ceil(math.log(usual / first) / math.log(growth)))
    sides = min(2.0 * first * (growth**count - 1.0) / (growth - 1.0), 0.9 * USUAL_LENGTH)
    return count, max(2, math.ceil((USUAL_LENGTH - sides) / usual))
