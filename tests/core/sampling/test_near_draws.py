"""Starting near the posterior changes the way to it and not the posterior."""

import numpy as np
import pytest
from dynsur.core.sampling import sample_near

CENTRE, SPREAD = np.array([1.0, -0.5]), 0.05


def log_likelihood(z):
    return -0.5 * (((z - CENTRE) / SPREAD) ** 2).sum(axis=1)


def test_it_finds_the_analytic_posterior_and_evidence_from_draws_beside_it():
    rng = np.random.default_rng(0)
    beside = CENTRE + 0.2 + 0.2 * rng.standard_normal((100, 2))
    found = sample_near(log_likelihood, beside, 1500, 1)
    wide = 1.0 + SPREAD**2
    np.testing.assert_allclose(found.z.mean(axis=0), CENTRE / wide, atol=0.006)
    np.testing.assert_allclose(found.z.std(axis=0), SPREAD / np.sqrt(wide), rtol=0.08)
    evidence = 2 * np.log(SPREAD) - np.log(wide) - 0.5 * (CENTRE**2).sum() / wide
    assert found.log_evidence == pytest.approx(evidence, abs=0.1)
    np.testing.assert_allclose(found.log_likelihood, log_likelihood(found.z), rtol=1e-6, atol=1e-8)
    assert len(found.temperatures) < 8
