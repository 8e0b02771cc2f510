"""Waveforms pass through their kinks; bad files are refused."""

import numpy as np
import pytest
from dynsur.core import DynsurError, pulse_train, read_csv, sine, triangle


def test_triangle_reaches_both_peaks_in_every_cycle():
    wave = triangle(3.0, 4.0, cycles=2)
    np.testing.assert_allclose(wave([1.0, 3.0, 5.0, 7.0, 8.0]), [3.0, -3.0, 3.0, -3.0, 0.0])


def test_pulse_train_holds_its_levels():
    wave = pulse_train((2.0, -1.0), width=1.0, gap=0.5, edge=0.1, repeats=3)
    assert wave(0.6) == 2.0
    assert wave(0.6 + 1.7) == -1.0
    assert wave.duration == pytest.approx(3 * 2 * 1.7)


def test_sine_is_followed_to_second_order():
    errors = []
    for segments in (16, 32):
        wave, t = sine(1.0, 1.0, segments=segments), np.linspace(0, 1, 1001)
        errors.append(np.abs(wave(t) - np.sin(2 * np.pi * t)).max())
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.1)


def test_csv_round_trip_and_refusal(tmp_path):
    path = tmp_path / "wave.csv"
    path.write_text("time,voltage\n0,0\n1,2.5\n2,0\n")
    assert read_csv(path)(0.5) == 1.25
    path.write_text("0,zero\n1,2\n")
    with pytest.raises(DynsurError, match=r"line 1 .* holds '0,zero'; expected two finite numbers"):
        read_csv(path)
    with pytest.raises(DynsurError, match="cannot read"):
        read_csv(tmp_path / "absent.csv")
