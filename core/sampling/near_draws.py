"""Draw from a posterior whose place is known from draws of a similar one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .ridge_moves import follows_ridges
from .tempered_sampler import LogLikelihood, Population, sample

WIDER = 1.5  # than the known draws is the normal distribution that particles start from
RIDGE = 1e-8  # added to variances


def sample_near(
    log_likelihood: LogLikelihood,
    draws: np.ndarray,
    particles: int = 1000,
    seed: int = 0,
    progress: Callable[[float], None] = lambda temperature: None,
) -> Population:
    """Draw particles from p(z | data) ∝ L(z) p(z), which start from a normal distribution q.

    With z = m + R x, where m and R Rᵀ are the mean and the widened covariance of known draws, and x
    standard normal, the target is L(z) p(z)/q(z) q(z): what `sample` draws from, near at hand.

    Args:
        log_likelihood: Takes points [n, d] and returns ln L, shape [n].
        draws: Draws of a similar posterior, shape [draw, d].
        particles: How many particles.
        seed: Seed of all draws.
        progress: Called with each β that is reached.

    Raises:
        DynsurError: Hardly any draw of q makes the data possible.
    """
    middle, d = draws.mean(axis=0), draws.shape[1]
    root = WIDER * np.linalg.cholesky(np.cov(draws.T).reshape(d, d) + RIDGE * np.eye(d))

    follows = follows_ridges(log_likelihood)
    relative = (_FollowedFrom if follows else _From)(log_likelihood, middle, root)
    found = sample(relative, d, particles, seed, progress)
    z = middle + found.z @ root.T
    value = found.log_likelihood + 0.5 * ((z**2).sum(axis=1) - (found.z**2).sum(axis=1))
    volume = float(np.log(np.diag(root)).sum())
    return replace(found, z=z, log_likelihood=value, log_evidence=found.log_evidence + volume)


@dataclass
class _From:
    """ln L(z) p(z)/q(z) as a function of x, up to a constant."""

    log_likelihood: Any
    middle: np.ndarray
    root: np.ndarray

    def __call__(self, x: np.ndarray) -> np.ndarray:
        z = self.middle + x @ self.root.T
        return self.log_likelihood(z) - 0.5 * ((z**2).sum(axis=1) - (x**2).sum(axis=1))


@dataclass
class _FollowedFrom(_From):
    """The same where ln L is a sum of squares, to which |z|² is added and |x|² is not."""

    withdrawn: float = 1.0
    smooth: bool = True

    def with_residuals(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        z = self.middle + x @ self.root.T
        value, residuals = self.log_likelihood.with_residuals(z)
        value = value - 0.5 * ((z**2).sum(axis=1) - (x**2).sum(axis=1))
        return value, np.concatenate([residuals, z], axis=1)
