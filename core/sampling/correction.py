"""What a model gets wrong near the posterior, learnt from simulations of the solver there.

The errors of simulated draws, in the noise of the data, are expanded in their principal components.
Each coefficient is a Gaussian process over the parameters with a linear trend, whose variance says
how well the error is known at a point. See Rasmussen & Williams (2006), chapters 2 and 5, and
Kennedy & O'Hagan (2001), doi:10.1111/1467-9868.00294.
"""

from dataclasses import dataclass

import numpy as np

from .model_error import ModelError

LENGTHS = (2.0, 4.0, 8.0, 16.0, 32.0)  # of correlation, in the spread of the draws
NUGGETS = (1e-6, 1e-5, 1e-4, 1e-2)  # of the variance
TREND = 100.0  # variance of the linear trend in that of the process
SMALL = 0.01  # of the noise: components that are left out
MOST_COMPONENTS = 24
MOST_DRAWS = 600  # that it is learnt from, the nearest ones


@dataclass(frozen=True)
class Correction:
    """The error of a model as a function of the parameters.

    Args:
        centre: Middle of the draws, shape [d].
        whitening: Maps differences of z to coordinates of unit variance, shape [d, d].
        places: Simulated draws in these coordinates, shape [draw, d].
        length: Of correlation.
        nugget: Variance of what is no smooth function of the parameters, in that of the process.
        inverse: Of the covariance of the draws, shape [draw, draw].
        weights: Of the draws in each coefficient, shape [draw, component].
        variance: Of each coefficient's process, shape [component].
        mean: Mean error, shape [point].
        basis: Components of the error, shape [component, point], in the unit of the output.
        rest: Variance of what the components leave out, shape [point].
    """

    centre: np.ndarray
    whitening: np.ndarray
    places: np.ndarray
    length: float
    nugget: float
    inverse: np.ndarray
    weights: np.ndarray
    variance: np.ndarray
    mean: np.ndarray
    basis: np.ndarray
    rest: np.ndarray

    @classmethod
    def learn(
        cls, z: np.ndarray, errors: np.ndarray, noise: np.ndarray, near: np.ndarray
    ) -> "Correction":
        """Learn from simulated draws.

        Args:
            z: Draws, shape [draw, d].
            errors: Simulation less model, shape [draw, point].
            noise: Standard deviation of the data, shape [point].
            near: Draws of the posterior, whose spread is the unit of distances, shape [n, d].
        """
        centre = near.mean(axis=0)
        covariance = np.cov(near.T) + 1e-8 * np.eye(z.shape[1])
        whitening = np.linalg.inv(np.linalg.cholesky(covariance))
        places = (z - centre) @ whitening.T
        nearest = np.argsort((places**2).sum(axis=1), kind="stable")[:MOST_DRAWS]
        places, errors = places[nearest], errors[nearest]
        mean = errors.mean(axis=0)
        scaled = (errors - mean) / noise
        left, size, right = np.linalg.svd(scaled, full_matrices=False)
        count = int(np.clip(np.sum(size / np.sqrt(len(places)) > SMALL), 1, MOST_COMPONENTS))
        coefficients = left[:, :count] * size[:count]
        basis = right[:count] * noise
        rest = ((scaled - coefficients @ right[:count]) ** 2).mean(axis=0) * noise**2
        length, nugget = _chosen(places, coefficients)
        matrix = _kernel(places, places, length) + nugget * np.eye(len(places))
        inverse = np.linalg.inv(matrix)
        weights = inverse @ coefficients
        variance = (coefficients * weights).mean(axis=0)
        return cls(
            centre, whitening, places, length, nugget, inverse, weights, variance, mean, basis, rest
        )

    def at(self, z: np.ndarray) -> tuple[np.ndarray, ModelError]:
        """Return the error [n, point], and what remains unknown of it.

        Args:
            z: Where, shape [n, d].
        """
        places = (z - self.centre) @ self.whitening.T
        kernel = _kernel(places, self.places, self.length)
        own = 1.0 + TREND * (1.0 + (places**2).mean(axis=1))
        left = np.maximum(own - ((kernel @ self.inverse) * kernel).sum(axis=1), 0.0) + self.nugget
        unknown = ModelError(
            np.ones((1, self.mean.size)), self.basis, left[:, None] * self.variance, self.rest
        )
        return self.mean + (kernel @ self.weights) @ self.basis, unknown


def _kernel(one: np.ndarray, other: np.ndarray, length: float) -> np.ndarray:
    product = one @ other.T
    square = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2.0 * product
    return np.exp(-0.5 * np.maximum(square, 0.0) / length**2) + TREND * (
        1.0 + product / one.shape[1]
    )


def _chosen(places: np.ndarray, coefficients: np.ndarray) -> tuple[float, float]:
    """Return the length and the nugget of the largest marginal likelihood."""
    best, chosen = -np.inf, (LENGTHS[0], NUGGETS[0])
    count = len(places)
    for length in LENGTHS:
        values, vectors = np.linalg.eigh(_kernel(places, places, length))
        turned = (vectors.T @ coefficients) ** 2
        for nugget in NUGGETS:
            spread = np.maximum(values, 0.0) + nugget
            variance = (turned / spread[:, None]).mean(axis=0)
            found = -0.5 * (
                count * np.log(variance).sum() + coefficients.shape[1] * np.log(spread).sum()
            )
            if found > best:
                best, chosen = float(found), (length, nugget)
    return chosen
