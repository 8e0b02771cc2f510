"""At which points of the unit cube a system is asked, to tell the influence of its parameters."""

from dataclasses import dataclass

import numpy as np

FEW, MANY = 8, 1024  # of more parameters and base samples than these, a part begins chains
CHAIN_SHARE = 4  # that part is one of so many


@dataclass(frozen=True)
class BoxDesign:
    """Pairs of independent points A and B, exchanged parameter by parameter.

    Args:
        a: Base samples, shape [n, parameter].
        b: Partners, of that shape.
        orders: An order of the parameters for each of the first m base samples, [m, parameter].

    Source: Saltelli et al. (2010), doi:10.1016/j.cpc.2009.09.018; Goda (2021),
    doi:10.1016/j.ress.2021.107702.
    """

    a: np.ndarray
    b: np.ndarray
    orders: np.ndarray

    @classmethod
    def drawn(cls, parameters: int, base: int, seed: int) -> "BoxDesign":
        """Draw a design with scrambled Sobol' points."""
        from scipy.stats import qmc

        random = np.random.default_rng(seed)
        unit = qmc.Sobol(2 * parameters, scramble=True, rng=random).random(base)
        chains = base if parameters <= FEW else max(min(base, MANY), base // CHAIN_SHARE)
        orders = np.argsort(random.random((chains, parameters)), axis=1)
        return cls(unit[:, :parameters], unit[:, parameters:], orders)

    @property
    def points(self) -> np.ndarray:
        """Every point at which the quantity is needed, shape [point, parameter].

        These are A, B, A with parameter i of B for each i, and the inner points of the chains: A
        with the first k parameters of an order from B, k = 2, …, d − 1.
        """
        one_each = []
        for i in range(self.a.shape[1]):
            point = self.a.copy()
            point[:, i] = self.b[:, i]
            one_each.append(point)
        rank, m = np.argsort(self.orders, axis=1), len(self.orders)
        sizes = range(2, self.a.shape[1])
        chains = [np.where(rank < k, self.b[:m], self.a[:m]) for k in sizes]
        return np.concatenate([self.a, self.b, *one_each, *chains])

    def parts(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return the values at A [n], at B [n], exchanged [n, parameter] and of chains [m, k]."""
        n, count = self.a.shape
        m = len(self.orders)
        a, b = values[:n], values[n : 2 * n]
        ab = values[2 * n : (2 + count) * n].reshape(count, n).T
        inner = values[(2 + count) * n :].reshape(max(count - 2, 0), m).T
        first = np.take_along_axis(ab[:m], self.orders[:, :1], axis=1)
        ends = [a[:m, None], first, inner, b[:m, None]]
        return a, b, ab, np.hstack(ends if count > 1 else [ends[0], ends[-1]])
