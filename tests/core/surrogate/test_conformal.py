"""Bands hold the share of held-out points they promise, of all and of each size."""

import numpy as np
import pytest
from crepes import ConformalRegressor
from dynsur.core import Scale
from dynsur.core.surrogate.conformal import Calibration, coverage_by_size

SCALE = Scale("y", "asinh", 0.0, 10.0, threshold=1e-6)


def noisy(seed, curves=800, points=50):
    """Return predictions over five decades, their members' spread and truths around them."""
    rng = np.random.default_rng(seed)
    g = rng.uniform(0.2, 0.7, (curves, 1)) + 0.05 * rng.standard_normal((curves, points))
    spread = rng.uniform(0.001, 0.02, (curves, points))
    # Errors grow with the size and with the spread, and have heavy tails.
    true = g + 3.0 * g * spread * rng.standard_t(3, (curves, points))
    return SCALE.inverse(g), spread, SCALE.inverse(true)


def test_new_points_are_covered_as_promised_of_all_and_in_each_decade():
    calibration = Calibration.fit(SCALE, *noisy(0))
    predicted, spread, true = noisy(1)
    low, high = calibration.band(SCALE, predicted, spread)
    found = coverage_by_size(SCALE, low, high, predicted, true)
    assert found["all"] == pytest.approx(0.9, abs=0.01)
    decades = [row["covered"] for row in found["by_size"].values() if row["n"] > 1000]
    assert len(decades) >= 4
    assert min(decades) > 0.88
    assert max(decades) < 0.92


def test_another_share_and_a_single_network_are_covered_too():
    predicted, spread, true = noisy(2)
    calibration = Calibration.fit(SCALE, predicted, 0.0 * spread, true, coverage=0.5)
    predicted, spread, true = noisy(3)
    low, high = calibration.band(SCALE, predicted, 0.0 * spread)
    assert ((true >= low) & (true <= high)).mean() == pytest.approx(0.5, abs=0.02)


def test_members_that_contradict_each_other_leave_a_finite_band_around_all_that_was_known():
    predicted, spread, true = noisy(5)
    calibration = Calibration.fit(SCALE, predicted, spread, true)
    low, high = calibration.band(SCALE, predicted, 1e6 + spread)
    assert np.isfinite(low).all()
    assert np.isfinite(high).all()
    assert ((low <= true) & (true <= high)).mean() > 0.999


def test_disagreeing_members_widen_the_band():
    predicted, spread, true = noisy(4)
    calibration = Calibration.fit(SCALE, predicted, spread, true)
    low, high = calibration.band(SCALE, predicted, spread)
    wider, higher = calibration.band(SCALE, predicted, 2.0 * spread)
    assert (wider < low).all()
    assert (higher > high).all()


def test_a_calibration_survives_json():
    calibration = Calibration.fit(SCALE, *noisy(5, curves=60))
    assert Calibration.from_json(calibration.to_json()) == calibration


@pytest.mark.parametrize("coverage", [0.5, 0.9, 0.95])
@pytest.mark.parametrize("curves", [30, 90, 800])
def test_the_bands_are_those_of_crepes(curves, coverage):
    predicted, spread, true = noisy(6, curves)
    ours = Calibration.fit(SCALE, predicted, spread, true, coverage)
    middle = SCALE.forward(predicted).ravel()
    residual = SCALE.forward(true).ravel() - middle
    sigma = spread.ravel() + ours.spread
    group = np.searchsorted(ours.edges, np.abs(middle - SCALE.forward(np.zeros(1))))
    theirs = ConformalRegressor().fit(residual, sigmas=sigma, bins=group)

    def theirs_of(confidence):
        bands = theirs.predict_int(middle, sigma, group, confidence=confidence)
        return (bands[:, 1] - bands[:, 0]) / 2 / sigma

    assert len(ours.quantiles) == min(20, curves // 20)
    for k, quantile in enumerate(ours.quantiles):
        errors = np.sort(np.abs(residual / sigma)[group == k])
        rank = np.argmin(np.abs(errors - quantile))
        assert errors[rank] == pytest.approx(quantile, rel=1e-12)
        assert np.allclose(theirs_of(coverage)[group == k], errors[rank], rtol=1e-9)
