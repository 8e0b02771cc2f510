"""Recorded instants hold what a drive does: its kinks, its turning points, both sides of a jump."""

from dataclasses import dataclass

import numpy as np
import pytest
from dynsur.core import DynsurError, Smooth, Waveform, instants, pulse_train, sine, triangle
from dynsur.core.systems.instants import enough_points, missed, stops


@dataclass(frozen=True)
class Function:
    """Any function of time as a drive."""

    u: object
    duration: float = 10.0
    breaks: tuple[float, ...] = ()

    def __call__(self, t):
        return self.u(np.asarray(t, float))


def charge(time, u):
    return float(np.sum(0.5 * (u[1:] + u[:-1]) * np.diff(time)))


PULSES = Waveform((0.0, 5.001, 5.0011, 5.003, 5.0031, 10.0), (0.0, 0.0, 3.0, 3.0, 0.0, 0.0))


@pytest.mark.parametrize(
    "wave",
    [
        PULSES,
        triangle(10.0, 1.0, cycles=20),
        pulse_train((8.0, 1.0, -8.0, 1.0), width=1e-6, gap=1.0, edge=1e-8),
        sine(1.0, 2.0, cycles=3),
        Waveform((0.0, 1e-9, 2e-9, 1.0), (0.0, 5.0, 0.0, 0.0)),
        Waveform((0.0, 1.0 - 2e-9, 1.0 - 1e-9, 1.0), (0.0, 0.0, 5.0, 0.0)),
    ],
)
@pytest.mark.parametrize("spare", [0, 1, 2, 7, 500])
def test_every_kink_is_recorded_whatever_grid_is_asked_for(wave, spare):
    points = len(wave.times) + spare
    time = instants(wave, points)
    assert time.shape == (points,)
    assert time[0] == 0.0
    assert time[-1] == wave.duration
    assert (np.diff(time) > 0).all()
    kinks = np.array(wave.times)
    distance = np.abs(kinks[:, None] - time).min(axis=1)
    assert (distance <= 1e-9 * wave.duration).all()
    assert len({int(i) for i in np.abs(kinks[:, None] - time).argmin(axis=1)}) == kinks.size
    assert charge(time, wave(time)) == pytest.approx(
        charge(kinks, np.array(wave.values)), abs=1e-12
    )


def test_instants_are_equally_spaced_where_that_holds_the_kinks():
    wave = triangle(1.0, 3.0)
    np.testing.assert_array_equal(instants(wave, 501), np.linspace(0.0, 3.0, 501))


def test_only_the_nearest_instants_move():
    moved = instants(triangle(1.0, 3.0, cycles=2), 501) != np.linspace(0.0, 3.0 * 2, 501)
    assert moved.sum() == 4


def test_too_few_instants_are_refused_with_the_number_that_is_needed():
    with pytest.raises(DynsurError, match=r"--set simulator\.points=61"):
        instants(triangle(1.0, 1.0, cycles=20), 60)


@pytest.mark.parametrize("points", [1, 0, -3, -2.7e273, 1e8])
def test_an_impossible_number_of_instants_is_refused(points):
    for drive in (None, triangle(1.0, 1.0)):
        with pytest.raises(DynsurError, match=r"instants are asked for; expected at (least|most)"):
            enough_points(points, drive)


def test_the_default_grows_with_the_cycles_and_a_number_with_the_kinks():
    assert enough_points(501, triangle(1.0, 1.0)) == 501
    assert enough_points(501, triangle(1.0, 1.0, cycles=20)) == 2001
    assert enough_points(51, triangle(1.0, 1.0, cycles=20)) == 61
    assert enough_points(501, triangle(1.0, 1.0, cycles=1000)) == 10_001
    assert enough_points(501, triangle(1.0, 1.0, cycles=5000)) == 15_001


@pytest.mark.parametrize(
    "u",
    [
        lambda t: np.where(t >= np.pi, 1.0, 0.0),
        lambda t: np.where((t > 5.0001) & (t < 5.0031), 1.0, 0.0),
        lambda t: t % 0.7,
        lambda t: np.sign(np.sin(2 * np.pi * 1.37 * t)),
        lambda t: np.interp(t, [0, 3, 3.00001, 4, 4.00001, 10], [0, 0, 1, 1, 0, 0]),
    ],
    ids=["step", "pulse", "sawtooth", "square", "edges"],
)
def test_the_charge_of_a_function_that_jumps_is_recorded(u):
    drive = Function(u)
    time = instants(drive, 501)
    fine = np.linspace(0.0, 10.0, 4_000_001)
    assert charge(time, drive(time)) == pytest.approx(charge(fine, drive(fine)), abs=2e-5)
    assert not missed(drive, time, drive(time))


def test_both_sides_of_a_jump_are_found_to_rounding():
    found = stops(Function(lambda t: np.where(t >= np.pi, 1.0, 0.0)))
    np.testing.assert_allclose(found, [0.0, np.pi, np.pi, 10.0], atol=5e-11)
    assert found[1] < np.pi <= found[2]


def test_turning_points_of_a_fast_oscillation_are_recorded():
    drive = Function(lambda t: np.sin(2 * np.pi * 10.0 * t))
    assert np.sort(drive(instants(drive, 401)))[-99:] == pytest.approx(1.0, abs=1e-9)
    with pytest.raises(DynsurError, match="more than the 101 instants"):
        instants(drive, 101)


def test_a_slow_function_is_recorded_equally_spaced_within_its_tolerance():
    drive = Function(np.sin)
    np.testing.assert_array_equal(instants(drive, 101), np.linspace(0.0, 10.0, 101))


def test_what_no_probe_sees_is_declared():
    begin, width = 4.00013, 1e-7
    drive = Function(
        lambda t: np.where((t >= begin) & (t < begin + width), 1.0, 0.0),
        breaks=(begin, begin + width),
    )
    time = instants(drive, 51)
    assert charge(time, drive(time)) == pytest.approx(width, rel=1e-3)


def test_a_function_of_one_number_is_asked_one_by_one():
    class Scalar:
        duration = 2.0

        def __call__(self, t):
            return 1.0 if float(t) > 1.0 else 0.0

    assert stops(Scalar()).size == 4


def test_a_smooth_signal_is_recorded_at_its_turning_points_where_instants_are_too_few():
    t = np.linspace(0.0, 1.0, 1001)
    drive = Smooth(np.sin(2 * np.pi * 50 * t), 1e-3)
    np.testing.assert_array_equal(instants(drive, 501), np.linspace(0.0, 1.0, 501))
    assert (np.abs(drive(instants(drive, 102))[1:-1]) > 1.0 - 1e-6).all()


def test_a_smooth_signal_at_rest_says_where_it_wakes():
    bump = np.zeros(2001)
    bump[1200] = 1.0
    np.testing.assert_allclose(stops(Smooth(bump, 0.005)), [0.0, 5.99, 6.01, 10.0])
    assert stops(Smooth(np.random.default_rng(0).normal(size=200), 0.1)).size == 2


def test_a_record_between_the_kinks_is_said_to_miss_the_drive():
    time = np.linspace(0.0, 10.0, 501)
    assert "the drive is 3" in missed(PULSES, time, PULSES(time))
    assert not missed(triangle(1.0, 5.0, 2), time, triangle(1.0, 5.0, 2)(time))


def test_more_instants_than_memory_holds_are_refused():
    with pytest.raises(
        DynsurError, match=r"1e\+12 instants are asked for; expected at most 10,000,000"
    ):
        enough_points(10**12, None)
