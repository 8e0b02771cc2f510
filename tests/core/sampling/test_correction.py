"""A correction learns smooth errors from few simulations, and knows where it knows nothing."""

import numpy as np
import pytest
from dynsur.core.sampling.correction import Correction

TIME = np.linspace(0.0, 1.0, 50)
NOISE = np.full(50, 0.02)


def error(z):
    """Return an error of a model that bends with two of three parameters, [n, point]."""
    rise = 0.3 * z[:, :1] + 0.1 * z[:, 1:2] ** 2
    return rise * TIME + 0.05 * np.sin(6.0 * TIME) * np.cos(z[:, :1])


@pytest.fixture(scope="module")
def learnt():
    z = np.random.default_rng(0).standard_normal((150, 3))
    return Correction.learn(z, error(z), NOISE, z)


def test_it_predicts_the_error_within_what_it_knows(learnt):
    z = np.random.default_rng(1).standard_normal((200, 3))
    found, unknown = learnt.at(z)
    wrong = (found - error(z)) / NOISE
    assert np.sqrt(np.mean(wrong**2)) < 0.2
    told = np.sqrt(unknown.variance @ (unknown.basis / NOISE) ** 2 + unknown.rest / NOISE**2)
    assert np.mean(np.abs(wrong) < 3.0 * told + 0.02) > 0.97


def test_simulated_draws_are_passed_exactly(learnt):
    z = np.random.default_rng(0).standard_normal((150, 3))
    np.testing.assert_allclose(learnt.at(z)[0], error(z), atol=0.1 * NOISE[0])


def test_far_away_it_knows_less(learnt):
    near, far = (learnt.at(np.full((1, 3), place))[1].variance for place in (0.0, 6.0))
    assert (far > 10.0 * near).all()
