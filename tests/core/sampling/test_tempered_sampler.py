"""The sampler gives the analytic posterior, and keeps modes with their weights."""

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.sampling import sample


def two_modes(weight, dimensions=8, spread=0.1):
    """Return ln L with modes at ±1 in every dimension, and the analytic ln evidence."""

    def log_likelihood(z):
        one, other = (-0.5 * ((z + s) ** 2).sum(axis=1) / spread**2 for s in (-1.0, 1.0))
        return np.logaddexp(np.log(weight) + one, np.log1p(-weight) + other)

    wide = 1.0 + spread**2
    return log_likelihood, dimensions * (np.log(spread) - 0.5 * np.log(wide) - 0.5 / wide)


def test_both_modes_are_kept_with_their_weights_and_the_evidence_is_right():
    weight = 0.3
    log_likelihood, evidence = two_modes(weight)
    found = sample(log_likelihood, 8, 1000, 1)
    assert found.log_evidence == pytest.approx(evidence, abs=0.2)
    assert np.mean(found.z[:, 0] > 0) == pytest.approx(weight, abs=0.05)


@pytest.mark.slow
def test_modes_and_evidence_over_ten_seeds(capsys):
    rows = []
    for weight in (0.5, 0.3):
        log_likelihood, evidence = two_modes(weight)
        for seed in range(10):
            found = sample(log_likelihood, 8, 1000, seed)
            rows.append((found.log_evidence - evidence, np.mean(found.z[:, 0] > 0) - weight))
    worst = np.abs(rows).max(axis=0)
    with capsys.disabled():
        print(f"\ntwo modes, 20 runs: ln evidence within {worst[0]:.3f}, weights {worst[1]:.3f}")
    assert worst[0] < 0.2
    assert worst[1] < 0.05


def test_a_gaussian_posterior_has_its_analytic_mean_and_covariance():
    rng = np.random.default_rng(2)
    design, y = rng.standard_normal((20, 5)), rng.standard_normal(20)
    covariance = np.linalg.inv(np.eye(5) + design.T @ design)
    mean = covariance @ design.T @ y
    found = sample(lambda z: -0.5 * ((y - z @ design.T) ** 2).sum(axis=1), 5, 2000, 0)
    whitened = (found.z - mean) @ np.linalg.inv(np.linalg.cholesky(covariance)).T
    np.testing.assert_allclose(whitened.mean(axis=0), 0.0, atol=0.1)
    np.testing.assert_allclose(np.cov(whitened.T), np.eye(5), atol=0.15)
    assert found.correlation < 0.1


def test_the_evidence_agrees_with_dynesty():
    """A bent ridge that no Gaussian fits, against another sampler's evidence."""
    dynesty = pytest.importorskip("dynesty")
    from scipy.special import ndtri

    def log_likelihood(z):
        return -0.5 * ((z[:, 1] - z[:, 0] ** 2 + 1.0) / 0.1) ** 2 - 0.5 * (z[:, 2] / 0.3) ** 2

    found = sample(log_likelihood, 3, 2000, 0)
    nested = dynesty.NestedSampler(
        lambda z: float(log_likelihood(z[None])[0]), ndtri, 3, nlive=300,
        rstate=np.random.default_rng(0),
    )  # fmt: skip
    nested.run_nested(print_progress=False)
    results = nested.results
    assert found.log_evidence == pytest.approx(
        results.logz[-1], abs=0.1 + 3.0 * results.logzerr[-1]
    )


def test_the_same_seed_gives_the_same_draws():
    log_likelihood, _ = two_modes(0.5, 3)
    one, other = (sample(log_likelihood, 3, 200, 7) for _ in range(2))
    np.testing.assert_array_equal(one.z, other.z)
    assert one.log_evidence == other.log_evidence


def test_impossible_points_are_left_and_a_prior_without_a_possible_one_is_refused():
    found = sample(lambda z: np.where(z[:, 0] > 0, 0.0, np.nan), 2, 500, 0)
    assert (found.z[:, 0] > 0).all()
    assert found.log_evidence == pytest.approx(np.log(0.5), abs=0.1)
    with pytest.raises(DynsurError, match="the prior excludes them"):
        sample(lambda z: np.full(len(z), -np.inf), 2, 500, 0)
