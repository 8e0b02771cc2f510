"""Metropolis steps along bent ridges, for likelihoods that are sums of squared residuals.

Where many parameters answer for few features of the data, a posterior is a thin bent sheet: random
steps leave it unless they are as short as it is thin. These steps follow it. With the residuals
R(z), their derivatives J and the density exp(−½ w |z|² − ½ β |R|²), the map

h(z') = w z' + β Jᵀ R(z'),  J as at z,

takes the density, if R is linear, to a normal one of the covariance G = w + β Jᵀ J. A proposal z'
solves h(z') = ρ h(z) + √(1 − ρ²) G^½ ξ with normal ξ: all the way with ρ = 0, which is
randomize-then-optimize (Bardsley et al. 2014, doi:10.1137/140964023), or a part of it. The density
of z' has the factor |w + β Jᵀ J(z')|, which that of the way back shares, as in steps on
manifolds (Zappa, Holmes-Cerf & Goodman 2018, doi:10.1002/cpa.21783; Au, Graham & Thiery 2023,
doi:10.1093/jrsssb/qkad023). As there, a step counts only if the way back, solved likewise, returns.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeGuard, runtime_checkable

import numpy as np

STEP = 0.01  # of finite differences: solvers round at their tolerance
ITERATIONS = 10  # of a solution, each one batch
CLOSE = 0.01  # of h, in its standard deviation, at which it is solved
RETURNED = 0.1  # from where a step began, in standard deviations
LOST = 1e3  # residual of h at which a solution is given up
SHORTER = 0.3  # the shortest step of a sweep in the longest
AIM = 0.5  # share of accepted steps
SINGULAR = 1e-13  # least eigenvalue of G in the largest one


@runtime_checkable
class LeastSquares(Protocol):
    """A likelihood whose logarithm is near −½ |R|² + ½ c |z|², up to a constant.

    Args:
        withdrawn: c, 1 where the density of z is itself among the residuals, else 0.
        smooth: Whether finite differences of R tell its derivatives; else no step follows ridges.
    """

    withdrawn: float
    smooth: bool

    def __call__(self, z: np.ndarray) -> np.ndarray: ...  # noqa: D102
    def with_residuals(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return ln L [n] and R [n, residual] of points [n, d]."""
        ...


def follows_ridges(log_likelihood: object) -> TypeGuard[LeastSquares]:
    """Return whether steps along ridges can be made with a likelihood."""
    return isinstance(log_likelihood, LeastSquares) and log_likelihood.smooth


class Metric(NamedTuple):
    """G = V diag(λ) Vᵀ of each particle.

    Args:
        values: λ, shape [n, d].
        vectors: V, shape [n, d, d].
        able: Whether G can be used, shape [n].
    """

    values: np.ndarray
    vectors: np.ndarray
    able: np.ndarray

    def rows(self, chosen: np.ndarray) -> "Metric":
        """Return the metric of some particles."""
        return Metric(*(part[chosen] for part in self))

    def root(self, vector: np.ndarray) -> np.ndarray:
        """Return G^½ vector for each particle, shape [n, d]."""
        return self._scaled(vector, np.sqrt(self.values))

    def whitened(self, vector: np.ndarray) -> np.ndarray:
        """Return G^−½ vector for each particle, shape [n, d]."""
        return self._scaled(vector, 1.0 / np.sqrt(self.values))

    def inverse(self) -> np.ndarray:
        """Return G^−1, shape [n, d, d]."""
        return np.einsum("nij,nj,nkj->nik", self.vectors, 1.0 / self.values, self.vectors)

    def log_root(self) -> np.ndarray:
        """Return ln √|G|, shape [n]."""
        return 0.5 * np.log(self.values).sum(axis=1)

    def _scaled(self, vector: np.ndarray, factor: np.ndarray) -> np.ndarray:
        turned = np.einsum("nji,nj->ni", self.vectors, vector)
        return np.einsum("nij,nj->ni", self.vectors, factor * turned)


@dataclass
class RidgeMoves:
    """Steps of particles at one β.

    Args:
        likelihood: ln L and residuals of points.
        beta: β.
        rng: Source of the draws.
        evaluations: How many likelihoods were computed.
    """

    likelihood: LeastSquares
    beta: float
    rng: np.random.Generator
    evaluations: int = 0
    _z: np.ndarray | None = None
    _residuals: np.ndarray | None = None
    _slopes: np.ndarray | None = None

    @property
    def _prior(self) -> float:
        return 1.0 - self.likelihood.withdrawn * self.beta

    def step(
        self, z: np.ndarray, value: np.ndarray, size: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Move particles once.

        Args:
            z: Where they are, shape [n, d].
            value: ln L there, shape [n].
            size: The longest step √(1 − ρ²), at most 1.

        Returns:
            Where they are then, ln L there, and which of them moved.
        """
        with np.errstate(all="ignore"):
            if self._z is not z:
                _, self._residuals = self._ask(z)
                self._slopes = self._derivatives(z, self._residuals)
            residuals, slopes = self._residuals, self._slopes
            assert residuals is not None
            assert slopes is not None
            to, found, there = self._proposed(z, value, residuals, slopes, size)
            moved = np.zeros(len(z), bool)
            moved[to] = True
            z, value = z.copy(), value.copy()
            z[to], value[to] = found[0], found[1]
            residuals[to], slopes[to] = found[2], there
            self._z = z
        return z, value, moved

    def _proposed(
        self,
        z: np.ndarray,
        value: np.ndarray,
        residuals: np.ndarray,
        slopes: np.ndarray,
        size: float,
    ) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
        """Return who moves; where to, ln L and the residuals there; and the slopes there."""
        metric, here = self._metric(slopes), self._image(z, residuals, slopes)
        length = size * SHORTER ** self.rng.random(len(z))[:, None]
        kept, noise = np.sqrt(1.0 - np.minimum(length, 1.0) ** 2), self.rng.standard_normal(z.shape)
        chance = np.log(self.rng.random(len(z)))
        wanted = kept * here + length * metric.root(noise)
        found, new, there, solved = self._solved(z, slopes, metric, wanted - here, wanted)
        some = np.flatnonzero(solved & metric.able)
        after = self._derivatives(found[some], there[some])
        back = self._metric(after)
        far = self._image(found[some], there[some], after)
        near = self._image(z[some], residuals[some], after)
        returning = back.whitened(near - kept[some] * far) / length[some]
        gain = self.beta * (new - value)[some]
        gain -= 0.5 * ((found[some] ** 2).sum(axis=1) - (z[some] ** 2).sum(axis=1))
        gain += 0.5 * ((noise[some] ** 2).sum(axis=1) - (returning**2).sum(axis=1))
        gain += metric.rows(some).log_root() - back.log_root()
        taken = back.able & (chance[some] < np.nan_to_num(gain, nan=-np.inf))
        some, after, back = some[taken], after[taken], back.rows(taken)
        far, near = far[taken], near[taken]
        home, _, _, solved = self._solved(found[some], after, back, near - far, near)
        off = back.root(home - z[some])
        taken = solved & ((off**2).sum(axis=1) < RETURNED**2)
        some = some[taken]
        return some, (found[some], new[some], there[some]), after[taken]

    def _ask(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.evaluations += len(z)
        value, residuals = self.likelihood.with_residuals(z)
        return np.where(np.isnan(value), -np.inf, value), residuals

    def _derivatives(self, z: np.ndarray, residuals: np.ndarray) -> np.ndarray:
        """Return Jᵀ by forward differences in one batch, shape [n, d, residual]."""
        n, d = z.shape
        if not n:
            return np.zeros((0, d, residuals.shape[1]))
        _, beside = self._ask((z[:, None] + STEP * np.eye(d)).reshape(n * d, d))
        return (beside.reshape(n, d, residuals.shape[1]) - residuals[:, None]) / STEP

    def _image(self, z: np.ndarray, residuals: np.ndarray, slopes: np.ndarray) -> np.ndarray:
        """Return h(z), shape [n, d]."""
        return self._prior * z + self.beta * (slopes @ residuals[..., None])[..., 0]

    def _metric(self, slopes: np.ndarray) -> Metric:
        d = slopes.shape[1]
        full = self._prior * np.eye(d) + self.beta * slopes @ np.swapaxes(slopes, 1, 2)
        finite = np.asarray(np.isfinite(full).all(axis=(1, 2)))
        values, vectors = np.linalg.eigh(np.where(finite[:, None, None], full, np.eye(d)))
        able = finite & (values[:, 0] > SINGULAR * values[:, -1])
        return Metric(np.where(able[:, None], values, 1.0), vectors, able)

    def _solved(
        self,
        z: np.ndarray,
        slopes: np.ndarray,
        metric: Metric,
        change: np.ndarray,
        wanted: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Solve h = wanted from z by Broyden's method (1965), which begins with G.

        Returns:
            Where, ln L and residuals there, and which were solved.
        """
        inverse = metric.inverse()
        found = z + (inverse @ change[..., None])[..., 0]
        value, solved = np.full(len(z), -np.inf), np.zeros(len(z), bool)
        residuals = np.zeros((len(z), slopes.shape[2]))
        step, before, left = np.zeros_like(z), np.zeros_like(z), np.arange(len(z))
        for number in range(ITERATIONS):
            if not left.size:
                break
            value[left], residuals[left] = self._ask(found[left])
            off = self._image(found[left], residuals[left], slopes[left]) - wanted[left]
            size = np.linalg.norm(metric.rows(left).whitened(off), axis=1)
            if number:
                inverse[left] = _updated(inverse[left], step[left], off - before[left])
            before[left] = off
            step[left] = -(inverse[left] @ off[..., None])[..., 0]
            solved[left] = size < CLOSE
            left = left[(size >= CLOSE) & (size < LOST)]
            if number + 1 < ITERATIONS:
                found[left] += step[left]
        return found, value, residuals, solved


def _updated(inverse: np.ndarray, step: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Return the inverse derivatives with which the last step would have changed h as it did."""
    mapped = (inverse @ change[..., None])[..., 0]
    along = (step * mapped).sum(axis=1)
    along = np.where(np.abs(along) < 1e-300, 1e-300, along)
    return inverse + ((step - mapped) / along[:, None])[..., None] * (step[:, None] @ inverse)
