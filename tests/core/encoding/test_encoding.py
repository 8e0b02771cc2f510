"""Scales are invertible."""

import numpy as np
import pytest
from dynsur.core import Departure, Encoding, Scale


@pytest.mark.parametrize("kind", ["linear", "log", "asinh"])
def test_scale_round_trip_and_range(kind):
    values = np.logspace(-17, 0, 200)
    scale = Scale.fit("current", values, kind, threshold=1e-15)
    encoded = scale.forward(values)
    assert encoded.min() == pytest.approx(0.0)
    assert encoded.max() == pytest.approx(1.0)
    np.testing.assert_allclose(scale.inverse(encoded), values, rtol=1e-9, atol=1e-17)


def test_asinh_keeps_signs():
    scale = Scale("current", "asinh", threshold=1e-15)
    np.testing.assert_allclose(scale.forward(-1e-6), -scale.forward(1e-6))


def test_a_logarithmic_scale_stays_finite_where_training_showed_positive_values_only():
    scale = Scale.fit("barrier", np.array([1e-3, 1e-1]), "log")
    np.testing.assert_allclose(scale.forward(np.array([-1.0, 0.0, 1e-9])), -1.0)
    assert scale.forward(np.array([1e-4])) == pytest.approx(-0.5)


def test_encoding_survives_json():
    scales = ((Scale("voltage"),), (Scale("a", "log"),), (Scale("current", "asinh"),))
    encoding = Encoding(*scales, (Departure(0.3, 0.5, -2.0, 1.0),))
    assert Encoding.from_json(encoding.to_json()) == encoding


SCALE = Scale.fit("current", np.array([-1e-3, 1e-3]), "asinh", threshold=1e-15)
GUESS = np.array([1e-9, -1e-9, 1e-6, -1e-12])
TRUE = np.array([2e-9, -2e-9, 1e-8, 1e-13])


def test_a_departure_in_full_trust_round_trips():
    departure = Departure.fit(SCALE, TRUE, GUESS, soft=0.3, trust=1.0)
    encoded = departure.forward(SCALE, TRUE, GUESS)
    np.testing.assert_allclose(departure.inverse(SCALE, encoded, GUESS), TRUE, rtol=1e-9)


def test_departures_do_not_tell_the_signs_of_a_current_apart():
    departure = Departure.fit(SCALE, TRUE, GUESS, soft=0.3, trust=1.0)
    first, mirrored, *_ = departure.forward(SCALE, TRUE, GUESS)
    assert first == pytest.approx(mirrored)


def test_no_departure_is_the_estimate_itself():
    departure = Departure.fit(SCALE, TRUE, GUESS, soft=0.3, trust=0.5)
    np.testing.assert_allclose(departure.inverse(SCALE, np.zeros(4), GUESS), GUESS, rtol=1e-9)


def test_half_trust_goes_half_the_decades():
    true, guess = TRUE[:3], GUESS[:3]
    departure = Departure.fit(SCALE, true, guess, soft=0.3, trust=0.5)
    half = departure.inverse(SCALE, departure.forward(SCALE, true, guess), guess)
    np.testing.assert_allclose(half, np.sign(guess) * np.sqrt(true * guess), rtol=1e-6)


def test_a_departure_never_exceeds_what_training_showed():
    departure = Departure.fit(SCALE, TRUE, GUESS, soft=0.3, trust=1.0)
    wild = departure.inverse(SCALE, np.full(4, 50.0), GUESS)
    assert np.abs(wild / GUESS).max() <= 2.0 * (1 + 1e-6)


def test_a_few_departures_by_decades_do_not_allow_all_of_them():
    rng = np.random.default_rng(0)
    guess = np.full(5000, 1e-6)
    true = guess * 10.0 ** rng.uniform(-0.1, 0.1, guess.size)
    true[:3] = 1e-14
    departure = Departure.fit(SCALE, true, guess, soft=0.3, trust=1.0)
    assert departure.low == pytest.approx(-0.1, abs=0.01)
    assert departure.high == pytest.approx(0.1, abs=0.01)


def test_a_departure_does_not_leave_the_range_of_the_training_data():
    departure = Departure(soft=0.3, trust=1.0, low=-5.0, high=5.0)
    estimate = np.array([[SCALE.inverse(np.array(0.9)), SCALE.inverse(np.array(1.2))]])
    largest = departure.inverse(SCALE, np.full((1, 2), 9.0), estimate)
    np.testing.assert_allclose(SCALE.forward(largest), [[1.0, 1.2]])


def test_a_departure_beyond_all_numbers_is_the_limit_without_a_warning():
    departure = Departure(soft=0.3, trust=1.0, low=-0.1, high=0.1)
    found = departure.inverse(SCALE, np.array([1e6, -1e6, 3.0, -3.0]), np.full(4, TRUE.flat[0]))
    np.testing.assert_array_equal(found[:2], found[2:])
