"""The evidence of a model, by bridge sampling from draws of the posterior.

See Meng & Wong (1996), Statistica Sinica 6, 831, and Gronau et al. (2017),
doi:10.1016/j.jmp.2017.09.005.
"""

from collections.abc import Callable

import numpy as np

from .mixture import Mixture

ITERATIONS = 100
CLOSE = 1e-8
LEAST_OVERLAP = 2.0  # effective draws of the mixture that also lie where the posterior does


def log_evidence(
    log_likelihood: Callable[[np.ndarray], np.ndarray],
    z: np.ndarray,
    value: np.ndarray,
    rng: np.random.Generator,
) -> float:
    """Return ln ∫ L(z) p(z) dz, where the prior p is standard normal in each dimension.

    A mixture is fitted to one half of the draws. The bridge is between the other half and as many
    draws of the mixture.

    Args:
        log_likelihood: ln L of points [n, d].
        z: Draws of the posterior, shape [n, d].
        value: ln L of them, shape [n].
        rng: Source of the draws.

    Returns:
        ln of the integral, NaN where the mixture hardly overlaps the posterior.
    """
    order = rng.permutation(len(z))
    fitted, held = np.array_split(order, 2)
    mixture = Mixture.fit(z[fitted], int(rng.integers(2**31)))
    drawn = mixture.draw(len(held), rng)
    log_prior_constant = -0.5 * z.shape[1] * np.log(2.0 * np.pi)

    def log_ratio(points: np.ndarray, likelihood: np.ndarray) -> np.ndarray:
        log_prior = log_prior_constant - 0.5 * (points**2).sum(axis=1)
        return likelihood + log_prior - mixture.log_density(points)

    of_posterior = log_ratio(z[held], value[held])
    of_mixture = np.nan_to_num(log_ratio(drawn, log_likelihood(drawn)), nan=-np.inf, neginf=-np.inf)
    scale = float(np.median(of_posterior))
    posterior, proposed = np.exp(of_posterior - scale), np.exp(of_mixture - scale)
    ratio = 1.0
    for _ in range(ITERATIONS):
        shared = proposed / (0.5 * proposed + 0.5 * ratio)
        if shared.sum() ** 2 <= LEAST_OVERLAP * (shared**2).sum():
            return np.nan
        above = np.mean(shared)
        below = np.mean(1.0 / (0.5 * posterior + 0.5 * ratio))
        before, ratio = ratio, float(above / below)
        if abs(ratio - before) <= CLOSE * ratio:
            break
    return scale + float(np.log(ratio))
