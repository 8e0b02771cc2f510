"""The device whose response is nearest to the data, searched from many starts."""

from dataclasses import dataclass, field

import numpy as np

from .likelihood import ABSOLUTE_GUESS, RELATIVE_GUESS, Likelihood

STARTS = 4
ITERATIONS = 15
DRAWN = 512  # draws of the prior, the best of which are starts
STEP = 1e-4  # of finite differences, in standard normal coordinates
WIDEST = 6.0  # standard normal coordinates beyond which no search goes


@dataclass(frozen=True)
class PointFit:
    """The best device found.

    Args:
        z: Where it is, in standard normal coordinates, shape [d].
        misfit: Root mean square of the weighted residuals.
        starts: The misfit that each start ended with, shape [start].
        ends: Where each start ended, shape [start, d].
    """

    z: np.ndarray
    misfit: float
    starts: np.ndarray
    ends: np.ndarray


def fit_point(likelihood: Likelihood, seed: int) -> PointFit:
    """Search for the least squares of the residuals, weighted by a noise of 2 % and 0.1 % of peak.

    The starts are the best of DRAWN draws of the prior; each is followed by the trust-region method
    of scipy, whose Jacobian is one batch of responses.

    Args:
        likelihood: The loops and what answers for the system.
        seed: Seed of the draws.
    """
    from scipy.optimize import least_squares

    rng = np.random.default_rng(seed)
    d = len(likelihood.prior.parameters)
    drawn = rng.standard_normal((DRAWN, d))
    residuals = _Residuals(likelihood)
    misfits = np.sqrt(np.mean(residuals(drawn) ** 2, axis=1))
    order = np.argsort(np.where(np.isfinite(misfits), misfits, np.inf))[:STARTS]
    found = []
    for start in drawn[order]:
        result = least_squares(
            residuals.at,
            np.clip(start, -WIDEST + 0.01, WIDEST - 0.01),
            jac=residuals.jacobian,  # type: ignore[arg-type]
            bounds=(-WIDEST, WIDEST),
            loss="soft_l1",
            max_nfev=ITERATIONS,
        )
        found.append((float(np.sqrt(np.mean(residuals(result.x[None])[0] ** 2))), result.x))
    best = min(found, key=lambda pair: pair[0])
    misfits, ends = zip(*found, strict=True)
    return PointFit(best[1], best[0], np.array(misfits), np.stack(ends))


@dataclass
class _Residuals:
    likelihood: Likelihood
    kept: np.ndarray | None = None
    derivatives: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """Return the weighted residuals of all loops, shape [n, residual]; large where none is."""
        likelihood = self.likelihood
        values = likelihood.prior.values(z)
        parts = []
        for number, loop in enumerate(likelihood.loops):
            model, _ = likelihood.modelled(values, number)
            spread = np.hypot(RELATIVE_GUESS * loop.output, ABSOLUTE_GUESS * loop.peak)
            parts.append(((loop.output - model) / spread)[:, loop.used])
        return np.nan_to_num(np.concatenate(parts, axis=1), nan=1e3, posinf=1e3, neginf=-1e3)

    def at(self, z: np.ndarray) -> np.ndarray:
        """Return the residuals of one point, and keep their derivatives from the same batch."""
        steps = STEP * np.eye(z.size)
        found = self(np.concatenate([z[None], z + steps]))
        self.derivatives = (found[1:] - found[0]).T / STEP
        self.kept = z.copy()
        return found[0]

    def jacobian(self, z: np.ndarray) -> np.ndarray:
        """Return the derivatives of the residuals by forward differences, [residual, d]."""
        if self.kept is None or not np.array_equal(self.kept, z):
            self.at(z)
        return self.derivatives
