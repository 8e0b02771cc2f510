"""Retained instants lie where curves change and where drives turn."""

import numpy as np
import pytest
from dynsur.core.resampling import resample_smoothly
from dynsur.datasets.instants import where_curves_change

TIME = np.linspace(0.0, 1.0, 501)
PHASE = np.tile(TIME, (40, 1))
TRIANGLE = np.interp(TIME, [0.0, 0.25, 0.75, 1.0], [0.0, 1.0, -1.0, 0.0])
HEIGHTS = np.linspace(0.5, 2.0, 40)[:, None]


def chosen(curves, count=51, drive=TRIANGLE):
    return where_curves_change(PHASE, {"u": HEIGHTS * drive}, {"i": curves}, count)


def steps(width=0.002):
    """Steps near the middle, each at a place of its own."""
    places = np.linspace(0.46, 0.54, 40)[:, None]
    return HEIGHTS * np.tanh((TIME - places) / width)


def test_straight_curves_get_equal_steps():
    places = chosen(HEIGHTS * TIME, count=51)
    assert np.array_equal(np.setdiff1d(places, [125, 375]), np.arange(0, 501, 10))


def test_ends_and_turns_are_among_them_and_none_twice():
    places = chosen(steps())
    assert {0, 125, 375, 500} <= set(places.tolist())
    assert (np.diff(places) > 0).all()
    assert 51 <= places.size <= 53


def test_half_of_them_lie_where_all_curves_step():
    near = np.abs(TIME[chosen(steps())] - 0.5) < 0.05
    assert 0.5 < near.mean() < 0.65


def test_steps_between_them_are_followed_better_than_between_equal_instants():
    curves = steps()

    def off(places):
        return np.abs(resample_smoothly(TIME[places], curves[:, places], PHASE) - curves).mean()

    assert off(chosen(curves)) < 0.35 * off(np.arange(0, 501, 10))


def test_sizes_of_curves_and_curves_without_a_change_do_not_matter():
    curves = steps()
    flat = np.vstack([curves, np.zeros((1, 501))])
    phase = np.vstack([PHASE, TIME])
    drives = {"u": np.vstack([HEIGHTS * TRIANGLE, TRIANGLE])}
    assert np.array_equal(where_curves_change(phase, drives, {"i": flat}, 51), chosen(curves))
    assert np.array_equal(chosen(1e-9 * curves), chosen(curves))


@pytest.mark.parametrize("count", [3, 501])
def test_as_few_and_as_many_as_there_are(count):
    places = chosen(steps(), count)
    assert count <= places.size <= 501
    assert places[0] == 0
    assert places[-1] == 500


def test_drives_that_turn_everywhere_add_no_instants():
    noise = np.random.default_rng(0).normal(size=501)
    assert chosen(steps(), drive=noise).size == 51
