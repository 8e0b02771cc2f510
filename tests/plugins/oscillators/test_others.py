"""Silverbox, FitzHugh–Nagumo and Lorenz against what is known of them in closed form."""

import dataclasses

import numpy as np
import pytest
from dynsur.core import rest
from dynsur.plugins.oscillators import FITZHUGH_NAGUMO, LORENZ, SILVERBOX
from dynsur.plugins.oscillators.lorenz import LYAPUNOV, VALID_TIME, flow, valid_time


class Tone:
    """A sine that starts at once, as a smooth drive."""

    def __init__(self, amplitude, frequency, duration):
        self.amplitude, self.frequency, self.duration = amplitude, frequency, duration

    def __call__(self, t):
        return self.amplitude * np.sin(2 * np.pi * self.frequency * np.asarray(t))


@pytest.mark.parametrize("frequency", [20.0, 68.58, 120.0])
def test_a_small_signal_sees_the_linear_resonance(frequency):
    """|Y/U| = 1 / |1 − r² + 2iζr| at r = f / f₀."""
    tone = dataclasses.replace(SILVERBOX, waveform=Tone(1e-4, frequency, 0.6), points=6001)
    data = tone.simulate({})
    t, y = data["time"].values, data["output"].values
    late = t > 0.6 - 10 / frequency
    basis = np.stack([np.sin(2 * np.pi * frequency * t), np.cos(2 * np.pi * frequency * t)], 1)
    amplitude = np.hypot(*np.linalg.lstsq(basis[late], y[late], rcond=None)[0])
    r = frequency / 68.58
    assert amplitude / 1e-4 == pytest.approx(1 / abs(1 - r**2 + 2j * 0.0468 * r), rel=2e-3)


def test_a_large_signal_stiffens_the_spring():
    gain = []
    for amplitude in (1e-4, 0.1):
        tone = dataclasses.replace(SILVERBOX, waveform=Tone(amplitude, 68.58, 0.5), points=5001)
        y = tone.simulate({})["output"].values
        gain.append(np.abs(y[4000:]).max() / amplitude)
    assert gain[1] < 0.5 * gain[0]


def test_a_neuron_at_rest_stays_at_its_fixed_point():
    data = FITZHUGH_NAGUMO.simulate({"current": 0.0})
    v, w = data["potential"].values, data["recovery"].values
    assert v[0] == pytest.approx(-1.1994, abs=1e-4)  # FitzHugh's resting point
    assert w[0] == pytest.approx(v[0] - v[0] ** 3 / 3, abs=1e-9)
    np.testing.assert_allclose(v, v[0], atol=1e-7)


@pytest.mark.parametrize(("current", "spikes"), [(0.1, 0), (0.5, 3), (1.2, 3)])
def test_a_neuron_spikes_above_threshold_only(current, spikes):
    v = FITZHUGH_NAGUMO.simulate({"current": current, "width": 120.0})["potential"].values
    count = int(((v[:-1] < 1.0) & (v[1:] >= 1.0)).sum())
    assert count >= spikes if spikes else count == 0


def test_the_fixed_points_of_convection_stay():
    c = np.sqrt(8 / 3 * 27)
    values = LORENZ.space.values()
    for point in ((0.0, 0.0, 0.0), (c, c, 27.0), (-c, -c, 27.0)):
        np.testing.assert_allclose(flow(0.0, point, 0.0, values), 0.0, atol=1e-12)
    still = dataclasses.replace(LORENZ, start=lambda p: (c, c, 27.0), drive=lambda p: rest(1.0))
    np.testing.assert_allclose(still.simulate({})["x"], c, atol=1e-9)


def test_volumes_shrink_at_the_rate_of_the_divergence():
    """A small parallelepiped's volume falls as e^{−(σ + 1 + β) t}."""
    eps, time = 1e-5, 0.4
    corners = np.array([[1.0, 2.0, 20.0]] * 4) + eps * np.eye(4, 3, k=-1)
    short = dataclasses.replace(
        LORENZ, drive=lambda p: rest(time), points=5,
        relative_tolerance=1e-12, absolute_tolerance=1e-13,
    )  # fmt: skip
    rows = short.simulate_batch(dict(zip(("x_0", "y_0", "z_0"), corners.T, strict=True)))
    ends = np.stack([rows[name][:, -1] for name in "xyz"], axis=1)
    volume = abs(np.linalg.det((ends[1:] - ends[0]) / eps))
    assert np.log(volume) / time == pytest.approx(-(10 + 1 + 8 / 3), rel=1e-3)


def test_neighbours_part_at_the_lyapunov_exponent():
    start = {"x_0": [1.0, 1.0 + 1e-9], "y_0": 1.0, "z_0": 20.0}
    long = dataclasses.replace(LORENZ, drive=lambda p: rest(16.0), points=801)
    rows = long.simulate_batch(start)
    apart = np.sqrt(sum((rows[n][1] - rows[n][0]) ** 2 for n in "xyz"))
    t = rows["time"][0]
    rate = np.polyfit(t[100:], np.log(apart[100:]), 1)[0]
    assert rate == pytest.approx(LYAPUNOV, rel=0.4)


def test_the_valid_time_is_when_the_error_passes_its_bound():
    t = np.linspace(0.0, 10.0, 101)[None].repeat(2, axis=0)
    true = {name: np.ones_like(t) for name in "xyz"}
    wrong = {name: np.stack([np.ones(101), 1.0 + 0.1 * t[1]]) for name in "xyz"}
    found = valid_time(wrong, true, t)[VALID_TIME]
    # ‖0.1 t (1,1,1)‖ = 0.4 ‖(1,1,1)‖ at t = 4, first exceeded a sample later.
    np.testing.assert_allclose(found, [10.0 * LYAPUNOV, 4.1 * LYAPUNOV], rtol=0.03)


def test_the_resting_point_of_fitzhugh_nagumo_is_one():
    for a, b in ((0.7, 0.8), (-0.7, 0.8), (0.6, 1.0), (0.0, 0.9)):
        values = {"a": a, "b": b, "epsilon": 0.08}
        state = FITZHUGH_NAGUMO.start(values)
        assert FITZHUGH_NAGUMO.rhs(0.0, np.array(state), 0.0, values) == pytest.approx(
            (0.0, 0.0), abs=1e-14
        )
