"""Figures of merit of loops whose merits are known in closed form."""

import dataclasses

import numpy as np
import pytest
from dynsur.core import DynsurError, Variable, triangle
from dynsur.core.merits import Merit, all_merits, merits_of
from dynsur.core.registry.host import host

VOLTAGE, CURRENT = Variable("voltage", "V"), Variable("current", "A")
ON, OFF, SET, RESET, U_MAX, PERIOD = 100.0, 5e3, 0.7, -0.4, 1.0, 2.0


def bistable(cycles=1, points=8001, u_max=U_MAX, period=PERIOD):
    """Return time, voltage and current of a resistor that sets at 0.7 V and resets at −0.4 V."""
    drive = triangle(u_max, period, cycles=cycles)
    t = np.linspace(0.0, drive.duration, cycles * (points - 1) + 1)
    u = drive(t)
    state, on = np.zeros(t.size, bool), False
    for i, value in enumerate(u):
        on = True if value >= SET else False if value <= RESET else on
        state[i] = on
    return t, u, u / np.where(state, ON, OFF)


def of(t, u, y, **options):
    found = all_merits(
        (VOLTAGE,), (CURRENT,), {"voltage": np.atleast_2d(u), "current": np.atleast_2d(y)},
        np.atleast_2d(t), **options,
    )  # fmt: skip
    return {merit.name.removeprefix("current_"): values[0] for merit, values in found.items()}


def test_a_bistable_resistor_has_its_own_resistances_and_thresholds():
    merits = of(*bistable())
    step = 4 * U_MAX / 8000
    assert merits["on_off_ratio"] == pytest.approx(OFF / ON, rel=1e-9)
    assert merits["resistance_low"] == pytest.approx(ON, rel=1e-9)
    assert merits["resistance_high"] == pytest.approx(OFF, rel=1e-9)
    assert merits["set_voltage"] == pytest.approx(SET, abs=step + 0.005 * U_MAX)
    assert merits["reset_voltage"] == pytest.approx(RESET, abs=step + 0.005 * U_MAX)
    assert merits["rectification"] == pytest.approx(1.0, rel=1e-9)
    assert merits["peak"] == U_MAX / ON


def test_its_area_and_energy_are_those_of_its_triangles():
    merits = of(*bistable(points=80001))
    conductance = 1 / ON - 1 / OFF
    lobes = 0.5 * conductance * SET**2, 0.5 * conductance * RESET**2
    assert merits["area_positive"] == pytest.approx(-lobes[0], rel=1e-3)
    assert merits["area"] == pytest.approx(sum(lobes), rel=1e-3)
    slope = 4 * U_MAX / PERIOD
    off = SET**3 / OFF + (1 + RESET**3 + 1) / OFF  # ∫ 3u² du of every stretch in that state
    on = (1 - SET**3 + 1 - RESET**3) / ON
    assert merits["energy"] == pytest.approx((on + off) / (3 * slope), rel=1e-3)


def test_the_energy_is_that_of_one_cycle():
    one, three = of(*bistable()), of(*bistable(cycles=3))
    assert three["energy"] == pytest.approx(one["energy"], rel=1e-3)
    assert three["on_off_ratio"] == pytest.approx(one["on_off_ratio"], rel=1e-9)


def test_a_resistor_neither_switches_nor_encloses_an_area():
    t, u, _ = bistable()
    merits = of(t, u, u / ON)
    assert np.isnan([merits["set_voltage"], merits["reset_voltage"]]).all()
    assert merits["on_off_ratio"] == pytest.approx(1.0, abs=1e-12)
    assert merits["area"] == pytest.approx(0.0, abs=1e-12)
    assert merits["energy"] == pytest.approx(PERIOD * U_MAX**2 / (3 * ON), rel=1e-6)


def test_a_diode_rectifies_by_its_exponent():
    t, u, _ = bistable()
    merits = of(t, u, np.expm1(u / 0.1), read=0.3)
    assert merits["rectification"] == pytest.approx(np.exp(3.0), rel=1e-4)
    below = of(t, u, np.expm1(u / 0.1), read=-0.3)
    assert below["resistance_low"] == pytest.approx(-0.3 / np.expm1(-3.0), rel=1e-4)


def test_scales_of_output_and_time_leave_states_alone():
    t, u, y = bistable()
    merits, scaled = of(t, u, y), of(3 * t, u, 7 * y)
    for name in ("on_off_ratio", "set_voltage", "reset_voltage", "rectification"):
        assert scaled[name] == pytest.approx(merits[name], rel=1e-9)
    assert scaled["energy"] == pytest.approx(21 * merits["energy"])
    assert scaled["resistance_low"] == pytest.approx(merits["resistance_low"] / 7)


def test_the_mirrored_loop_sets_on_the_other_side():
    t, u, y = bistable()
    merits, mirrored = of(t, u, y), of(t, -u, -y)
    assert mirrored["set_voltage"] == pytest.approx(-merits["set_voltage"])
    assert mirrored["reset_voltage"] == pytest.approx(-merits["reset_voltage"])


def test_what_a_loop_does_not_have_is_not_a_number():
    t, u, y = bistable()
    half = slice(0, t.size // 2 + 1)
    unipolar = of(t[half], u[half], y[half])
    assert np.isnan(unipolar["rectification"])
    assert np.isnan(unipolar["reset_voltage"])
    assert unipolar["set_voltage"] == pytest.approx(SET, abs=0.006)
    quarter = slice(0, t.size // 4)
    rising = of(t[quarter], u[quarter], y[quarter])
    assert np.isnan(rising["on_off_ratio"])
    assert rising["peak"] == pytest.approx(U_MAX / ON, rel=1e-3)
    assert np.isnan(of(t, u, y, read=1.5)["on_off_ratio"])
    assert all(np.isnan(v) for name, v in of(t, u, np.full_like(y, np.nan)).items())


def test_each_row_is_judged_alone():
    t, u, y = bistable(points=401)
    rows = np.stack([y, np.full_like(y, np.nan), 2 * u])
    several = all_merits(
        (VOLTAGE,), (CURRENT,), {"voltage": np.stack([u] * 3), "current": rows}, np.stack([t] * 3)
    )
    for i, row in enumerate(rows):
        alone = of(t, u, row)
        for merit, values in several.items():
            name = merit.name.removeprefix("current_")
            np.testing.assert_array_equal(values[i], alone[name])


def test_a_current_through_a_cell_has_energy_too():
    cell = (Variable("current", "mA"),), (Variable("voltage", "V"),)
    t = np.linspace(0.0, 10.0, 1001)[None]
    series = {"current": 2.0 * np.sin(np.pi * t / 5), "voltage": 4.0 * np.sin(np.pi * t / 5)}
    found = {m.name: v[0] for m, v in all_merits(*cell, series, t).items()}
    assert found["voltage_energy"] == pytest.approx(0.5 * 2e-3 * 4.0 * 10.0, rel=1e-5)
    assert found["voltage_resistance_low"] == pytest.approx(2000.0)


def test_merits_that_do_not_apply_are_left_out():
    def names(system):
        simulator = host().simulator(system)
        columns = simulator.space.sample(0, 0, 2)
        rows = simulator.simulate_batch(columns)
        return {m.name for m in merits_of(simulator, columns, rows, rows["time"])}

    assert "current_energy" in names("vteam")
    assert "state_energy" not in names("vteam")
    duffing = names("duffing")
    assert {"displacement_set_drive", "displacement_area"} <= duffing
    assert not any("energy" in name or "resistance" in name for name in duffing)
    assert names("lorenz") == {f"{v}_{m}" for v in "xyz" for m in ("minimum", "maximum", "peak")}


DOUBLE = Merit("size", "m", "twice the largest displacement", scale="log")


def twice_the_peak(parameters, series, time):
    return {DOUBLE: 2 * np.abs(series["displacement"]).max(axis=1)}


def test_a_system_has_merits_of_its_own():
    system = dataclasses.replace(host().simulator("duffing"), merits=twice_the_peak)
    columns = system.space.sample(0, 0, 3)
    rows = system.simulate_batch(columns)
    found = merits_of(system, columns, rows, rows["time"], wanted=["size", "peak"])
    assert [m.name for m in found] == ["size", "displacement_peak"]
    own, peak = found.values()
    np.testing.assert_array_equal(own, 2 * peak)


def test_names_are_checked():
    system = host().simulator("vteam")
    columns = system.space.sample(0, 0, 2)
    rows = system.simulate_batch(columns)

    def ask(*wanted, **options):
        return merits_of(system, columns, rows, rows["time"], wanted=wanted, **options)

    with pytest.raises(DynsurError, match="figure of merit of 'vteam' 'current_peek'; did"):
        ask("current_peek")
    with pytest.raises(DynsurError, match=r"several outputs of 'vteam' have .* 'peak'; say which"):
        ask("peak")
    with pytest.raises(DynsurError, match="finite and not 0; got 0"):
        ask("current_peak", read=0.0)
    assert [m.name for m in ask("energy")] == ["current_energy"]
