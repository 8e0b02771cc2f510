"""Sobol indices and Shapley effects of functions whose indices are known in closed form."""

import itertools
import math

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.sensitivity import indices_of_function

A = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0])


def ishigami(u):
    x = np.pi * (2 * u - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_truth():
    first = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2
    second, both = 49 / 8, 0.01 * np.pi**8 * 8 / 225
    variance = first + second + both
    return (
        np.array([first, second, 0.0]) / variance,
        np.array([first + both, second, both]) / variance,
        np.array([first + both / 2, second, both / 2]) / variance,
    )


def sobol_g(u):
    return np.prod((np.abs(4 * u - 2) + A) / (1 + A), axis=1)


def sobol_g_truth():
    parts = 1 / (3 * (1 + A) ** 2)
    variance = np.prod(1 + parts) - 1
    total = parts * np.prod(1 + parts) / (1 + parts)
    shapley = np.zeros(A.size)
    for size in range(1, A.size + 1):  # each interaction is shared by its parameters
        for members in itertools.combinations(range(A.size), size):
            shapley[list(members)] += np.prod(parts[list(members)]) / size
    return parts / variance, total / variance, shapley / variance


@pytest.mark.parametrize(
    ("function", "truth"),
    [(ishigami, ishigami_truth()), (sobol_g, sobol_g_truth())],
    ids=["ishigami", "sobol-g"],
)
def test_indices_are_within_a_hundredth_of_their_analytic_values(function, truth):
    first, total, shapley = truth
    found = indices_of_function(function, len(first), 8192, seed=0)
    np.testing.assert_allclose(found.first, first, atol=0.01)
    np.testing.assert_allclose(found.total, total, atol=0.01)
    np.testing.assert_allclose(found.shapley, shapley, atol=0.01)
    assert found.shapley.sum() == pytest.approx(1.0)


def test_indices_agree_with_salib():
    from SALib.analyze import sobol as analyse
    from SALib.sample import sobol as sample

    problem = {"num_vars": 8, "names": [f"x{i}" for i in range(8)], "bounds": [[0, 1]] * 8}
    points = sample.sample(problem, 4096, calc_second_order=False, seed=1)
    theirs = analyse.analyze(
        problem, sobol_g(points), calc_second_order=False, num_resamples=50, seed=1
    )
    ours = indices_of_function(sobol_g, 8, 4096, seed=1)
    np.testing.assert_allclose(ours.first, theirs["S1"], atol=0.01)
    np.testing.assert_allclose(ours.total, theirs["ST"], atol=0.01)


def test_confidence_covers_the_truth_about_as_often_as_it_says():
    first, total, shapley = ishigami_truth()
    inside = []
    for seed in range(40):
        found = indices_of_function(ishigami, 3, 256, seed)
        values = np.stack([found.first, found.total, found.shapley])
        truth = np.stack([first, total, shapley])
        inside.append(np.abs(values - truth) <= 1.96 * found.sampling)
    # Sobol' points are better than the independent ones that a bootstrap assumes.
    assert np.mean(inside) >= 0.93


def test_effects_of_many_parameters_follow_an_additive_function():
    weights = np.arange(1, 13.0)
    found = indices_of_function(lambda u: u @ weights, 12, 2048, seed=2)
    share = weights**2 / (weights**2).sum()
    np.testing.assert_allclose(found.shapley, share, atol=2e-3)
    np.testing.assert_allclose(found.first, share, atol=5e-3)


@pytest.mark.parametrize("parameters", [1, 2])
def test_few_parameters_share_the_variance(parameters):
    found = indices_of_function(lambda u: np.prod(u, axis=1), parameters, 4096, seed=0)
    np.testing.assert_allclose(found.shapley, 1 / parameters, atol=0.01)
    if parameters == 2:
        np.testing.assert_allclose(found.first, 3 / 7, atol=0.01)


def test_the_same_seed_gives_the_same_bits():
    one, two = (indices_of_function(ishigami, 3, 128, seed=5) for _ in range(2))
    for name in ("first", "total", "shapley", "sampling"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_what_has_no_variance_is_refused():
    with pytest.raises(DynsurError, match="no variance to explain"):
        indices_of_function(lambda u: np.ones(len(u)), 2, 64)
    with pytest.raises(DynsurError, match="not finite"):
        indices_of_function(lambda u: np.full(len(u), math.nan), 2, 64)
