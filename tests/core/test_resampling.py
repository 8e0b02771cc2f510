"""Sampled signals as few straight pieces."""

import numpy as np
import pytest
from dynsur.core import pulse_train, sine, straight_pieces, triangle
from dynsur.core.resampling import STRAIGHT, resample_smoothly
from scipy.interpolate import PchipInterpolator


@pytest.mark.parametrize(
    "wave",
    [
        triangle(2.0, 7.0, cycles=3),
        pulse_train([1.0, -0.3, 2.0], width=1.0, gap=0.7, edge=1e-3),
    ],
)
def test_a_sampled_waveform_is_cut_at_its_kinks(wave):
    time = wave.grid(501)
    places = straight_pieces(time, 1e-9 * wave(time))
    bends = np.diff(np.diff(wave.values) / np.diff(wave.times))
    kinks = [0.0, *np.array(wave.times)[1:-1][np.abs(bends) > 1e-6], wave.times[-1]]
    assert time[places] == pytest.approx(np.array(kinks), rel=1e-12)


def test_a_smooth_signal_is_followed_within_what_is_allowed():
    wave = sine(3.0, 1.0, cycles=2)
    time = np.linspace(0.0, 2.0, 1001)
    places = straight_pieces(time, wave(time))
    off = np.abs(np.interp(time, time[places], wave(time)[places]) - wave(time))
    assert off.max() <= 3.0 * STRAIGHT
    assert places.size < 150


def test_a_constant_or_a_pair_of_samples_is_one_piece():
    assert straight_pieces(np.arange(5.0), np.zeros(5)).tolist() == [0, 4]
    assert straight_pieces(np.array([0.0, 1.0]), np.array([1.0, 3.0])).tolist() == [0, 1]


@pytest.mark.parametrize("samples", [2, 3, 4, 11])
@pytest.mark.parametrize("alike", [True, False])
def test_smooth_interpolation_is_that_of_scipy(samples, alike):
    draws = np.random.default_rng(samples)
    x = np.sort(np.append([0.0, 1.0], draws.uniform(size=samples - 2)))
    y = draws.normal(size=(40, samples)) * np.geomspace(1e-15, 1e3, 40)[:, None]
    y[::4] = np.round(draws.normal(size=(10, samples)))  # plateaus, extrema
    y[1] = 0.0
    wanted = np.sort(draws.uniform(size=(1 if alike else 40, 60)), axis=1)
    wanted[:, [0, -1]] = 0.0, 1.0
    wanted = np.broadcast_to(wanted, (40, 60))
    alone = np.array([PchipInterpolator(x, row)(w) for row, w in zip(y, wanted, strict=True)])
    off = np.abs(resample_smoothly(x, y, wanted) - alone)
    assert (off <= 1e-14 * np.abs(y).max(axis=1, keepdims=True)).all()


def test_smooth_interpolation_of_no_rows():
    assert resample_smoothly(np.arange(3.0), np.empty((0, 3)), np.empty((0, 5))).shape == (0, 5)
