"""Voltages beyond the triangle: asymmetric sweeps, holds, pulse trains."""

import numpy as np
import pytest
from dynsur.core import Status, Waveform
from dynsur.core.systems.waveforms import pulse_train
from dynsur.plugins.reram import ReRAM

IMMOBILE = {"mu_x": 1e-25, "phi_L": 0.2, "phi_R": 0.2}


def test_without_mobile_vacancies_the_current_follows_the_voltage_alone():
    sweep = Waveform((0.0, 1.0, 1.5, 2.0, 5.0, 6.0), (0.0, 6.0, 6.0, 2.0, -4.0, 0.0))
    data = ReRAM(waveform=sweep, points=601).simulate(IMMOBILE)
    t, current = data["time"].values, data["current"].values
    held = current[(t > 1.001) & (t < 1.499)]
    assert np.ptp(held) < 1e-3 * np.abs(current).max()
    rise, fall = np.interp(0.5, t, current), np.interp(1.875, t, current)  # 3 V both times
    assert rise == pytest.approx(fall, rel=1e-2)


def reads(pulses, parameters, **fields):
    """Return the current in the middle of every read pulse of set, read, reset, read, ..."""
    train = pulse_train((6.0, 1.0, -6.0, 1.0), width=1e-3, gap=1e-3, edge=1e-4, repeats=pulses // 4)
    data = ReRAM(waveform=train, points=22 * pulses + 1, tolerance=0.05, **fields).simulate(
        parameters
    )
    assert data["status"].item() == Status.OK, data["reason"].item()
    period = train.duration / pulses
    middles = (np.arange(1, pulses, 2)) * period + 0.6e-3
    current = np.interp(middles, data["time"].values, data["current"].values)
    return current, data


def test_every_read_of_immobile_vacancies_gives_the_same_current():
    current, data = reads(80, IMMOBILE)
    np.testing.assert_allclose(current, current[0], rtol=1e-3)
    assert data.attrs["vacancy_drift"] < 1e-10


def test_mobile_vacancies_remember_the_last_pulse():
    current, _ = reads(80, {"mu_x": 1e-11})
    after_set, after_reset = current[-2], current[-1]
    assert abs(after_set - after_reset) > 0.01 * abs(after_reset)


@pytest.mark.slow
def test_thousands_of_pulses_finish():
    current, data = reads(2000, {"mu_x": 1e-12})
    assert np.isfinite(current).all()
    assert data.attrs["edge_error"] < 1e-6
    print(f"2000 pulses: {data.attrs}")


@pytest.mark.parametrize(("cycles", "points"), [(1, 501), (5, 501), (20, 2001)])
def test_points_grow_with_the_cycles(cycles, points):
    assert ReRAM(cycles=cycles).points == points


def test_pulses_shorter_than_the_recorded_interval_are_recorded():
    pulses = Waveform((0.0, 5.001, 5.0011, 5.003, 5.0031, 10.0), (0.0, 0.0, 3.0, 3.0, 0.0, 0.0))
    data = ReRAM(waveform=pulses, tolerance=0.1, points=21).simulate({})
    assert data["voltage"].values.max() == 3.0
    charge = np.trapezoid(data["voltage"].values, data["time"].values)
    assert charge == pytest.approx(3.0 * 0.002, rel=1e-6)
    assert np.abs(data["current"].values).max() > 0.0


def test_solves_that_do_not_suffice_name_the_setting():
    data = ReRAM(solves=3, tolerance=0.1).simulate({})
    assert "allow more with --set simulator.solves=" in data["reason"].item()
