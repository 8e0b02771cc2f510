"""A system follows all that its drive does, whatever the grid, and its budget grows with it."""

import dataclasses

import numpy as np
import pytest
from dynsur.core import DynsurError, Smooth, Status, Waveform, triangle
from odes import columns, row, space, system


@dataclasses.dataclass(frozen=True)
class Jumping:
    duration: float = 10.0
    begin: float = 5.0001
    width: float = 0.003

    def __call__(self, t):
        t = np.asarray(t, float)
        return np.where((t >= self.begin) & (t < self.begin + self.width), 1.0, 0.0)


def charged(drive, **changes):
    """y = ∫u dt."""
    return system(
        lambda t, y, u, p: (0 * y[0] + u,), start=lambda p: (0.0,), drive=drive, **changes
    )


@pytest.mark.parametrize("method", ["auto", "LSODA", "RK45"])
@pytest.mark.parametrize("width", [0.003, 0.5, 3.0])
def test_a_pulse_of_a_function_is_integrated_and_recorded(method, width):
    data = charged(lambda p: Jumping(width=width), method=method, points=51).simulate({})
    u, t = data["u"].values, data["time"].values
    assert data["y"].values[-1] == pytest.approx(width, rel=1e-6)
    assert np.sum(0.5 * (u[1:] + u[:-1]) * np.diff(t)) == pytest.approx(width, rel=1e-6)


def test_a_batch_of_jumps_gives_what_each_gives():
    simulator = charged(lambda p: Jumping(width=p["w"]), space=space(w=(0.002, 2.0)), points=51)
    drawn = columns(simulator, 5)
    together = simulator.simulate_batch(drawn)
    for i, width in enumerate(drawn["w"]):
        alone = simulator.simulate(row(drawn, i))
        np.testing.assert_array_equal(together["y"][i], alone["y"].values)
        assert together["y"][i, -1] == pytest.approx(width, rel=1e-6)


@pytest.mark.parametrize("method", ["auto", "LSODA"])
def test_a_burst_of_a_smooth_signal_after_rest_is_not_stepped_over(method):
    t = np.linspace(0.0, 10.0, 2001)
    drive = Smooth(np.exp(-(((t - 6.0) / 0.02) ** 2)), 0.005)
    data = charged(lambda p: drive, method=method).simulate({})
    assert data["y"].values[-1] == pytest.approx(0.02 * np.sqrt(np.pi), rel=1e-5)


def test_what_is_recorded_besides_the_kinks_stays_to_the_last_bit():
    """Kinks between equal instants move those; the solution at the others is the same."""
    kinked = charged(lambda p: triangle(1.0, 4.0, cycles=2), points=501).simulate({})
    t = kinked["time"].values
    same = t == np.linspace(0.0, 8.0, 501)
    assert (~same).sum() == 4
    closed = np.where(t % 4 < 1, (t % 4) ** 2 / 2, 0.0)
    first = t % 4 < 1
    np.testing.assert_allclose(kinked["y"].values[first], closed[first], atol=1e-12)


def test_points_grow_with_the_waveform_and_with_the_drive():
    simulator = charged(lambda p: triangle(1.0, 1.0, cycles=20))
    assert simulator.points == 2001
    assert dataclasses.replace(simulator, waveform=triangle(1.0, 1.0), points=501).points == 501
    short = charged(lambda p: triangle(10.0, 1.0, cycles=20), points=51)
    data = short.simulate({})
    assert (data["u"].max(), data["u"].min()) == (10.0, -10.0)


def test_a_sample_whose_drive_needs_more_instants_fails_with_the_setting():
    simulator = charged(
        lambda p: triangle(1.0, 1.0, cycles=int(p["n"])), space=space(n=(1.0, 40.0)), points=11
    )
    rows = simulator.simulate_batch({"n": np.array([1.0, 40.0])})
    assert rows["status"].tolist() == [Status.OK, Status.FAILED]
    assert "--set simulator.points=121" in rows["reason"][1]


def test_a_drive_of_many_pieces_is_allowed_more_evaluations():
    rng = np.random.default_rng(0)
    noise = Waveform(tuple(np.arange(2001.0)), (0.0, *rng.normal(size=2000)))
    decay = system(lambda t, y, u, p: (u - y[0],), drive=lambda p: noise, evaluations=20_000)
    assert decay.points == 2001 or decay.points > 2001
    assert decay.simulate({})["status"].item() == Status.OK
    data = dataclasses.replace(decay, evaluations=100).simulate({})
    assert data["status"].item() == Status.FAILED
    assert "2000 evaluations did not suffice" in data["reason"].item()
    assert "--set simulator.evaluations=1000" in data["reason"].item()
    alone = dataclasses.replace(decay, evaluations=10, method="LSODA").simulate({})
    assert "--set simulator.evaluations=100" in alone["reason"].item()


def test_a_system_without_input_takes_no_waveform_still():
    with pytest.raises(DynsurError, match="takes no waveform"):
        charged(lambda p: triangle(1.0, 1.0), inputs=(), waveform=triangle(1.0, 1.0))
