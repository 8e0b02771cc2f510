"""Searches reach the least squares, also where answers are missing."""

import numpy as np
from dynsur.core.sampling.descent import descend

SLOPES = np.array([[3.0, 1.0], [0.0, 20.0], [1.0, -1.0]])
DATA = np.array([2.0, -9.0, 1.0])


def straight(z):
    return z @ SLOPES.T - DATA


def bent(z):
    """Return residuals of Rosenbrock's valley, NaN far from it."""
    rows = np.stack([30.0 * (z[:, 1] - z[:, 0] ** 2), 3.0 * (1.0 - z[:, 0])], axis=1)
    return np.where((np.abs(z[:, :1]) > 3.0), np.nan, rows)


def test_straight_residuals_end_in_the_ridge_regression():
    found = descend(straight, np.array([[0.0, 0.0], [2.0, -1.0]]), 8)
    curvature = SLOPES.T @ SLOPES + np.eye(2)
    expected = np.linalg.solve(curvature, SLOPES.T @ DATA)
    np.testing.assert_allclose(found.z, [expected, expected], atol=2e-2)
    np.testing.assert_allclose(found.curvature, [curvature, curvature], rtol=1e-6)


def test_a_bent_valley_is_followed_and_its_way_is_kept():
    starts = np.array([[-1.5, 1.0], [2.5, -1.0]])
    found = descend(bent, starts, 30)
    assert (found.objective < (bent(starts) ** 2).sum(axis=1)).all()
    assert found.objective.min() < 3.0  # |z|² counts too: 2 at the bottom of the valley
    np.testing.assert_array_equal(found.residuals, bent(found.visited))


def test_a_start_without_an_answer_stays():
    found = descend(bent, np.array([[3.5, 0.0], [0.0, 0.0]]), 8)
    np.testing.assert_array_equal(found.z[0], [3.5, 0.0])
    assert np.isinf(found.objective[0])
    assert found.objective[1] < 9.0
