"""The Bouc–Wen oscillator: its linear limits, its energy, its loop, the benchmark's signals."""

import dataclasses

import numpy as np
import pytest
from dynsur.core import Waveform, rest, triangle
from dynsur.plugins.oscillators import BOUC_WEN, bouc_wen, multisine_test, sweep_test
from dynsur.plugins.oscillators.bouc_wen import BAND, PERIOD, RATE

FREE = dataclasses.replace(
    BOUC_WEN,
    start=lambda p: (1e-3, 0.0, 0.0),
    observe=lambda y, u, p: [y[0], y[1], y[2]],
    outputs=tuple(dataclasses.replace(BOUC_WEN.outputs[0], name=n) for n in ("y", "v", "z")),
    relative_tolerance=1e-9,
)


def released(duration, **fixed):
    space = BOUC_WEN.space
    for name, value in fixed.items():
        space = space.restrict(name, value)
    system = dataclasses.replace(FREE, space=space, drive=lambda p: rest(duration))
    return system.simulate({})


def test_without_hysteresis_it_is_a_linear_oscillator():
    """β = 0: z = α (y − y₀), so that m ÿ + c ẏ + (k + α) y = α y₀."""
    data = released(0.5, beta=0.0)
    t, mass, damping, start = data["time"].values, 2.0, 5.0, 1e-3
    rest_at = start * 5e4 / 1e5
    omega = np.sqrt(1e5 / mass - (damping / mass) ** 2)
    swing = np.cos(omega * t) + damping / (mass * omega) * np.sin(omega * t)
    exact = rest_at + (start - rest_at) * np.exp(-damping / mass * t) * swing
    np.testing.assert_allclose(data["y"], exact, atol=1e-9)


def test_the_loop_dissipates_energy():
    """Without damping and drive the swing loses energy, to the hysteresis alone."""
    data = released(1.0, c=0.0)
    y, v, z = (data[n].values for n in ("y", "v", "z"))
    # The element stores at most z²/2α of what is put into it.
    energy = 0.5 * 2.0 * v**2 + 0.5 * 5e4 * y**2 + 0.5 * z**2 / 5e4
    turns = np.flatnonzero(np.diff(np.sign(v))[1:]) + 1
    assert len(turns) > 40
    assert energy[turns[-1]] < 0.9 * energy[turns[0]]
    assert released(1.0, c=0.0, beta=0.0)["y"].max() <= 1e-3 * (1 + 1e-6)


def test_a_slow_loop_saturates_and_stays_open():
    """Quasi-static: |z| tends to α / (β (γ + δ)) where γ + δ > 0, and leaves a loop behind."""
    space = BOUC_WEN.space.restrict("delta", 0.2)
    slow = dataclasses.replace(
        FREE,
        space=space,
        start=lambda p: (0.0, 0.0, 0.0),
        drive=lambda p: triangle(1000.0, 4.0, cycles=2),
        relative_tolerance=1e-7,
    )
    data = slow.simulate({})
    z, y, u = data["z"].values, data["y"].values, data["force"].values
    limit = 5e4 / (1e3 * (0.8 + 0.2))
    assert np.abs(z).max() == pytest.approx(limit, rel=1e-3)
    second = data["time"].values > 4.0
    crossing = np.flatnonzero(second & (np.abs(u) < 1e-9))
    width = np.ptp(y[np.abs(u) < 30.0])
    # Where u = 0 on either branch, z = ∓ limit (less what it turns) holds the spring apart.
    assert crossing.size
    assert 1.5 * limit / 5e4 < width < 2.6 * limit / 5e4 + 60.0 / 5e4


def test_a_multisine_is_flat_within_its_band_and_has_its_rms():
    full = bouc_wen(8192)
    t = np.arange(8192) / RATE
    u = full.drive({**full.space.values(), "rms": 50.0})(t)
    assert np.sqrt(np.mean(u**2)) == pytest.approx(50.0, rel=1e-6)
    spectrum = np.abs(np.fft.rfft(u))
    lines = np.arange(np.ceil(BAND[0] * PERIOD), np.floor(BAND[1] * PERIOD) + 1).astype(int)
    np.testing.assert_allclose(spectrum[lines], spectrum[lines].mean(), rtol=1e-4)
    assert np.delete(spectrum, lines).max() < 1e-4 * spectrum[lines].mean()


def test_a_realisation_is_its_number():
    one, same, other = (BOUC_WEN.drive({"rms": 20.0, "realisation": r}) for r in (3.0, 3.9, 4.0))
    np.testing.assert_array_equal(one.values, same.values)
    assert np.corrcoef(one.values, other.values)[0, 1] < 0.2


def test_the_test_signals_are_those_of_the_benchmark():
    multisine, judged = multisine_test()
    assert judged.size == 8192
    assert multisine.waveform(np.arange(8192) / RATE).std() == pytest.approx(50.0, rel=1e-6)
    swept, judged = sweep_test()
    assert (swept.points, judged.size) == (135_001, 135_001)
    t = np.linspace(0.0, swept.waveform.duration, 2_000_001)
    u = swept.waveform(t)
    assert np.abs(u).max() == pytest.approx(40.0, rel=1e-4)
    rising = t[1:][(u[:-1] < 0) & (u[1:] >= 0)]
    frequency = 1 / np.diff(rising)
    assert frequency[0] == pytest.approx(20.0, abs=0.1)
    assert frequency[-1] == pytest.approx(50.0, abs=0.1)
    np.testing.assert_allclose(np.polyfit(rising[1:], frequency, 1)[0], 10 / 60, rtol=0.01)


def test_a_csv_may_drive_it():
    driven = dataclasses.replace(BOUC_WEN, waveform=Waveform((0.0, 0.1), (0.0, 5.0)), points=11)
    assert float(driven.simulate({})["displacement"][-1]) > 0
