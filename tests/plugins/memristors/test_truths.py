"""Compact models against what is known of them in closed form."""

import dataclasses

import numpy as np
import pytest
from dynsur.core import Waveform, triangle
from dynsur.plugins.memristors import LINEAR_ION_DRIFT, SIMMONS, TEAM, VTEAM, YAKOPCIC

SYSTEMS = [LINEAR_ION_DRIFT, SIMMONS, TEAM, VTEAM, YAKOPCIC]
NAMED = {"argvalues": SYSTEMS, "ids": lambda system: system.name}
LIMITS = {"simmons": (1.0, 2.0)}


def simulated(system, **parameters):
    data = system.simulate(parameters)
    assert not data["reason"].item()
    return (data[name].values for name in ("time", "voltage", "current", "state"))


def exact(system, **options):
    """The system at tight tolerances."""
    tight = {"relative_tolerance": 1e-9, "absolute_tolerance": 1e-12, "method": "DOP853"}
    return dataclasses.replace(system, **tight, **options)


def flux(waveform, time):
    """Integrate a piecewise-linear waveform from 0 to each instant."""
    t = np.union1d(waveform.times, time)
    u = waveform(t)
    total = np.concatenate([[0.0], np.cumsum(0.5 * (u[1:] + u[:-1]) * np.diff(t))])
    return np.interp(time, t, total)


@pytest.mark.parametrize("system", **NAMED)
def test_no_current_flows_without_voltage(system):
    low, high = LIMITS.get(system.name, (0.0, 1.0))
    values = system.space.values({})
    states = np.linspace(low, high, 7)[None]
    current, _ = system.observe(states, np.zeros(7), values)
    assert (current == 0.0).all()
    _, u, current, _ = simulated(dataclasses.replace(system, points=101))
    at_zero = np.abs(u) < 1e-12
    assert at_zero.sum() == 5
    assert np.abs(current[at_zero]).max() < 1e-9 * np.abs(current).max()


@pytest.mark.parametrize("system", **NAMED)
def test_current_has_the_sign_of_the_voltage_and_depends_on_the_past(system):
    _, u, current, state = simulated(system)
    driven = np.abs(u) > 1e-9
    assert (np.sign(current[driven]) == np.sign(u[driven])).all()
    up, down = current[:63], current[125:62:-1]
    assert np.abs(up - down).max() > 0.02 * np.abs(current).max()
    assert np.ptp(state) > 0.1


@pytest.mark.parametrize("system", **NAMED)
def test_the_state_stays_within_its_limits(system):
    low, high = LIMITS.get(system.name, (0.0, 1.0))
    short = dataclasses.replace(system, points=101)
    columns = system.space.sample(7, 0, 3)
    rows = short.simulate_batch(columns | {"U_max": 2.0 * columns["U_max"]})
    assert rows["reason"].tolist() == ["", "", ""]
    assert low <= rows["state"].min()
    assert rows["state"].max() <= high


@pytest.mark.parametrize("system", **NAMED)
def test_many_devices_at_once_are_each_by_itself(system):
    count = 16
    columns = system.space.sample(1, 0, count)
    low, high = LIMITS.get(system.name, (0.0, 1.0))
    y = np.linspace(low, high, count)[None]
    u = np.linspace(-1.0, 1.0, count) * columns["U_max"]
    (together,) = system.rhs(0.0, y, u, columns)
    observed = system.observe(y, u, columns)
    for i in range(count):
        one = {name: float(v[i]) for name, v in columns.items()}
        (alone,) = system.rhs(0.0, y[:, i], float(u[i]), one)
        assert together[i] == pytest.approx(float(alone), rel=1e-7, abs=1e-12)
        for whole, part in zip(observed, system.observe(y[:, i], u[i], one), strict=True):
            assert whole[i] == pytest.approx(float(part), rel=1e-9)


def test_linear_ion_drift_is_a_function_of_flux():
    # R_off x − (R_off − R_on) x²/2 grows by μ R_on/D² · flux, as long as 0 < x < 1.
    system = exact(LINEAR_ION_DRIFT)
    p = system.space.values({})
    time, u, current, x = simulated(system)
    k = p["mu"] * p["R_on"] / (1e-9 * p["D"]) ** 2
    less = p["R_off"] - p["R_on"]
    s = p["R_off"] * p["x_0"] - less * p["x_0"] ** 2 / 2 + k * flux(system.drive(p), time)
    expected = (p["R_off"] - np.sqrt(p["R_off"] ** 2 - 2 * less * s)) / less
    assert np.ptp(x) > 0.3
    assert x == pytest.approx(expected, abs=1e-7)
    assert current == pytest.approx(u / (p["R_off"] - less * expected), abs=1e-10)


def test_linear_ion_drift_loops_collapse_as_one_over_frequency():
    periods = np.array([0.3, 0.1, 0.03, 0.01])
    areas = []
    for period in periods:
        system = exact(LINEAR_ION_DRIFT, waveform=triangle(1.0, period), points=401)
        _, u, current, _ = simulated(system, x_0=0.3)
        lobe = slice(0, 201)
        areas.append(abs(np.trapezoid(current[lobe], u[lobe])))
    slope = np.diff(np.log(areas)) / np.diff(np.log(1.0 / periods))
    assert slope[-1] == pytest.approx(-1.0, abs=0.01)
    assert slope == pytest.approx(-np.ones(3), abs=0.1)


@pytest.mark.parametrize("window", [1.0, 3.0])
def test_windows_that_vanish_at_the_ends_keep_ions_from_them(window):
    _, _, _, x = simulated(LINEAR_ION_DRIFT, window=window, x_0=0.3, t_p=1.0)
    _, _, _, free = simulated(LINEAR_ION_DRIFT, x_0=0.3, t_p=1.0)
    assert np.ptp(x) < np.ptp(free)
    assert x.max() < 1.0


def test_windows_of_different_kinds_in_a_batch_are_those_of_each_device():
    kinds = {"window": np.array([0.0, 1.0, 2.0, 1.0])}
    batch = VTEAM.simulate_batch(kinds)
    for i, window in enumerate(kinds["window"]):
        np.testing.assert_array_equal(
            batch["state"][i], VTEAM.simulate({"window": window})["state"]
        )


def test_vteam_below_its_thresholds_is_a_resistor():
    system = dataclasses.replace(VTEAM, waveform=triangle(0.019, 1e-6))
    _, u, current, x = simulated(system, x_0=0.3)
    assert (x == 0.3).all()
    assert current == pytest.approx(u / (50.0 + 0.3 * 950.0), rel=1e-14)


@pytest.mark.parametrize("t_p", [20.0, 200.0, 500.0])
def test_vteam_with_a_hard_window_is_the_sum_of_its_doses(t_p):
    p = {n: np.array([v]) for n, v in VTEAM.space.values({"window": 0.0, "t_p": t_p}).items()}
    time, u, current, x = simulated(exact(VTEAM), window=0.0, t_p=t_p)
    known = VTEAM.estimate(p, {"voltage": u[None]}, time[None])
    assert known["state"][0] == pytest.approx(x, abs=1e-6)
    assert known["current"][0] == pytest.approx(current, rel=1e-4, abs=1e-8)
    assert np.ptp(x) > 0.05


def test_vteam_opening_through_the_parabolic_window_is_a_hyperbolic_tangent():
    # dx/dA = 1 − x² with the dose A, Biolek's window of p = 1.
    ramp = Waveform((0.0, 1e-7), (0.0, 1.0))
    system = exact(VTEAM, waveform=ramp)
    _, u, _, x = simulated(system, p=1.0, x_0=0.2, k_off=2e-3)
    s = np.maximum(u / 0.02 - 1.0, 0.0)
    dose = 2e-3 / 3e-9 * s**2 / 2.0 * 0.02 / (1.0 / 1e-7)
    assert dose[-1] > 0.5
    assert x == pytest.approx(np.tanh(np.arctanh(0.2) + dose), abs=1e-7)


def test_doses_are_the_same_from_any_instants_of_the_drive():
    p = {n: np.array([v]) for n, v in VTEAM.space.values({}).items()}
    wave = VTEAM.drive(VTEAM.space.values({}))
    time = wave.grid(501)
    whole = VTEAM.estimate(p, {"voltage": wave(time)[None]}, time[None])
    kept = np.sort(np.random.default_rng(3).choice(501, 100, replace=False))
    part = VTEAM.estimate(p, {"voltage": wave(time[kept])[None]}, time[None, kept])
    for name in ("state", "opened", "closed"):
        scale = np.abs(whole[name]).max()
        assert part[name][0] == pytest.approx(whole[name][0, kept], abs=1e-9 * scale)


def test_the_dose_of_a_half_cycle_is_the_feature():
    p = {n: np.array([v]) for n, v in VTEAM.space.values({}).items()}
    wave = VTEAM.drive(VTEAM.space.values({}))
    time = wave.grid(501)
    known = VTEAM.estimate(p, {"voltage": wave(time)[None]}, time[None])
    found = VTEAM.features(p)
    assert known["opened"][0, 125] == pytest.approx(found["dose_off"][0], rel=1e-12)
    assert known["closed"][0, 250] == pytest.approx(found["dose_on"][0], rel=1e-12)


def test_team_without_threshold_is_linear_ion_drift():
    # Kvatinsky et al. (2013), equations 20 to 25: k = μ R_on/D · i_0, α = 1, i_0 → 0, x = 1 − w/D.
    wave = triangle(1.0, 1.5)
    threshold = 1e-6  # µA
    k = 1e-14 * 100.0 / 1e-8 * 1e9 * 1e-6 * threshold
    team = exact(TEAM, waveform=Waveform(wave.times, tuple(-v for v in wave.values)))
    _, _, i_team, x_team = simulated(
        team, window=0.0, R_on=100.0, R_off=16e3, alpha_off=1.0, alpha_on=1.0, x_0=0.9,
        i_off=threshold, i_on=-threshold, k_off=k, k_on=-k, w_on=1.0, w_off=11.0,
    )  # fmt: skip
    _, _, i, x = simulated(exact(LINEAR_ION_DRIFT, waveform=wave), x_0=0.1)
    assert 1.0 - x_team == pytest.approx(x, abs=1e-6)
    assert -i_team == pytest.approx(i, abs=1e-9)


def test_team_closes_faster_than_it_opens():
    # Figures 12 and 13 of Kvatinsky et al. (2013): "switching OFF is slower than switching ON".
    time, _, _, x = simulated(TEAM)
    opening = time[(x > 0.1) & (x < 0.8) & (np.gradient(x, time) > 0)]
    closing = time[(x > 0.1) & (x < 0.8) & (np.gradient(x, time) < -0.1)]
    assert opening.size > 5 * max(closing.size, 1)


def test_yakopcic_below_x_p_is_an_integral_of_the_drive():
    ramp = Waveform((0.0, 1e-3), (0.0, 0.4))
    _, u, current, x = simulated(exact(YAKOPCIC, waveform=ramp), A_p=1e3)
    moving = np.maximum(u, 0.16)
    integral = np.exp(moving) - np.exp(0.16) - np.exp(0.16) * (moving - 0.16)
    expected = 0.11 + 1e3 * integral * 1e-3 / 0.4
    assert 0.15 < x.max() < 0.3
    assert x == pytest.approx(expected, abs=1e-7)
    assert current == pytest.approx(0.17 * expected * np.sinh(0.05 * u), rel=1e-5)
