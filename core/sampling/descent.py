"""Many searches for the least squares of residuals at once, for answers that come in batches.

Each search is that of Levenberg (1944) and Marquardt (1963), doi:10.1137/0111030, with forward
differences. A round is two batches: the derivatives of all searches, and their steps with three
dampings each.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

STEP = 0.02  # of finite differences: solvers are rough below
DAMPINGS = np.array([1e-4, 1e-2, 1.0])  # in the last one that served, and in the mean curvature
FIRST, LEAST, MOST, WORSE = 1.0, 1e-6, 1e6, 30.0
LONGEST, FARTHEST = 1.5, 4.0  # change of a coordinate in a round, and its modulus
ENOUGH = 1.0  # fall of the objective below which a search has ended


@dataclass(frozen=True)
class Descent:
    """Where searches have ended, and all that was computed on the way.

    Args:
        z: Their ends, shape [search, d].
        objective: |R|² + |z|² there, shape [search].
        curvature: 1 + Jᵀ J near there, shape [search, d, d].
        visited: All points, shape [n, d].
        residuals: R of them, shape [n, residual]; NaN where there is none.
    """

    z: np.ndarray
    objective: np.ndarray
    curvature: np.ndarray
    visited: np.ndarray
    residuals: np.ndarray


def descend(
    residuals: Callable[[np.ndarray], np.ndarray], starts: np.ndarray, rounds: int
) -> Descent:
    """Search the least |R(z)|² + |z|² from several starts.

    Args:
        residuals: Takes points [n, d] and returns R, shape [n, residual].
        starts: Shape [search, d].
        rounds: How many rounds at most.
    """
    z = np.clip(starts, -FARTHEST, FARTHEST)
    count, d = z.shape
    found = residuals(z)
    points, rows = [z], [found]
    objective, damping = _objective(z, found), np.full(count, FIRST)
    curvature = np.broadcast_to(np.eye(d), (count, d, d)).copy()
    left = np.flatnonzero(np.isfinite(objective))
    z, found = z.copy(), found.copy()
    for _ in range(rounds):
        if not left.size:
            break
        beside = (z[left, None] + STEP * np.eye(d)).reshape(-1, d)
        there = residuals(beside)
        points.append(beside)
        rows.append(there)
        slopes = (there.reshape(left.size, d, -1) - found[left, None]) / STEP
        slopes = np.nan_to_num(slopes, nan=0.0, posinf=0.0, neginf=0.0)
        curvature[left] = slopes @ np.swapaxes(slopes, 1, 2) + np.eye(d)
        downhill = -(slopes @ found[left][..., None]) - z[left][..., None]
        mean = np.einsum("sii->s", curvature[left]) / d
        tried = damping[left] * DAMPINGS[:, None]
        damped = curvature[left] + (tried * mean)[..., None, None] * np.eye(d)
        step = np.linalg.solve(damped, np.broadcast_to(downhill, (len(DAMPINGS), *downhill.shape)))
        new = np.clip(z[left] + np.clip(step[..., 0], -LONGEST, LONGEST), -FARTHEST, FARTHEST)
        flat = new.reshape(-1, d)
        answers = residuals(flat)
        points.append(flat)
        rows.append(answers)
        reached = _objective(flat, answers).reshape(new.shape[:2])
        best, every = np.argmin(reached, axis=0), np.arange(left.size)
        fall = objective[left] - reached[best, every]
        better = fall > 0.0
        served = np.clip(tried[best, every] / DAMPINGS[1], LEAST, MOST)
        damping[left] = np.where(better, served, np.minimum(damping[left] * WORSE, MOST))
        moved = left[better]
        z[moved] = new[best, every][better]
        found[moved] = answers.reshape(*new.shape[:2], -1)[best, every][better]
        objective[moved] -= fall[better]
        left = left[(fall > ENOUGH) | (~better & (damping[left] < MOST))]
    return Descent(z, objective, curvature, np.concatenate(points), np.concatenate(rows))


def _objective(z: np.ndarray, residuals: np.ndarray) -> np.ndarray:
    total = (residuals**2).sum(axis=1) + (z**2).sum(axis=1)
    return np.where(np.isfinite(total), total, np.inf)
