"""Random smooth functions of the parameters: how a model's error may vary over its systems."""

import numpy as np

LENGTH = 0.5  # of each parameter's range, over which errors are alike
FEATURES = 48
DRAWS = 12


def error_fields(unit: np.ndarray, seed: int, draws: int = DRAWS) -> np.ndarray:
    """Return draws of a Gaussian process of variance 1 at points of the unit cube, [draw, point].

    A model's error is alike for neighbouring systems. The process has the covariance
    exp(−|x − x'|²/(2 ℓ²)) with ℓ = `LENGTH`, drawn by random Fourier features.

    Args:
        unit: Points, shape [point, parameter].
        seed: Seed of the draws.
        draws: Number of draws.

    Source: Rahimi & Recht (2007), NIPS 20; Le Gratiet, Cannamela & Iooss (2014),
    doi:10.1137/130926869, for Sobol indices under a surrogate's error.
    """
    random = np.random.default_rng(seed)
    found = np.empty((draws, len(unit)))
    for row in found:
        frequencies = random.normal(0.0, 1.0 / LENGTH, (unit.shape[1], FEATURES))
        phases = random.uniform(0.0, 2 * np.pi, FEATURES)
        row[:] = np.sqrt(2.0 / FEATURES) * np.cos(unit @ frequencies + phases).sum(axis=1)
    return found
