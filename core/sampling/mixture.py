"""A Gaussian mixture fitted to particles, from which a sampler takes its proposals."""

import functools
import warnings
from dataclasses import dataclass

import numpy as np

MOST_MODES = 8
FITTED = 1500  # particles, to which the mixture is fitted
DEGREES = 5.0  # of freedom of the t distributions that independent proposals come from
WIDER = 1.2  # the proposals' scale in that of the particles
SHARED = 0.01  # of the points of the smaller of two Gaussians, from which they are one mode
RIDGE = 1e-6  # added to variances, in the largest one


@dataclass(frozen=True)
class Mixture:
    """Modes of particles in d dimensions.

    Args:
        weights: Share of each mode, shape [mode].
        means: Middle of each mode, shape [mode, d].
        roots: Lower Cholesky factor of each covariance, shape [mode, d, d].
    """

    weights: np.ndarray
    means: np.ndarray
    roots: np.ndarray

    @classmethod
    def fit(cls, particles: np.ndarray, seed: int) -> "Mixture":
        """Fit as many Gaussians as the Bayesian information criterion asks for.

        The criterion is Schwarz's (1978), doi:10.1214/aos/1176344136.

        Args:
            particles: Shape [n, d].
            seed: Seed of the starts.
        """
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.mixture import GaussianMixture

        rng = np.random.default_rng(seed)
        chosen = rng.permutation(len(particles))[:FITTED]
        some, d = particles[chosen], particles.shape[1]
        most = max(1, min(MOST_MODES, len(some) // (10 * d)))
        best, least = None, np.inf
        scale = float(some.var(axis=0).max()) or 1.0
        for modes in range(1, most + 1):
            model = GaussianMixture(
                modes, reg_covar=RIDGE * scale, n_init=2, random_state=seed, init_params="k-means++"
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                criterion = model.fit(some).bic(some)
            if criterion < least:
                best, least = model, criterion
        assert best is not None
        covariances = np.asarray(best.covariances_)
        return cls(
            np.asarray(best.weights_), np.asarray(best.means_), np.linalg.cholesky(covariances)
        )

    def shares(self, z: np.ndarray) -> np.ndarray:
        """Return with which probability each point belongs to each mode, shape [n, mode]."""
        from scipy.special import softmax

        return softmax(self._log_parts(z, None), axis=1)

    def mode_of(self, z: np.ndarray) -> np.ndarray:
        """Return the mode that each point most probably belongs to, shape [n]."""
        return np.argmax(self._log_parts(z, None), axis=1)

    def joined(self, z: np.ndarray) -> np.ndarray:
        """Return for each Gaussian the number of its group, which share points, shape [mode].

        Gaussians that follow a bent ridge are one mode.

        Args:
            z: Points of the density that the mixture stands for, shape [n, d].
        """
        shares = self.shares(z)
        total = shares.sum(axis=0)
        overlap = shares.T @ shares / np.maximum(np.minimum.outer(total, total), 1e-300)
        group = np.arange(total.size)
        for i in range(total.size):
            for j in range(i):
                if overlap[i, j] > SHARED:
                    group[group == group[i]] = group[j]
        return group

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Draw points from t distributions around the modes, shape [count, d]."""
        mode = rng.choice(len(self.weights), count, p=self.weights)
        normal = rng.standard_normal((count, self.means.shape[1]))
        tails = np.sqrt(DEGREES / rng.chisquare(DEGREES, count))
        steps = np.einsum("nij,nj->ni", self.roots[mode], normal)
        return self.means[mode] + WIDER * steps * tails[:, None]

    def log_density(self, z: np.ndarray) -> np.ndarray:
        """Return the logarithm of the density that `draw` draws from, shape [n]."""
        from scipy.special import gammaln, logsumexp

        d = z.shape[1]
        norm = gammaln(0.5 * (DEGREES + d)) - gammaln(0.5 * DEGREES)
        norm -= 0.5 * d * np.log(DEGREES * np.pi) + d * np.log(WIDER)
        return norm + logsumexp(self._log_parts(z, DEGREES), axis=1)

    def log_step(self, step: np.ndarray, mode: np.ndarray, size: float) -> np.ndarray:
        """Return the log density of steps of a Gaussian of a mode, up to a constant, shape [n]."""
        whitened = self._whitened(step, mode) / size
        return -0.5 * (whitened**2).sum(axis=1) - self._log_volume[mode]

    def _whitened(self, step: np.ndarray, mode: np.ndarray) -> np.ndarray:
        return np.einsum("nij,nj->ni", self._inverses[mode], step)

    @functools.cached_property
    def _inverses(self) -> np.ndarray:
        return np.linalg.inv(self.roots)

    @functools.cached_property
    def _log_volume(self) -> np.ndarray:
        return np.log(np.diagonal(self.roots, axis1=1, axis2=2)).sum(axis=1)

    def _log_parts(self, z: np.ndarray, degrees: float | None) -> np.ndarray:
        d, parts = z.shape[1], []
        for k, (weight, mean) in enumerate(zip(self.weights, self.means, strict=True)):
            square = (self._whitened(z - mean, np.full(len(z), k)) ** 2).sum(axis=1)
            if degrees is None:
                shape = -0.5 * square
            else:
                shape = -0.5 * (degrees + d) * np.log1p(square / (WIDER**2 * degrees))
            parts.append(np.log(weight) + shape - self._log_volume[k])
        return np.stack(parts, axis=1)
