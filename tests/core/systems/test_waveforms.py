"""Waveforms pass through their kinks; bad files are refused."""

import numpy as np
import pytest
from dynsur.core import DynsurError, Variable, pulse_train, read_csv, sine, triangle
from dynsur.core.systems import read_waveform
from dynsur.core.systems.excitations import multisine, sweep
from dynsur.core.systems.signals import Smooth, rest
from dynsur.core.systems.waveforms import Waveform


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
    with pytest.raises(DynsurError, match=r"line 1 of .*, column 2, holds 'zero'"):
        read_csv(path)
    with pytest.raises(DynsurError, match="cannot read"):
        read_csv(tmp_path / "absent.csv")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Waveform(("0", "1"), (0.0, 1.0)), "times takes numbers"),
        (lambda: Waveform((0.0, 1.0), (0.0, np.nan)), "finite"),
        (lambda: Waveform(np.zeros((2, 2)), np.zeros((2, 2))), r"got shape \(2, 2\)"),
        (lambda: triangle(1.0, 0.0), "period must be positive; got 0 s"),
        (lambda: triangle(np.nan, 1.0), "amplitude must be one finite number"),
        (lambda: triangle(1.0, 1.0, cycles=1.5), "cycles must be a whole number"),
        (lambda: sine(1.0, 1.0, segments=2), "segments must be a whole number of 4 or more"),
        (lambda: pulse_train((), 1.0, 1.0, 0.1), "at least one level; got none"),
        (lambda: pulse_train((1.0,), -1.0, 1.0, 0.1), "width must be positive; got -1 s"),
        (lambda: rest(0.0), "duration must be positive"),
        (lambda: multisine(1.0, (1.0, 2.0), 0.0, 0), "period must be positive"),
        (lambda: multisine(1.0, (1.0, np.nan), 1.0, 0), "two frequencies"),
        (lambda: sweep(1.0, (1.0, 2.0), 0.0), "rate must be positive"),
        (lambda: sweep(1.0, (2.0, 2.0), 1.0), "two frequencies that differ"),
        (lambda: Smooth(["a"] * 8, 1.0), "a smooth signal takes numbers"),
    ],
)
def test_makers_of_drives_refuse_what_is_no_drive(make, told):
    with pytest.raises(DynsurError, match=told):
        make()


def test_a_waveform_of_arrays_is_one_of_numbers():
    wave = Waveform(np.array([0, 1]), np.array([0, 2]))
    assert wave == Waveform((0.0, 1.0), (0.0, 2.0))
    assert hash(wave) == hash(Waveform((0.0, 1.0), (0.0, 2.0)))


def test_a_recorded_drive_is_found_by_the_name_or_unit_of_what_is_driven(tmp_path):
    path = tmp_path / "drive.csv"
    path.write_text("time [s],current [mA],voltage [V]\n0,0,5\n1,1000,5\n")
    assert read_csv(path, Variable("current", "A")).values == (0.0, 1.0)
    assert read_csv(path, Variable("drive", "V")).values == (5.0, 5.0)
    with pytest.raises(DynsurError, match=r"several columns .* may hold value"):
        read_csv(path)
    wave, told = read_waveform(path, columns="value=current")
    assert wave.values == (0.0, 1.0)
    assert told == "drive.csv: 2 points, 1 s, 0 to 1 A, from columns 1 and 2, s and mA"


def test_pulse_trains_of_another_shape_or_without_end_are_refused():
    assert pulse_train(1.0, 1.0, 1.0, 0.1) == pulse_train([1.0], 1.0, 1.0, 0.1)
    with pytest.raises(DynsurError, match="levels must be a list of numbers"):
        pulse_train([[1.0]], 1.0, 1.0, 0.1)
    with pytest.raises(DynsurError, match="cycles of 4 points are more than"):
        pulse_train([1.0], 1.0, 1.0, 0.1, repeats=10**12)
