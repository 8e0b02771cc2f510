"""Bridge sampling gives the analytic evidence of a Gaussian."""

import numpy as np
import pytest
from dynsur.core.sampling import log_evidence


@pytest.mark.parametrize("spread", [0.01, 0.5])
def test_the_evidence_of_a_gaussian(spread):
    d, wide = 4, 1.0 + spread**2

    def log_likelihood(z):
        return -0.5 * ((z - 0.7) ** 2).sum(axis=1) / spread**2

    rng = np.random.default_rng(0)
    draws = 0.7 / wide + spread / np.sqrt(wide) * rng.standard_normal((2000, d))
    exact = d * (np.log(spread) - 0.5 * np.log(wide) - 0.245 / wide)
    found = log_evidence(log_likelihood, draws, log_likelihood(draws), rng)
    assert found == pytest.approx(exact, abs=0.02)


def test_a_posterior_that_no_mixture_overlaps_is_said_to_have_no_bridge():
    """A sphere that is thin in ten dimensions: draws of Gaussians fall beside it."""
    rng = np.random.default_rng(0)
    z = rng.standard_normal((400, 10))
    z *= (2.0 + 1e-4 * rng.standard_normal((400, 1))) / np.linalg.norm(z, axis=1, keepdims=True)

    def log_likelihood(z):
        return -0.5 * ((np.linalg.norm(z, axis=1) - 2.0) / 1e-4) ** 2

    assert np.isnan(log_evidence(log_likelihood, z, log_likelihood(z), rng))
