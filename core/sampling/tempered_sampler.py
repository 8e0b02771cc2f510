"""Tempered sequential Monte Carlo: draws of a posterior with all its modes, and its evidence.

Particles drawn from the prior are carried to the posterior through p(z) L(z)^β, with β from 0 to 1:
reweighted, resampled, and moved by Metropolis steps that keep that density. See Del Moral, Doucet &
Jasra (2006), doi:10.1111/j.1467-9868.2006.00553.x, and Chopin (2002), doi:10.1093/biomet/89.3.539.
All states that the particles pass at one β are reweighted for the next, as Dau & Chopin (2022),
doi:10.1111/rssb.12475, so that little of what was computed is thrown away.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from ..errors import DynsurError
from .evidence import log_evidence
from .mixture import Mixture
from .reweighting import resampled, rise_of, weights_of
from .ridge_moves import AIM, RidgeMoves, follows_ridges

KEPT = 0.5  # effective share of the particles after one rise of β
RIDGE_KEPT = 0.3  # the same where particles move along ridges
LEAST_ALIVE = 0.002  # share of the prior's draws that must have a likelihood
FROM_PRIOR = 10  # draws of the prior for each particle
SWEEPS = 6  # over all particles at each β, at the least
MOVED, SETTLED = 0.5, 0.1  # correlation with where a particle was; the second at β = 1
CHANCE = 2.0  # largest correlation of few independent particles, in 1/√n
MOST_SWEEPS, MOST_LAST_SWEEPS = 24, 100
ACCEPTED = 0.25  # share of local steps that their size aims at
LOCAL, INDEPENDENT, JUMP, RIDGE = "local", "independent", "jump", "ridge"
KINDS = (LOCAL, INDEPENDENT, LOCAL, JUMP)  # of steps, in turn
CHEAP = (INDEPENDENT, JUMP, LOCAL)  # before each sweep along ridges
RIDGES, MOST_RIDGES, MOST_LAST_RIDGES = 2, 4, 40  # sweeps along ridges at each β
WALKERS, DRAWS_EACH = 150, 4  # along ridges at the least, and how many draws each leaves at most
FEW = 0.03  # share of accepted steps below which a kind is tried in one turn of SELDOM only
SELDOM = 3

LogLikelihood = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Population:
    """Particles of a posterior.

    Args:
        z: Where they are, shape [particle, d]; the prior is standard normal in each dimension.
        log_likelihood: ln L, shape [particle].
        log_evidence: ln ∫ L(z) p(z) dz.
        evaluations: How many likelihoods were computed.
        temperatures: The values of β from 0 to 1.
        correlation: The largest correlation of the particles with where they were resampled.
    """

    z: np.ndarray
    log_likelihood: np.ndarray
    log_evidence: float
    evaluations: int
    temperatures: tuple[float, ...]
    correlation: float


def sample(
    log_likelihood: LogLikelihood,
    dimensions: int,
    particles: int = 1000,
    seed: int = 0,
    progress: Callable[[float], None] = lambda temperature: None,
) -> Population:
    """Draw a population of particles from p(z | data) ∝ L(z) p(z), p standard normal.

    Args:
        log_likelihood: Takes points [n, d] and returns ln L, shape [n]; −inf or NaN where the data
            are impossible. If it also gives residuals, as `LeastSquares`, particles follow ridges.
        dimensions: d.
        particles: How many particles.
        seed: Seed of all draws.
        progress: Called with each β that is reached.

    Raises:
        DynsurError: Hardly any draw of the prior makes the data possible.
    """
    from scipy.special import logsumexp

    rng = np.random.default_rng(seed)
    z = rng.standard_normal((FROM_PRIOR * particles, dimensions))
    value = _finite(log_likelihood(z))
    if np.isfinite(value).mean() < LEAST_ALIVE:
        raise DynsurError(
            f"only {np.isfinite(value).sum()} of {len(z)} draws of the prior give a response "
            "that can be compared with the data: the prior excludes them; widen the ranges."
        )
    beta, evaluations = 0.0, len(z)
    temperatures, correlation = [0.0], 0.0
    size = {LOCAL: 2.4 / np.sqrt(dimensions), RIDGE: 1.0}
    kept, walkers = KEPT, particles
    if follows_ridges(log_likelihood):
        kept, walkers = RIDGE_KEPT, min(particles, max(WALKERS, particles // DRAWS_EACH))
    moves: _Moves | None = None
    risen = 0.0  # ln of the evidence, from one β to the next
    while beta < 1.0:
        rise = rise_of(value, beta, kept)
        weights = weights_of(value, rise)
        risen += float(logsumexp(rise * value) - np.log(len(value)))
        beta = min(1.0, beta + rise)
        pool = z[resampled(weights, len(z), rng)]
        chosen = resampled(weights, walkers, rng)
        mixture = Mixture.fit(pool, int(rng.integers(2**31)))
        moves = _Moves(log_likelihood, mixture, pool, beta, rng, size)
        z, value, correlation = moves.sweep(z[chosen], value[chosen], beta == 1.0)
        evaluations += moves.counted()
        temperatures.append(beta)
        progress(beta)
    assert moves is not None
    z, value = moves.draws(z, value, particles)
    evaluations += moves.counted()
    found = log_evidence(log_likelihood, z, value, rng)
    evaluations += particles // 2
    if np.isnan(found):  # no mixture is like a very thin ridge
        found = risen
    return Population(z, value, found, evaluations, tuple(temperatures), correlation)


@dataclass
class _Moves:
    """Metropolis steps at one β: local ones within a mode, the others within and between modes.

    Args:
        log_likelihood: ln L of points.
        mixture: The modes of the pool.
        pool: Draws of this β before any step, shape [n, d], whose differences are jumps.
        beta: β.
        rng: Source of the draws.
        size: Sizes of steps by kind, which adapt themselves.
        evaluations: How many likelihoods were computed.
        made: The kinds of the sweeps that the last call made.
    """

    log_likelihood: LogLikelihood
    mixture: Mixture
    pool: np.ndarray
    beta: float
    rng: np.random.Generator
    size: dict[str, float]
    evaluations: int = 0
    made: list[str] = field(default_factory=list)

    def sweep(
        self, z: np.ndarray, value: np.ndarray, last: bool
    ) -> tuple[np.ndarray, np.ndarray, float]:
        """Move the particles until they have forgotten where in their mode they were.

        Returns:
            All states that were passed and their ln L, at β = 1 only the last ones, and the
            correlation that is left.
        """
        middles = self._middles(last)
        start, correlation, states = self._centred(z, middles), 1.0, []
        wanted = max(SETTLED if last else MOVED, CHANCE / np.sqrt(len(z)))
        accepted: dict[str, float] = {}
        self.made = []
        for number, kind in enumerate(self._kinds(last, accepted)):
            self.made.append(kind)
            before = z
            z, value = self._step(z, value, kind)
            accepted[kind] = float(np.mean((z != before).any(axis=1)))
            states.append((z, value))
            correlation = _correlation(start, self._centred(z, middles))
            if number + 1 >= self._least and correlation < wanted:
                break
        if last:
            return z, value, correlation
        passed, values = zip(*states, strict=True)
        return np.concatenate(passed), np.concatenate(values), correlation

    def draws(self, z: np.ndarray, value: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return as many draws as are wanted: particles, as often as they have moved on by half.

        Args:
            z: Particles that have forgotten where they were, shape [n, d].
            value: ln L of them, shape [n].
            count: How many draws are wanted.
        """
        states = [(z, value)]
        while len(states) * len(z) < count:
            for kind in self.made[len(self.made) // 2 :]:
                z, value = self._step(z, value, kind)
            states.append((z, value))
        if len(states) == 1:
            return z, value
        chosen = self.rng.permutation(len(states) * len(z))[:count]
        passed, values = zip(*states, strict=True)
        return np.concatenate(passed)[chosen], np.concatenate(values)[chosen]

    def counted(self) -> int:
        """Return how many likelihoods were computed since this was asked last."""
        count, self.evaluations = self.evaluations, 0
        return count

    @functools.cached_property
    def _ridge(self) -> RidgeMoves | None:
        if follows_ridges(self.log_likelihood):
            return RidgeMoves(self.log_likelihood, self.beta, self.rng)
        return None

    @property
    def _least(self) -> int:
        return SWEEPS if self._ridge is None else len(CHEAP) + RIDGES

    def _kinds(self, last: bool, accepted: Mapping[str, float]) -> Iterator[str]:
        """Yield the kinds of the sweeps at this β, given the share of steps that each moved."""
        most = MOST_LAST_SWEEPS if last else MOST_SWEEPS
        if self._ridge is not None:
            for number in range(MOST_LAST_RIDGES if last else MOST_RIDGES):
                for kind in CHEAP:  # where many of them are accepted they do most of the work
                    if accepted.get(kind, 1.0) >= FEW or not number % SELDOM:
                        yield kind
                yield RIDGE
                if accepted[RIDGE] < FEW:
                    break
            else:
                return
        for number in range(most):
            kind = KINDS[number % len(KINDS)]
            if accepted.get(kind, 1.0) < FEW and (number // len(KINDS)) % SELDOM:
                kind = LOCAL
            yield kind

    def _middles(self, last: bool) -> np.ndarray:
        """Return the middle of the mode that each Gaussian belongs to, shape [Gaussian, d].

        At β = 1 Gaussians that overlap are one mode, along all of which particles must have moved.
        """
        mixture = self.mixture
        if not last:
            return mixture.means
        group = mixture.joined(self.pool)
        alike = (group[:, None] == group) * mixture.weights
        return alike @ mixture.means / alike.sum(axis=1, keepdims=True)

    def _centred(self, z: np.ndarray, middles: np.ndarray) -> np.ndarray:
        return z - middles[self.mixture.mode_of(z)]

    def _proposed(self, z: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray | float]:
        """Return where particles may go, and ln of the density of the way back over that there."""
        mixture, rng = self.mixture, self.rng
        if kind == INDEPENDENT:
            new = mixture.draw(len(z), rng)
            return new, mixture.log_density(z) - mixture.log_density(new)
        if kind == JUMP:  # symmetric, as of differential evolution
            one, other = self.pool[rng.integers(len(self.pool), size=(2, len(z)))]
            return z + one - other, 0.0
        mode = mixture.mode_of(z)
        size = self.size[LOCAL]
        step = size * np.einsum("nij,nj->ni", mixture.roots[mode], rng.standard_normal(z.shape))
        new = z + step
        there = mixture.log_step(step, mode, size)
        return new, mixture.log_step(step, mixture.mode_of(new), size) - there

    def _step(self, z: np.ndarray, value: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
        if kind == RIDGE:
            return self._along_ridge(z, value)
        new, log_ratio = self._proposed(z, kind)
        proposed = _finite(self.log_likelihood(new))
        self.evaluations += len(z)
        log_prior = 0.5 * ((z**2).sum(axis=1) - (new**2).sum(axis=1))
        with np.errstate(invalid="ignore"):
            gain = self.beta * (proposed - value) + log_prior + log_ratio
        accepted = np.log(self.rng.random(len(z))) < np.nan_to_num(gain, nan=-np.inf)
        if kind == LOCAL:
            self.size[LOCAL] *= float(np.exp(accepted.mean() - ACCEPTED))
        return np.where(accepted[:, None], new, z), np.where(accepted, proposed, value)

    def _along_ridge(self, z: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ridge = self._ridge
        assert ridge is not None
        done = ridge.evaluations
        z, value, moved = ridge.step(z, value, self.size[RIDGE])
        self.evaluations += ridge.evaluations - done
        longer = float(np.exp(moved.mean() - AIM))
        self.size[RIDGE] = min(1.0, self.size[RIDGE] * longer)
        return z, value


def _finite(value: np.ndarray) -> np.ndarray:
    """Return log-likelihoods with −inf for NaN."""
    return np.where(np.isnan(value), -np.inf, value)


def _correlation(start: np.ndarray, now: np.ndarray) -> float:
    """Return the largest correlation of a coordinate with its value at the start."""
    a, b = start - start.mean(axis=0), now - now.mean(axis=0)
    spread = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    return float(((a * b).sum(axis=0) / np.maximum(spread, 1e-300)).max())
