"""The few components of a model's error count as the full covariance that they stand for."""

import numpy as np
import pytest
from dynsur.core.sampling.model_error import ModelError, log_normal, whitened
from scipy.stats import multivariate_normal


@pytest.fixture
def case():
    rng = np.random.default_rng(3)
    residual = rng.standard_normal((4, 30))
    return residual, rng.uniform(0.5, 1.5, (4, 30)), rng.uniform(0.1, 2.0, (4, 30))


def test_it_is_the_density_of_the_full_covariance(case):
    residual, variance, scale = case
    rng = np.random.default_rng(4)
    error = ModelError(
        scale, rng.standard_normal((5, 30)), rng.uniform(0, 2, (4, 5)), rng.uniform(0, 1, 30)
    )
    for i, found in enumerate(log_normal(residual, variance, error)):
        mixed = scale[i] * error.basis
        covariance = np.diag(variance[i] + error.rest) + mixed.T @ (error.variance[i] * mixed.T).T
        assert found == pytest.approx(multivariate_normal.logpdf(residual[i], cov=covariance))


def test_an_error_of_no_size_changes_nothing(case):
    residual, variance, _ = case
    error = ModelError.of_band(np.zeros((4, 30)))
    np.testing.assert_allclose(
        log_normal(residual, variance, error), log_normal(residual, variance, None)
    )


def test_a_band_keeps_its_width_and_its_errors_resemble_each_other(case):
    error = ModelError.of_band(case[2])
    covariance = (error.basis.T * error.variance[0]) @ error.basis
    np.testing.assert_allclose(np.diag(covariance), 1.0, atol=0.01)
    assert covariance[10, 11] > 0.9
    assert abs(covariance[0, 29]) < 0.01


def test_a_response_that_is_none_is_nan_and_leaves_the_others_alone(case):
    residual, variance, scale = case
    gone = residual.copy()
    gone[1, 3] = np.nan
    error = ModelError.of_band(scale)
    found, whole = (log_normal(r, variance, error) for r in (gone, residual))
    assert np.isnan(found[1])
    np.testing.assert_array_equal(found[[0, 2, 3]], whole[[0, 2, 3]])


def test_a_band_far_above_the_noise_is_a_number_still(case):
    residual, variance, scale = case
    found = log_normal(1e9 * residual, 1e-12 * variance, ModelError.of_band(1e8 * scale))
    assert np.isfinite(found).all()


def test_squares_of_whitened_residuals_are_those_of_the_full_covariance(case):
    residual, variance, scale = case
    error = ModelError.of_band(scale)
    found = whitened(residual, variance, error)
    for i in range(4):
        mixed = scale[i] * error.basis
        covariance = np.diag(variance[i]) + mixed.T @ (error.variance[0] * mixed.T).T
        expected = residual[i] @ np.linalg.solve(covariance, residual[i])
        assert (found[i] ** 2).sum() == pytest.approx(expected, rel=1e-6)
    gone = residual.copy()
    gone[1, 3] = np.nan
    assert np.isnan(whitened(gone, variance, error)[1]).all()
    np.testing.assert_array_equal(whitened(gone, variance, error)[[0, 2, 3]], found[[0, 2, 3]])
