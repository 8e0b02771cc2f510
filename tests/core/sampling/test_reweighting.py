"""A rise of β keeps a share of the particles, and resampling keeps their weights."""

import numpy as np
import pytest
from dynsur.core.sampling.reweighting import resampled, rise_of, weights_of


@pytest.mark.parametrize("kept", [0.3, 0.5])
def test_the_share_that_was_asked_for_stays_effective(kept):
    value = -50.0 * np.random.default_rng(0).standard_normal(5000) ** 2
    weights = weights_of(value, rise_of(value, 0.0, kept))
    assert 1.0 / (weights**2).sum() == pytest.approx(kept * 5000, rel=1e-3)


def test_beta_never_rises_above_one():
    assert rise_of(np.zeros(10), 0.4, 0.5) == pytest.approx(0.6)


def test_particles_go_on_as_often_as_their_weights_say():
    weights = np.array([0.1, 0.0, 0.6, 0.3])
    found = resampled(weights, 10, np.random.default_rng(1))
    np.testing.assert_array_equal(np.bincount(found, minlength=4), [1, 0, 6, 3])
