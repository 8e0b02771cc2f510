"""The systems whose sensitivity is asked for: the whole box, or the draws of a posterior.

Both draw systems, and draw some parameters anew given the others.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..errors import DynsurError
from ..numbers import numbers


class Population(Protocol):
    """Systems as points of the unit cube."""

    def draw(self, start: int, count: int, seed: int) -> np.ndarray:
        """Return the systems start, …, start + count − 1, or as many as there are.

        No system comes twice, for copies of a system would look like its neighbours.
        """
        ...

    def redraw(self, unit: np.ndarray, chosen: np.ndarray, noise: np.ndarray) -> np.ndarray:
        """Return systems whose `chosen` parameters [n, parameter] are drawn given the others.

        `noise`, uniform in [0, 1], is what they are drawn with, shape [n, parameter].
        """
        ...


@dataclass(frozen=True)
class Box:
    """All systems of the box, with independent parameters."""

    parameters: int

    def draw(self, start: int, count: int, seed: int) -> np.ndarray:
        """Return random points, shape [count, parameter].

        Those of a sequence would bias estimates from given data: their neighbours are apart.
        """
        return np.random.default_rng([seed, 0, start]).random((count, self.parameters))

    def redraw(self, unit: np.ndarray, chosen: np.ndarray, noise: np.ndarray) -> np.ndarray:
        """Return systems whose chosen parameters are drawn uniformly."""
        return np.where(chosen, noise, unit)


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of a posterior, whose dependence is that of a Gaussian copula.

    The margins are those of the draws; the normal scores of their ranks have a joint normal
    distribution. Several separate modes are therefore joined where parameters are redrawn.

    Args:
        unit: The draws as points of the unit cube, shape [draw, parameter].
    """

    unit: np.ndarray

    def __post_init__(self) -> None:
        unit = numbers("draws", self.unit)
        if unit.ndim != 2 or len(unit) < 2 or not ((unit >= 0.0) & (unit <= 1.0)).all():
            raise DynsurError(
                "draws are two or more points of the unit cube, of shape [draw, parameter]; got "
                f"shape {unit.shape} of numbers from {unit.min(initial=1):g} to "
                f"{unit.max(initial=0):g}."
            )

    @property
    def scores(self) -> np.ndarray:
        """The normal scores of the draws' ranks, shape [draw, parameter]."""
        from scipy.stats import norm, rankdata

        return norm.ppf((rankdata(self.unit, axis=0) - 0.5) / len(self.unit))

    @property
    def correlation(self) -> np.ndarray:
        """The correlation of the normal scores, shape [parameter, parameter]."""
        count = self.unit.shape[1]
        found = np.corrcoef(self.scores, rowvar=False).reshape(count, count)
        return (1 - 1e-9) * found + 1e-9 * np.eye(count)

    def draw(self, start: int, count: int, seed: int) -> np.ndarray:
        """Return distinct draws in random order, shape [count, parameter] or less."""
        distinct = np.unique(self.unit, axis=0)
        order = np.random.default_rng([seed, 0]).permutation(len(distinct))
        return distinct[order[start : start + count]]

    def redraw(self, unit: np.ndarray, chosen: np.ndarray, noise: np.ndarray) -> np.ndarray:
        """Return systems whose chosen parameters are drawn given the others.

        A draw w of the whole is conditioned by z_u = w_u + Σ_uc Σ_cc⁻¹ (z_c − w_c).
        """
        from scipy.stats import norm

        ranks = np.sort(self.unit, axis=0)
        levels = (np.arange(len(ranks)) + 0.5) / len(ranks)
        columns = range(unit.shape[1])
        given = norm.ppf(np.stack([np.interp(unit[:, j], ranks[:, j], levels) for j in columns], 1))
        covariance = self.correlation
        whole = norm.ppf(np.clip(noise, 1e-12, 1 - 1e-12)) @ np.linalg.cholesky(covariance).T
        kept = ~chosen
        among = np.where(kept[:, :, None] & kept[:, None, :], covariance, 0.0)
        among = among + np.eye(unit.shape[1]) * chosen[:, None, :]
        rest = np.where(kept, given - whole, 0.0)
        solved = np.where(kept, np.linalg.solve(among, rest[:, :, None])[:, :, 0], 0.0)
        share = norm.cdf(whole + solved @ covariance)
        new = np.stack([np.interp(share[:, j], levels, ranks[:, j]) for j in columns], axis=1)
        return np.where(chosen, new, unit)
