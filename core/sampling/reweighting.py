"""How far a tempered sampler rises at once, and which particles go on."""

import numpy as np


def weights_of(value: np.ndarray, rise: float) -> np.ndarray:
    """Return the normalised weights of particles with ln L for a rise of β, shape [n]."""
    weights = np.exp(rise * (value - value.max()))
    return weights / weights.sum()


def rise_of(value: np.ndarray, beta: float, kept: float) -> float:
    """Return by how much β rises so that a share of the particles stays effective."""
    alive = np.isfinite(value).mean()

    def effective(rise: float) -> float:
        return 1.0 / float((weights_of(value, rise) ** 2).sum() * value.size)

    low, high = 0.0, 1.0 - beta
    if effective(high) >= kept * alive:
        return high
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective(middle) >= kept * alive else (low, middle)
    return high


def resampled(weights: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return indices drawn by weight with one random number for all: systematic resampling."""
    places = (np.arange(count) + rng.random()) / count
    return np.minimum(np.searchsorted(np.cumsum(weights), places), weights.size - 1)
