"""Smoothed weights are those of ArviZ, and tell when they cannot be trusted."""

import warnings

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.sampling import RELIABLE, smoothed


@pytest.mark.parametrize("size", [0.2, 1.0, 3.0])
@pytest.mark.parametrize("count", [100, 2000])
def test_weights_and_shape_are_those_of_arviz(count, size):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        arviz = pytest.importorskip("arviz")
        ratios = size * np.random.default_rng(count).standard_t(4, count)
        expected, shape = arviz.psislw(ratios.copy())
    found = smoothed(ratios)
    np.testing.assert_allclose(found.weights, np.exp(expected), rtol=1e-9, atol=1e-15)
    assert found.shape == pytest.approx(float(shape), rel=1e-9)


def test_draws_of_a_wider_gaussian_give_the_moments_of_the_narrower_one():
    x = 1.5 * np.random.default_rng(0).standard_normal(20_000)
    found = smoothed(-0.5 * x**2 + 0.5 * (x / 1.5) ** 2)
    assert found.shape < RELIABLE
    assert (found.weights * x).sum() == pytest.approx(0.0, abs=0.03)
    assert (found.weights * x**2).sum() == pytest.approx(1.0, abs=0.03)


def test_draws_of_a_far_narrower_one_are_told_by_the_shape():
    x = 0.2 * np.random.default_rng(0).standard_normal(2000)
    assert smoothed(-0.5 * x**2 + 0.5 * (x / 0.2) ** 2).shape > RELIABLE


def test_equal_ratios_are_equal_weights_and_impossible_draws_weigh_nothing():
    even = smoothed(np.full(50, -3.0))
    np.testing.assert_allclose(even.weights, 0.02)
    assert even.effective == pytest.approx(50.0)
    some = smoothed(np.where(np.arange(50) < 10, -np.inf, 0.0))
    assert some.weights[:10].sum() == pytest.approx(0.0, abs=1e-12)


def test_draws_that_the_target_excludes_altogether_are_refused():
    with pytest.raises(DynsurError, match="none of the 40 draws"):
        smoothed(np.full(40, -np.inf))
