"""Bands of figures of merit hold their share of new errors."""

import math

import numpy as np
import pytest
from dynsur.core.merits import Merit, departure, merit_band


def test_a_band_holds_its_share_of_new_systems():
    random = np.random.default_rng(1)
    held = []
    for _ in range(2000):
        errors = random.standard_t(3, size=30)
        band = merit_band(errors[:29])
        held.append(abs(errors[29]) <= band.half_width)
    assert np.mean(held) == pytest.approx(27 / 30, abs=0.02)  # ⌈30·0.9⌉/30 exactly


def test_too_few_systems_tell_no_band():
    band = merit_band(np.array([0.1, np.nan, 0.2]))
    assert band.n == 2
    assert math.isinf(band.half_width)


def test_errors_are_decades_where_the_scale_is_logarithmic():
    true, guess = np.array([1.0, 1.0, -2.0, np.nan, 0.0]), np.array([10.0, -1.0, -2.0, 1.0, 1.0])
    log = departure(Merit("m", "1", scale="log"), guess, true)
    np.testing.assert_allclose(log, [1.0, np.nan, 0.0, np.nan, np.nan])
    linear = departure(Merit("m", "1"), guess, true)
    np.testing.assert_allclose(linear, [9.0, -2.0, 0.0, np.nan, 1.0])
