"""What a model may be wrong by, in a likelihood: errors that resemble each other along a loop."""

import functools
from dataclasses import dataclass

import numpy as np

RESEMBLING = 0.1  # share of a loop over which errors within a band resemble each other
COMPONENTS = 16
ROUNDING = 1e-9  # share of an error that is independent, lest matrices lose their sign


@dataclass(frozen=True)
class ModelError:
    """Errors of a model: e(t) = g(t) Σ_k c_k b_k(t) + ε(t), with independent normal c_k and ε(t).

    Args:
        scale: g, shape [n, point], or [1, point] for all.
        basis: b_k, shape [component, point].
        variance: Of c_k, shape [n, component], or [1, component] for all.
        rest: Variance of ε, shape [point].
    """

    scale: np.ndarray
    basis: np.ndarray
    variance: np.ndarray
    rest: np.ndarray

    @classmethod
    def of_band(cls, deviation: np.ndarray) -> "ModelError":
        """Return the error that a band stands for, alike over a tenth of the loop.

        Args:
            deviation: Standard deviation of the error, shape [n, point].
        """
        points = deviation.shape[1]
        basis, variance = _smooth(points)
        return cls(deviation, basis, variance[None], np.zeros(points))


@functools.lru_cache(maxsize=8)
def _smooth(points: int) -> tuple[np.ndarray, np.ndarray]:
    """Return components and variances of smooth functions of unit variance over a loop."""
    place = np.linspace(0.0, 1.0, points)
    alike = np.exp(-0.5 * ((place[:, None] - place) / RESEMBLING) ** 2)
    values, vectors = np.linalg.eigh(alike)
    kept = slice(-min(COMPONENTS, points), None)
    return vectors[:, kept].T, np.maximum(values[kept], 0.0)


def log_normal_and_whitened(
    residual: np.ndarray, variance: np.ndarray, error: ModelError | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return what `log_normal` and `whitened` return, in less time than both take."""
    inner = None
    if error is not None:
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            inner = _inner(residual, variance + _independent(error), error)
    given = residual, variance, error, inner
    return log_normal(*given), whitened(*given)


def whitened(
    residual: np.ndarray,
    variance: np.ndarray,
    error: ModelError | None,
    inner: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """Return R with |R|² = residualᵀ Σ⁻¹ residual, shape [n, point + component]; NaN where none is.

    With the components U of the model's error in units of the noise and x the residual in them,
    R = (x − U c, c), where c = (1 + Uᵀ U)⁻¹ Uᵀ x is the most probable error.

    Args:
        residual: Measured less modelled, shape [n, point].
        variance: Of the noise, shape [n, point].
        error: What the model may be wrong by, at the same points; None for nothing.
        inner: What `_inner` returns of them, where that is known.
    """
    if error is None:
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            return residual / np.sqrt(variance)
    variance = variance + _independent(error)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        noise = np.sqrt(variance)
        scaled, root = residual / noise, np.sqrt(error.variance)
        matrix, side = inner or _inner(residual, variance, error)
    possible = np.isfinite(scaled).all(axis=1) & np.isfinite(matrix).all(axis=(1, 2))
    found = np.full((len(scaled), scaled.shape[1] + len(error.basis)), np.nan)
    likely = np.linalg.solve(matrix[possible], side[possible][..., None])[..., 0]
    scale, root = (
        np.broadcast_to(part, (len(scaled), part.shape[1])) for part in (error.scale, root)
    )
    known = (scale / noise)[possible] * ((root[possible] * likely) @ error.basis)
    found[possible] = np.concatenate([scaled[possible] - known, likely], axis=1)
    return found


def log_normal(
    residual: np.ndarray,
    variance: np.ndarray,
    error: ModelError | None,
    inner: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """Return ln of the normal density of residuals, shape [n]; NaN where it cannot be computed.

    The covariance is diagonal but for the few components of the model's error, so that Woodbury's
    identity needs matrices of their number only.

    Args:
        residual: Measured less modelled, shape [n, point].
        variance: Of the noise, shape [n, point].
        error: What the model may be wrong by, at the same points; None for nothing.
        inner: What `_inner` returns of them, where that is known.
    """
    if error is not None:
        variance = variance + _independent(error)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        total = -0.5 * (residual**2 / variance + np.log(2.0 * np.pi * variance)).sum(axis=1)
        if error is None:
            return total
        matrix, side = inner or _inner(residual, variance, error)
    possible = np.isfinite(total) & np.isfinite(matrix).all(axis=(1, 2))
    found = np.full(len(total), np.nan)
    factor = np.linalg.cholesky(matrix[possible])
    solved = np.linalg.solve(factor, side[possible][..., None])[..., 0]
    log_diagonal = np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
    found[possible] = total[possible] + 0.5 * (solved**2).sum(axis=1) - log_diagonal
    return found


def _independent(error: ModelError) -> np.ndarray:
    """Return the variance of what is independent from point to point, shape [n, point]."""
    return error.rest + ROUNDING * error.scale**2 * (error.variance @ error.basis**2)


def _inner(
    residual: np.ndarray, variance: np.ndarray, error: ModelError
) -> tuple[np.ndarray, np.ndarray]:
    """Return 1 + Uᵀ U, shape [n, component, component], and Uᵀ x, shape [n, component]."""
    count, root = len(error.basis), np.sqrt(error.variance)
    products = (error.basis[:, None] * error.basis[None]).reshape(count * count, -1)
    inner = ((error.scale**2 / variance) @ products.T).reshape(-1, count, count)
    matrix = np.eye(count) + root[:, :, None] * inner * root[:, None, :]
    return matrix, root * ((error.scale * residual / variance) @ error.basis.T)
