"""What a model gets wrong near the posterior, learnt from simulations of the solver there.

The errors of simulated draws, in the noise of the data, are expanded in their principal components.
Each coefficient is a Gaussian process over the parameters with a linear trend, whose variance says
how well the error is known at a point. Its kernel is rational quadratic, with a length for each
parameter: those that hardly matter get long ones, so that few simulations tell the others. See
Rasmussen & Williams (2006), chapters 2, 4 and 5, and Kennedy & O'Hagan (2001),
doi:10.1111/1467-9868.00294.
"""

from dataclasses import dataclass

import numpy as np

from .model_error import ModelError

SMALL = 0.01  # of the noise: components that are left out
MOST_COMPONENTS = 24
MOST_DRAWS = 600  # that it is learnt from, the nearest ones
SHAPE = 2.0  # of the rational quadratic kernel (1 + r²/2α)^−α
START = (3.0, 1e-4, 3.0)  # of the search: lengths, nugget and trend
LEAST_NUGGET = 1e-6  # of the variance: draws may coincide
WIDE = 1.0  # deviation of ln length from that of the start
SEARCHED = 40  # steps of the search


@dataclass(frozen=True)
class Correction:
    """The error of a model as a function of the parameters.

    Args:
        centre: Middle of the draws, shape [d].
        lengths: Of correlation of each parameter, shape [d].
        trend: Variance of the linear trend in that of the process.
        places: Simulated draws in units of the lengths, shape [draw, d].
        nugget: Variance of what is no smooth function of the parameters, in that of the process.
        inverse: Of the covariance of the draws, shape [draw, draw].
        weights: Of the draws in each coefficient, shape [draw, component].
        variance: Of each coefficient's process, shape [component].
        mean: Mean error, shape [point].
        basis: Components of the error, shape [component, point], in the unit of the output.
        rest: Variance of what the components leave out, shape [point].
    """

    centre: np.ndarray
    lengths: np.ndarray
    trend: float
    places: np.ndarray
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
        nearest = _nearest(z, near)
        z, errors = z[nearest], errors[nearest]
        mean = errors.mean(axis=0)
        scaled = (errors - mean) / noise
        left, size, right = np.linalg.svd(scaled, full_matrices=False)
        count = int(np.clip(np.sum(size / np.sqrt(len(z)) > SMALL), 1, MOST_COMPONENTS))
        coefficients = left[:, :count] * size[:count]
        basis = right[:count] * noise
        rest = ((scaled - coefficients @ right[:count]) ** 2).mean(axis=0) * noise**2
        spread = near.std(axis=0) + 1e-8
        factors, nugget, trend = _chosen((z - centre) / spread, coefficients)
        lengths = factors * spread
        places = (z - centre) / lengths
        matrix = _kernel(places, places, trend) + nugget * np.eye(len(places))
        inverse = np.linalg.inv(matrix)
        weights = inverse @ coefficients
        variance = (coefficients * weights).mean(axis=0)
        parts = (centre, lengths, trend, places, nugget, inverse, weights, variance)
        return cls(*parts, mean, basis, rest)

    def at(self, z: np.ndarray) -> tuple[np.ndarray, ModelError]:
        """Return the error [n, point], and what remains unknown of it.

        Args:
            z: Where, shape [n, d].
        """
        places = (z - self.centre) / self.lengths
        kernel = _kernel(places, self.places, self.trend)
        own = 1.0 + self.trend * (1.0 + (places**2).sum(axis=1))
        left = np.maximum(own - ((kernel @ self.inverse) * kernel).sum(axis=1), 0.0) + self.nugget
        unknown = ModelError(
            np.ones((1, self.mean.size)), self.basis, left[:, None] * self.variance, self.rest
        )
        return self.mean + (kernel @ self.weights) @ self.basis, unknown


def _nearest(z: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return which draws are nearest to others, in the covariance of those."""
    covariance = np.cov(near.T).reshape(z.shape[1], -1) + 1e-8 * np.eye(z.shape[1])
    whitening = np.linalg.inv(np.linalg.cholesky(covariance))
    places = (z - near.mean(axis=0)) @ whitening.T
    return np.argsort((places**2).sum(axis=1), kind="stable")[:MOST_DRAWS]


def _kernel(one: np.ndarray, other: np.ndarray, trend: float) -> np.ndarray:
    square, product = _distances(one, other)
    return (1.0 + square / (2.0 * SHAPE)) ** -SHAPE + trend * (1.0 + product)


def _distances(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return squared distances and products of places, each [n, m]."""
    product = one @ other.T
    square = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2.0 * product
    return np.maximum(square, 0.0), product


def _chosen(places: np.ndarray, coefficients: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Return lengths, nugget and trend of the largest marginal likelihood."""
    from scipy.optimize import minimize

    d = places.shape[1]
    start = np.log([*np.full(d, START[0]), *START[1:]])
    low, high = np.log([0.1] * d + [LEAST_NUGGET, 1e-4]), np.log([1e3] * d + [1.0, 1e4])
    found = minimize(
        _misfit,
        start,
        (places, coefficients),
        "L-BFGS-B",
        jac=True,
        bounds=list(zip(low, high, strict=True)),
        options={"maxiter": SEARCHED, "ftol": 1e-5},
    )
    values = np.exp(found.x)
    return values[:d], float(values[d]), float(values[d + 1])


def _misfit(
    logs: np.ndarray, places: np.ndarray, coefficients: np.ndarray
) -> tuple[float, np.ndarray]:
    """Return −ln of the marginal likelihood, with a weak prior of the lengths, and its gradient.

    The variance of each coefficient's process is the most probable one.

    Args:
        logs: ln of the lengths, of the nugget and of the trend, shape [d + 2].
        places: Draws, shape [draw, d].
        coefficients: Of the components, shape [draw, component].
    """
    from scipy.linalg import LinAlgError, cho_factor, cho_solve

    (count, d), parts = places.shape, coefficients.shape[1]
    scaled, nugget, trend = places / np.exp(logs[:d]), np.exp(logs[d]), np.exp(logs[d + 1])
    square, product = _distances(scaled, scaled)
    inner = 1.0 + square / (2.0 * SHAPE)
    matrix = inner**-SHAPE + trend * (1.0 + product) + nugget * np.eye(count)
    try:
        factor = cho_factor(matrix, lower=True)
    except LinAlgError:
        return 1e300, np.zeros(d + 2)
    weights = cho_solve(factor, coefficients)
    variance = np.maximum((coefficients * weights).mean(axis=0), 1e-300)
    off = (logs[:d] - np.log(START[0])) / WIDE
    value = 0.5 * count * np.log(variance).sum() + parts * np.log(np.diag(factor[0])).sum()
    # Of half the trace of (parts K⁻¹ − Σ w wᵀ / variance) ∂K.
    outer = parts * cho_solve(factor, np.eye(count)) - (weights / variance) @ weights.T
    of_square = outer * inner ** (-SHAPE - 1.0)
    gradient = np.empty(d + 2)
    for k in range(d):
        column = scaled[:, k]
        apart = (column[:, None] - column) ** 2
        gradient[k] = 0.5 * (of_square * apart).sum() - trend * float(column @ outer @ column)
    gradient[:d] += off / WIDE
    gradient[d] = 0.5 * nugget * np.trace(outer)
    gradient[d + 1] = 0.5 * trend * (outer * (1.0 + product)).sum()
    return float(value + 0.5 * (off**2).sum()), gradient
