"""The likelihood is that of independent normal noise, and leaves out what cannot be compared."""

import dataclasses

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.inference import measured, question
from dynsur.core.sampling.correction import Correction
from lag import NOISE, TRUTH
from scipy.stats import norm

VALUES = {"rate": np.array([1.5, 3.0]), "gain": np.array([0.8, 1.1]), "idle": np.array([0.2, 0.9])}


def test_it_is_the_sum_of_normal_log_densities(responder, loop):
    asked = question(responder, [loop], {"relative": 0.03, "absolute": 0.002})
    found = asked.of_values(VALUES)
    model = responder.along({**VALUES, "U_max": 1.2}, {"voltage": loop.drive}, loop.time)
    m = model.outputs["current"]
    spread = np.hypot(0.03 * m, 0.002)
    np.testing.assert_allclose(found, norm.logpdf(loop.output, m, spread).sum(axis=1), rtol=1e-6)


@pytest.mark.parametrize("noise", [{"relative": 0.03, "absolute": 0.002}, {}])
def test_half_the_squares_of_its_residuals_are_the_likelihood(responder, loop, noise):
    """Up to one constant, also where the noise is estimated."""
    asked = question(responder, [loop, loop], noise)
    z = np.random.default_rng(0).standard_normal((30, len(asked.prior.names)))
    value, residuals = asked.with_residuals(z)
    np.testing.assert_array_equal(value, asked(z))
    left = value + 0.5 * (residuals**2).sum(axis=1)
    np.testing.assert_allclose(left, left[0], rtol=1e-9 * np.abs(value).max())


@pytest.mark.parametrize("noise", [{"relative": 0.01, "absolute": NOISE}, {}])
def test_learnt_on_a_stabilised_scale_it_is_nearly_the_same(responder, loop, noise):
    """The density of the data stays that on their own scale, also where the noise is estimated."""
    asked = question(responder, [loop], noise)
    rng, scale = np.random.default_rng(0), asked.scale_of(loop)
    near = {**TRUTH, "idle": 0.5, "noise_relative": 0.01, "noise_absolute": NOISE}
    named = {name: np.full(1, near[name]) for name in asked.prior.names}
    middle = asked.prior.coordinates(named)
    z = middle + 0.02 * rng.standard_normal((220, middle.shape[1]))
    rows, _ = asked.modelled(asked.prior.values(z), 0)
    places = asked.places(asked.prior.values(z))
    known = Correction.learn(
        places[:200], scale.forward(rows[:200]), np.ones(loop.time.size), places
    )
    learnt = dataclasses.replace(asked, corrections=(known,), scales=(scale,))
    assert learnt.smooth
    found, expected = learnt(z[200:]), asked(z[200:])
    assert np.ptp(expected) > 10.0
    np.testing.assert_allclose(found, expected, atol=0.06 * np.ptp(expected) + 0.5)
    np.testing.assert_array_equal(learnt.with_residuals(z[200:])[0], found)


def test_two_loops_add_up(responder, loop):
    noise = {"relative": 0.0, "absolute": 0.01}
    one, two = question(responder, [loop], noise), question(responder, [loop, loop], noise)
    np.testing.assert_allclose(two.of_values(VALUES), 2.0 * one.of_values(VALUES))


def test_missing_points_and_a_plateau_are_left_out(responder, loop):
    gone = loop.output.copy()
    gone[3:9] = np.nan
    limit = 0.5 * loop.peak
    limited = np.minimum(gone, limit)
    cut = measured("cut.csv", loop.time, loop.drive, limited, "current")
    assert not cut.used[3:9].any()
    assert not cut.used[limited == limit].any()
    noise = {"relative": 0.0, "absolute": 0.01}
    part = dataclasses.replace(loop, used=cut.used)
    expected = question(responder, [part], noise).of_values(VALUES)
    np.testing.assert_allclose(question(responder, [cut], noise).of_values(VALUES), expected)


def test_nuisances_are_what_an_instrument_adds(responder, loop):
    """Area and offset scale and shift the output; a series resistance takes its voltage away."""
    asked = question(responder, [loop], {}, ["area", "offset", "series-resistance"])
    nuisance = {
        "area": np.full(2, 2.0), "offset": np.full(2, 0.03), "series_resistance": np.full(2, 0.1),
    }  # fmt: skip
    found, _ = asked.modelled({**VALUES, **nuisance}, 0)
    drive = loop.drive - 0.1 * loop.output
    bare = responder.along({**VALUES, "U_max": 1.2}, {"voltage": drive}, loop.time)
    np.testing.assert_allclose(found, 2.0 * bare.outputs["current"] + 0.03, rtol=1e-9)


@pytest.mark.parametrize(
    ("noise", "told"),
    [({"relative": -0.1}, "not negative; got relative=-0.1"), ({"both": 1.0}, "got both=1.0")],
)
def test_a_noise_that_cannot_be_is_refused(responder, loop, noise, told):
    with pytest.raises(DynsurError, match=told):
        question(responder, [loop], noise)


def test_a_drive_that_stands_still_is_refused(responder, loop):
    still = dataclasses.replace(loop, drive=np.ones_like(loop.drive))
    with pytest.raises(DynsurError, match="needs a drive that moves"):
        question(responder, [still])
    with pytest.raises(DynsurError, match="needs a measured loop"):
        question(responder, [])
