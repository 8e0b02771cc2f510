"""Multisines and sweeps have the spectrum, the size and the frequency they are asked for."""

import numpy as np
import pytest
from dynsur.core import DynsurError, Smooth, multisine, sweep


def test_a_multisine_excites_its_lines_equally_and_no_other():
    signal = multisine(3.0, (2.0, 5.0), period=4.0, seed=7)
    t = np.arange(400) / 100.0
    spectrum = np.abs(np.fft.rfft(signal(t))) / 200.0
    lines = np.arange(8, 21)
    np.testing.assert_allclose(spectrum[lines], 3.0 * np.sqrt(2 / 13), rtol=1e-5)
    assert np.delete(spectrum, lines).max() < 1e-5
    np.testing.assert_allclose(signal(t).std(), 3.0, rtol=1e-6)


def test_a_multisine_repeats_itself_and_ends_where_it_is_told():
    signal = multisine(1.0, (2.0, 5.0), period=4.0, seed=7, duration=9.01)
    assert signal.duration == 9.01
    t = np.linspace(0.1, 4.9, 97)
    np.testing.assert_allclose(signal(t), signal(t + 4.0), atol=1e-5)


def test_a_sweep_runs_either_way():
    for band in ((1.0, 3.0), (3.0, 1.0)):
        signal = sweep(2.0, band, rate=0.1)
        t = np.linspace(0.0, signal.duration, 200_001)
        u = signal(t)
        rising = t[1:][(u[:-1] < 0) & (u[1:] >= 0)]
        frequency = 1 / np.diff(rising)
        assert frequency[0] == pytest.approx(band[0], abs=0.2)
        assert frequency[-1] == pytest.approx(band[1], abs=0.2)
        assert np.abs(u).max() == pytest.approx(2.0, rel=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: multisine(1.0, (2.1, 2.2), period=1.0, seed=0),
        lambda: Smooth(np.zeros(3), 0.1),
        lambda: Smooth(np.array([0.0] * 9 + [np.nan]), 0.1),
        lambda: Smooth(np.zeros(10), -1.0),
        lambda: Smooth(np.zeros(10), 0.1, end=2.0),
    ],
)
def test_what_makes_no_signal_is_refused(wrong):
    with pytest.raises(DynsurError):
        wrong()
