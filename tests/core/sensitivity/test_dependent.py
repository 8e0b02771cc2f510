"""Indices of parameters that depend on each other, against closed forms."""

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.sensitivity.dependent import dependent_contributions, draw_sample
from dynsur.core.sensitivity.indices import summarised
from dynsur.core.sensitivity.populations import Box, Draws
from dynsur.core.sensitivity.quantities import Answers


def indices(function, condition, population, base=4096, seed=0):
    def evaluate(unit):
        values, none = function(unit)[:, None], np.zeros(len(unit), bool)
        return Answers(values, 0 * values, condition(unit), none)

    sample = draw_sample(population, evaluate, lambda a: a.inside, base, seed, "it is inside")
    return summarised(dependent_contributions(sample, sample.all_values[:, 0]), [], seed), sample


def everywhere(unit):
    return np.ones(len(unit), bool)


def test_a_triangle_makes_its_sides_depend():
    """For x + y on x + y > 1: Var = 1/18, Var E[·|x] = 1/72, E Var(·|y) = 1/24."""
    found, sample = indices(lambda u: u.sum(axis=1), lambda u: u.sum(axis=1) > 1, Box(2))
    assert sample.share == pytest.approx(0.5, abs=0.02)
    assert found.variance == pytest.approx(1 / 18, rel=0.05)
    np.testing.assert_allclose(found.first, 0.25, atol=0.03)
    np.testing.assert_allclose(found.total, 0.75, atol=0.05)
    np.testing.assert_allclose(found.shapley, 0.5, atol=0.06)


def test_a_condition_that_all_meet_changes_nothing():
    def function(u):
        return u @ np.array([1.0, 2.0, 3.0])

    found, sample = indices(function, everywhere, Box(3))
    share = np.array([1.0, 4.0, 9.0]) / 14
    assert sample.share == 1.0
    for values in (found.first, found.total):
        np.testing.assert_allclose(values, share, atol=0.04)
    np.testing.assert_allclose(found.shapley, share, atol=0.05)


def test_correlated_normal_draws_have_the_effects_of_the_literature():
    """Owen & Prieur (2017), doi:10.1137/16M1097717: a linear function of normal variables."""
    covariance = np.array([[1.0, 0.7, 0.0], [0.7, 1.0, 0.0], [0.0, 0.0, 1.0]])
    weights = np.array([1.0, 1.0, 2.0])
    z = np.random.default_rng(1).multivariate_normal(np.zeros(3), covariance, 8192)
    found, _ = indices(lambda u: (u - 0.5) @ weights, everywhere, Draws(0.5 + z / 20), 8192)
    variance = weights @ covariance @ weights
    np.testing.assert_allclose(found.first, (covariance @ weights) ** 2 / variance, atol=0.03)
    np.testing.assert_allclose(found.total, np.array([0.51, 0.51, 4.0]) / variance, atol=0.03)
    np.testing.assert_allclose(found.shapley, np.array([1.7, 1.7, 4.0]) / variance, atol=0.03)


def test_a_condition_that_hardly_any_system_meets_is_one_line():
    with pytest.raises(DynsurError, match=r"0 of \d+ systems drawn meet 'it is inside'"):
        indices(lambda u: u[:, 0], lambda u: u[:, 0] > 2, Box(2), base=128)


def test_copies_of_a_draw_count_once():
    unit = np.random.default_rng(0).random((300, 2))
    copied = Draws(np.concatenate([unit] * 5))
    found, sample = indices(lambda u: u[:, 0] * u[:, 1], everywhere, copied, base=1024)
    assert len(sample.unit) == 300
    alone, _ = indices(lambda u: u[:, 0] * u[:, 1], everywhere, Draws(unit), base=1024)
    np.testing.assert_allclose(found.first, alone.first, atol=0.02)
