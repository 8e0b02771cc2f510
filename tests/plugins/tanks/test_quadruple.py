"""The quadruple tank against its publication, the balance of water and simpler tanks."""

import dataclasses

import numpy as np
import pytest
from dynsur.cli.simulate import read_drive
from dynsur.core import Variable, Waveform, signal_of
from dynsur.core.conformance.simulators import SIMULATOR_CHECKS
from dynsur.core.reporting.plots import plot_trajectory
from dynsur.plugins.tanks import QUADRUPLE_TANK
from dynsur.plugins.tanks.quadruple import linearised, rates, steady

LEVELS = tuple(Variable(f"h_{i}", "cm", "level") for i in range(1, 5))
ALL = dataclasses.replace(QUADRUPLE_TANK, outputs=LEVELS, estimate=None)
SPACE = QUADRUPLE_TANK.space
P_MINUS = {"gamma_1": 0.7, "gamma_2": 0.6, "v_0": 3.0, "k_1": 3.33, "k_2": 3.35}
P_PLUS = {"gamma_1": 0.43, "gamma_2": 0.34, "v_0": 3.15, "k_1": 3.14, "k_2": 3.29}


def rest(volts=0.0, end=600.0):
    return Waveform((0.0, end), (volts, volts))


def slopes(p):
    """Return A = ∂f/∂h and B = ∂f/∂v at rest, by central differences."""
    h, v = np.array(steady(p)), np.full(2, p["v_0"])

    def of(x):
        return np.array(rates(0.0, x[:4], x[4:], p))

    x, step = np.concatenate([h, v]), 1e-5
    columns = [(of(x + step * e) - of(x - step * e)) / (2 * step) for e in np.eye(6)]
    whole = np.array(columns).T
    return whole[:, :4], whole[:, 4:]


@pytest.mark.parametrize(
    ("point", "levels", "times", "zeros"),
    [
        (P_MINUS, (12.4, 12.7, 1.8, 1.4), (62, 90, 23, 30), (-0.060, -0.018)),
        (P_PLUS, (12.6, 13.0, 4.8, 4.9), (63, 91, 39, 56), (-0.057, 0.013)),
    ],
    ids=["P-", "P+"],
)
def test_the_published_operating_points(point, levels, times, zeros):
    p = SPACE.values(point)
    np.testing.assert_allclose(steady(p), levels, rtol=0.1)
    A, B = slopes(p)
    np.testing.assert_allclose(-1.0 / np.diag(A), times, rtol=0.05)
    pencil = np.block([[A, B], [np.eye(2, 4), np.zeros((2, 2))]])
    mass = np.zeros((6, 6))
    mass[:4, :4] = np.eye(4)
    from scipy.linalg import eigvals

    found = eigvals(pencil, mass)
    found = np.sort(found[np.isfinite(found) & (np.abs(found) < 10)].real)
    np.testing.assert_allclose(found, zeros, atol=0.0015)


def test_at_rest_nothing_moves():
    data = ALL.simulate({"step_1": 0.0, "step_2": 0.0})
    for i, level in enumerate(steady(SPACE.values()), 1):
        np.testing.assert_allclose(data[f"h_{i}"].values, level, rtol=1e-7)


def test_the_water_is_balanced():
    data = dataclasses.replace(ALL, points=6001).simulate({})
    p = SPACE.values()
    volume = sum(p[f"A_{i}"] * data[f"h_{i}"].values for i in range(1, 5))
    out = sum(p[f"a_{i}"] * np.sqrt(2 * p["g"] * data[f"h_{i}"].values) for i in (1, 2))
    net = sum(p[f"k_{i}"] * data[f"pump_{i}"].values for i in (1, 2)) - out
    t = data["time"].values
    added = np.append(0.0, np.cumsum(0.5 * (net[1:] + net[:-1]) * np.diff(t)))
    np.testing.assert_allclose(volume - volume[0], added, atol=2e-2)


def test_an_upper_tank_empties_by_torricelli():
    system = dataclasses.replace(ALL, waveform={"pump_1": rest(), "pump_2": rest()})
    data, p = system.simulate({}), SPACE.values()
    t = data["time"].values
    for i in (3, 4):
        root = np.sqrt(data[f"h_{i}"].values[0])
        exact = np.maximum(root - p[f"a_{i}"] / p[f"A_{i}"] * np.sqrt(0.5 * p["g"]) * t, 0.0) ** 2
        np.testing.assert_allclose(data[f"h_{i}"].values, exact, atol=1e-4)


def test_without_the_other_pump_one_tank_is_alone():
    """A ḣ = q − c √h has t = −(2 A/c) (s − s₀ + (q/c) ln((q − c s)/(q − c s₀))) with s = √h."""
    system = dataclasses.replace(ALL, waveform={"pump_1": rest(4.0), "pump_2": rest()})
    given = {"gamma_1": 1.0, "gamma_2": 1.0}
    data, p = system.simulate(given), SPACE.values(given)
    assert not data["h_3"].values.any()
    assert not data["h_4"].values.any()
    q, c = p["k_1"] * 4.0, p["a_1"] * np.sqrt(2 * p["g"])
    s = np.sqrt(data["h_1"].values)
    passed = -2 * p["A_1"] / c * (s - s[0] + q / c * np.log((q - c * s) / (q - c * s[0])))
    np.testing.assert_allclose(passed, data["time"].values, atol=2e-3)


def test_the_estimate_is_the_limit_of_small_steps():
    columns = SPACE.sample(1, 0, 4)

    def off(size):
        small = columns | {"step_1": np.full(4, size), "step_2": np.full(4, size)}
        rows = QUADRUPLE_TANK.simulate_batch(small)
        told = linearised(small, {n: rows[n] for n in ("pump_1", "pump_2")}, rows["time"])
        return max(np.abs(told[n] - rows[n]).max() for n in ("level_1", "level_2"))

    assert off(0.1) < 0.05
    assert 60.0 < off(0.1) / off(0.01) < 130.0  # the error is of second order


def test_the_steps_of_both_pumps_are_recorded():
    data = QUADRUPLE_TANK.simulate({})
    for part in signal_of(QUADRUPLE_TANK, SPACE.values()).parts:
        assert set(part.times) <= set(data["time"].values)


@pytest.mark.parametrize("check", [c for c in SIMULATOR_CHECKS if c.__name__ != "runs_end_to_end"])
def test_it_keeps_its_promises(check):
    check(QUADRUPLE_TANK)


def test_one_table_drives_both_pumps_and_each_is_drawn(tmp_path):
    table = tmp_path / "pumps.csv"
    table.write_text("time (s),b,pump_1 (mV)\n0,3,3000\n100,3,3000\n150,4,3500\n600,4,3500\n")
    drives = read_drive(QUADRUPLE_TANK, table, "pump_2=b:V")
    assert drives == {
        "pump_1": Waveform((0.0, 100.0, 150.0, 600.0), (3.0, 3.0, 3.5, 3.5)),
        "pump_2": Waveform((0.0, 100.0, 150.0, 600.0), (3.0, 3.0, 4.0, 4.0)),
    }
    data = dataclasses.replace(QUADRUPLE_TANK, waveform=drives).simulate({})
    with pytest.MonkeyPatch.context() as patch:
        drawn = []
        patch.setattr("dynsur.core.reporting.plots.save", lambda figure, path: drawn.append(figure))
        plot_trajectory(data, tmp_path / "tank.png")
    lines = [line.get_ydata() for axes in drawn[0].axes for line in axes.get_lines()]
    for name in ("pump_1", "pump_2"):
        assert any(np.array_equal(y, data[name].values) for y in lines)
