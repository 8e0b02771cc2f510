"""Simmons' current and the split of the voltage, against limits and the published numbers."""

import numpy as np
import pytest
from dynsur.plugins.memristors import SIMMONS
from dynsur.plugins.memristors.simmons import motion
from dynsur.plugins.memristors.tunnel import series_current, tunnel_current

P = SIMMONS.space.values({})


def published(v, w):
    """The formula with the numbers that Abdalla & Pickett (2011) print, valid below 0.3 V."""
    lam, w_1 = 0.0998 / w, 0.1261
    w_2 = w_1 + w - 0.9183 / (2.85 + 4 * lam - 2 * v)
    gap = w_2 - w_1
    phi = 0.95 - v * (w_1 + w_2) / w - 0.1148 / gap * np.log(w_2 * (w - w_1) / (w_1 * (w - w_2)))
    B = 10.246 * gap
    first = phi * np.exp(-B * np.sqrt(phi))
    return 0.0617e4 / 1e4 / gap**2 * (first - (phi + v) * np.exp(-B * np.sqrt(phi + v)))


@pytest.mark.parametrize("w", [1.2, 1.5, 1.8])
@pytest.mark.parametrize("v", [0.05, 0.15, 0.25])
def test_the_current_is_that_of_the_published_numbers(v, w):
    assert tunnel_current(v, w, P) == pytest.approx(published(v, w), rel=0.01)


def test_narrow_barriers_let_more_through_and_small_voltages_are_ohmic():
    widths = np.linspace(1.0, 2.0, 11)
    assert (np.diff(tunnel_current(0.2, widths, P)) < 0.0).all()
    small = tunnel_current(np.array([1e-4, 2e-4]), 1.5, P)
    assert small[1] / small[0] == pytest.approx(2.0, rel=1e-3)


@pytest.mark.parametrize("w", [1.0, 1.2, 1.5, 2.0])
def test_current_rises_with_voltage_and_is_odd(w):
    u = np.linspace(0.0, 3.0, 301)
    i = series_current(u, w, P)
    assert i[0] == 0.0
    assert (np.diff(i) > 0.0).all()
    assert series_current(-u, w, P) == pytest.approx(-i)


def test_barrier_and_resistor_share_the_voltage():
    u, w = np.meshgrid(np.linspace(0.01, 1.0, 20), np.linspace(1.0, 2.0, 9))
    i = series_current(u, w, P)
    over_barrier = u - i * P["R_s"]
    assert tunnel_current(over_barrier, w, P) == pytest.approx(i, rel=1e-6)


@pytest.mark.parametrize(("u", "w"), [(0.5, 1.4), (0.9, 1.5), (-0.1, 1.6), (-0.2, 1.9)])
def test_the_width_moves_as_published(u, w):
    i = 1e6 * abs(float(series_current(u, w, P)))
    end, scale, speed = ((w - 1.2), 115.0, 3.5) if u > 0 else ((1.8 - w), 8.9, -40.0)
    shape = np.exp(-np.exp(end / 0.107 - i / 500.0) - w / 0.107)
    expected = 1e3 * speed * np.sinh(i / scale) * shape
    assert float(motion(0.0, np.array([w]), u, P)[0]) == pytest.approx(expected, rel=1e-6)
