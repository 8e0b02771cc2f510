"""Branches of loops are read where scipy's interpolation reads them."""

import numpy as np
import pytest
from dynsur.core.merits.excursions import Excursion, excursion_counts
from scipy.interpolate import interp1d


def test_branches_agree_with_interpolation_along_each():
    random = np.random.default_rng(0)
    n, half = 7, 60
    up = np.sort(random.uniform(0.02, 0.98, (n, half)), axis=1)
    down = np.sort(random.uniform(0.02, 0.98, (n, half)), axis=1)[:, ::-1]
    zero, one = np.zeros((n, 1)), np.ones((n, 1))
    scale = random.uniform(0.5, 3.0, (n, 1))
    drive = scale * np.hstack([zero, up, one, down, zero])
    response = random.normal(size=drive.shape)
    shares = random.uniform(0.05, 0.95, (n, 9))
    forth, back = Excursion.last(drive, response, 1).branches(shares)
    for i in range(n):
        turn = half + 1
        rising = interp1d(drive[i, : turn + 1], response[i, : turn + 1])
        falling = interp1d(drive[i, turn:], response[i, turn:])
        np.testing.assert_allclose(forth[i], rising(shares[i] * scale[i]), rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(back[i], falling(shares[i] * scale[i]), rtol=1e-9, atol=1e-9)


def test_the_last_complete_excursion_counts():
    t = np.linspace(0.0, 2.9, 2901)
    drive = np.sin(2 * np.pi * t)[None]  # the third one to the negative side is cut off
    response = np.floor(t)[None]
    level = np.array([0.5])
    assert Excursion.last(drive, response, 1).states(level)[0] == [2.0]
    assert Excursion.last(drive, response, -1).states(level)[0] == [1.0]
    assert excursion_counts(drive, 1) == [3]


def test_a_gradual_switch_is_where_half_of_the_gap_has_closed():
    t = np.linspace(0.0, 2.0, 4001)
    u = np.where(t < 1, t, 2 - t)
    gap = np.clip(1 - u, 0.0, None) * np.log(100.0)  # ln(back/forth), closing linearly
    response = u * np.exp(np.where(t < 1, 0.0, gap))
    voltage, largest = Excursion.last(u[None], response[None], 1).switching()
    assert largest == pytest.approx(0.95 * np.log(100.0), rel=1e-3)  # at the lowest level compared
    assert voltage == pytest.approx(1 - 0.95 / 2, abs=1e-3)


def test_a_drive_that_is_held_at_its_turning_point_switches_at_no_input():
    t = np.linspace(0.0, 3.0, 3001)
    u = np.minimum(np.minimum(t, 1.0), 3.0 - t)
    response = u * (1 + np.clip(t - 1.0, 0.0, 1.0))  # the state moves while it is held
    voltage, _ = Excursion.last(u[None], response[None], 1).switching()
    assert np.isnan(voltage).all()
