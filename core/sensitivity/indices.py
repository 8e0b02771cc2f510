"""Sobol indices and Shapley effects out of contributions of each base sample, with their errors.

First-order index S_i = Var(E[Y|X_i])/Var(Y), total index T_i = E[Var(Y|X_~i)]/Var(Y), and Shapley
effect, the mean over all orders of the parameters of what X_i adds to the variance explained.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import DynsurError
from .designs import BoxDesign

RESAMPLES = 200
KINDS = ("first", "total", "shapley")


@dataclass(frozen=True)
class Indices:
    """Indices of one quantity, each of shape [parameter].

    Args:
        first: First-order indices.
        total: Total indices.
        shapley: Shapley effects, whose sum is 1.
        sampling: Standard errors of the three by the bootstrap, shape [3, parameter].
        model: Standard deviations of the three by the model's error, of that shape; 0 without one.
        variance: Variance of the quantity.
    """

    first: np.ndarray
    total: np.ndarray
    shapley: np.ndarray
    sampling: np.ndarray
    model: np.ndarray
    variance: float


@dataclass(frozen=True)
class Contributions:
    """What each base sample contributes to the indices of a quantity.

    An index is the mean of its contributions over the mean of those of the variance.

    Args:
        first: Contributions to Var(E[Y|X_i]), shape [n, parameter].
        total: Contributions to E[Var(Y|X_~i)], shape [n, parameter].
        variance: Contributions to Var(Y), shape [n].
        shapley: Contributions to the Shapley effects, shape [n, parameter].
        corrections: Further ones, of chains from a part of the base samples, [m, parameter].
    """

    first: np.ndarray
    total: np.ndarray
    variance: np.ndarray
    shapley: np.ndarray
    corrections: np.ndarray

    def indices(self, weights: np.ndarray, chains: np.ndarray) -> np.ndarray:
        """Return first, total and Shapley for weights [r, n] and [r, m], as [r, 3, parameter]."""
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = (weights @ self.variance)[:, None]
            effects = weights @ self.shapley + chains @ self.corrections
            return np.stack(
                [
                    weights @ self.first / variance,
                    weights @ self.total / variance,
                    effects / effects.sum(axis=1, keepdims=True),
                ],
                axis=1,
            )


def summarised(
    nominal: Contributions, perturbed: list[Contributions], seed: int, resamples: int = RESAMPLES
) -> Indices:
    """Return the indices of a quantity with their errors.

    Args:
        nominal: Contributions to the indices.
        perturbed: The same for draws of the model's error.
        seed: Seed of the bootstrap.
        resamples: Number of bootstrap resamples.
    """
    n, m = len(nominal.variance), len(nominal.corrections)
    every = np.full((1, n), 1 / n), np.full((1, m), 1 / m)
    value = nominal.indices(*every)[0]
    random = np.random.default_rng(seed)
    drawn = nominal.indices(
        random.multinomial(n, np.full(n, 1 / n), resamples) / n,
        random.multinomial(m, np.full(m, 1 / m), resamples) / m,
    )
    model = np.zeros_like(value)
    if perturbed:
        moved = np.stack([part.indices(*every)[0] for part in perturbed])
        model = np.sqrt(np.mean((moved - value) ** 2, axis=0))
    first, total, shapley = value
    errors = drawn.std(axis=0, ddof=1)
    return Indices(first, total, shapley, errors, model, float(nominal.variance.mean()))


def contributions(design: BoxDesign, values: np.ndarray) -> Contributions:
    """Return the contributions of a design on a box, whose parameters are independent.

    Args:
        design: The design.
        values: A quantity at the points of `design.points`, shape [point].

    Source: Saltelli et al. (2010), doi:10.1016/j.cpc.2009.09.018, for the first-order index;
    Jansen (1999), doi:10.1016/S0010-4655(98)00154-4, for the total one.
    """
    a, b, ab, chain = design.parts(values)
    mean = 0.5 * (a.mean() + b.mean())
    step = ab - a[:, None]
    first, total = (b - mean)[:, None] * step, 0.5 * step**2
    variance = 0.5 * ((a - mean) ** 2 + (b - mean) ** 2)
    if step.shape[1] <= 3:
        shapley = shapley_of_ends(first, total, variance)
        return Contributions(first, total, variance, shapley, np.zeros_like(shapley))
    orders = design.orders
    along = np.take_along_axis(step[: len(orders)], orders, axis=1)
    additive = np.hstack([np.zeros((len(orders), 1)), np.cumsum(along, axis=1)])
    found, alike = added(orders, chain), added(orders, additive)
    slope = (found * alike).sum(axis=0) / np.maximum((alike**2).sum(axis=0), np.finfo(float).tiny)
    known = 0.5 * step * step.sum(axis=1, keepdims=True)  # the mean of `alike` over all orders
    return Contributions(first, total, variance, slope * known, found - slope * alike)


def added(orders: np.ndarray, chain: np.ndarray) -> np.ndarray:
    """Return what each parameter adds to E[Var(Y|rest)] along orders, shape [m, parameter].

    The mean over random orders is the Shapley effect times the variance.

    Args:
        orders: An order of the parameters for each chain, shape [m, parameter].
        chain: Y with the first k parameters of the order drawn anew, k = 0, …, all: [m, k].

    Source: Goda (2021), doi:10.1016/j.ress.2021.107702.
    """
    explained = 0.5 * (chain - chain[:, :1]) ** 2
    by_parameter = np.empty(orders.shape)
    np.put_along_axis(by_parameter, orders, np.diff(explained, axis=1), axis=1)
    return by_parameter


def shapley_of_ends(first: np.ndarray, total: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return contributions [n, parameter] to the Shapley effects of three parameters at most.

    With v(u) = E[Var(Y|X_~u)], the effect is φ_i = 1/d Σ_k (mean of v over the sets of k parameters
    with i − mean over those of k − 1 without i) (Song et al. 2016, doi:10.1137/15M1048070). Sets of
    1, d − 1 and d parameters are known from the Sobol indices.
    """
    d = first.shape[1]
    if d == 1:
        return variance[:, None]
    if d == 2:
        return 0.5 * (first + total)
    rest_first = (first.sum(axis=1, keepdims=True) - first) / (d - 1)
    rest_total = (total.sum(axis=1, keepdims=True) - total) / (d - 1)
    return (total - rest_total + first - rest_first + variance[:, None]) / d


def indices_of_function(
    function: Callable[[np.ndarray], np.ndarray], parameters: int, base: int = 8192, seed: int = 0
) -> Indices:
    """Return the indices of a function of independent parameters, uniform in [0, 1].

    Args:
        function: Returns Y [n] for points [n, parameter] of the unit cube.
        parameters: Number of parameters.
        base: Number of base samples, best a power of two.
        seed: Seed of the points and of the bootstrap.

    Raises:
        DynsurError: The function is constant or not finite.
    """
    design = BoxDesign.drawn(parameters, base, seed)
    values = np.asarray(function(design.points), float)
    return estimate_indices(design, values, seed)


def estimate_indices(design: BoxDesign, values: np.ndarray, seed: int) -> Indices:
    """Return the indices of a quantity at the points of a design.

    Raises:
        DynsurError: The values are not finite, or all the same.
    """
    if not np.isfinite(values).all():
        raise DynsurError(f"{(~np.isfinite(values)).sum()} values are not finite.")
    if np.ptp(values) == 0:
        raise DynsurError("all values are the same; there is no variance to explain.")
    return summarised(contributions(design, values), [], seed)
