"""The Doyle–Fuller–Newman cell, and the single-particle model that its surrogates start from."""

import importlib

import numpy as np
import pytest
from dynsur.core import Waveform
from dynsur.core.conformance import SIMULATOR_CHECKS
from dynsur.core.registry.host import host
from dynsur.core.systems import driven
from dynsur.core.systems.bases import offered
from dynsur.plugins.pybamm import Battery, BatteryDFN


@pytest.fixture(scope="module", autouse=True)
def pybamm():
    importlib.import_module("dynsur.plugins.pybamm.cell")  # switches telemetry off
    return pytest.importorskip("pybamm")


def conditions(count, seed=3):
    columns = BatteryDFN().space.sample(seed, 0, count)
    time, series = driven(BatteryDFN(), columns)
    return columns, series, time


@pytest.mark.parametrize("check", SIMULATOR_CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_every_promise(check):
    check(host().simulator("battery-dfn"))


def test_it_offers_a_coarse_version_and_the_single_particle_model_none():
    assert offered(BatteryDFN()) == ("coarse", "closed-form")
    assert offered(Battery()) == ("closed-form",)


def test_its_coarse_version_is_the_single_particle_model():
    columns, series, time = conditions(3)
    found = BatteryDFN().coarse(columns, series, time, time)
    assert found["reason"].tolist() == [""] * 3
    for i in range(3):
        cell = {name: float(column[i]) for name, column in columns.items()}
        expected = Battery().simulate(cell)["voltage"].values
        assert found["voltage"][i] == pytest.approx(expected, abs=5e-4)


def test_at_a_small_current_it_is_the_single_particle_model():
    values = {"rate": 0.02, "depth": 0.01, "soc": 0.7, "D_n": 1e-13, "D_p": 1e-14}
    differences = []
    for factor in (1.0, 0.25):
        slow = {**values, "rate": factor * values["rate"]}
        voltages = [s.simulate(slow)["voltage"].values for s in (BatteryDFN(), Battery())]
        differences.append(np.abs(voltages[0] - voltages[1]).max())
    assert differences[0] < 5e-3
    assert differences[1] < 0.5 * differences[0]


def test_a_cell_at_rest_has_no_gradients():
    rest = Waveform((0.0, 1000.0), (0.0, 0.0))
    for soc in (0.3, 0.8):
        full, particle = (
            model(waveform=rest, points=5).simulate({"soc": soc})["voltage"].values
            for model in (BatteryDFN, Battery)
        )
        assert full == pytest.approx(particle, abs=1e-6)


def test_it_is_what_pybamm_computes_by_itself(pybamm):
    data = BatteryDFN(points=50).simulate({"T": 298.15})
    wave = BatteryDFN().drive({"T": 298.15})
    cell = pybamm.ParameterValues("Chen2020")
    times, values = np.array(wave.times), np.array(wave.values)
    cell["Current function [A]"] = pybamm.Interpolant(times, values, pybamm.t)
    plain = pybamm.Simulation(pybamm.lithium_ion.DFN(), parameter_values=cell)
    soc = BatteryDFN().space["soc"].value
    solution = plain.solve(t_eval=times, t_interp=data["time"].values, initial_soc=soc)
    expected = solution["Voltage [V]"](data["time"].values)
    assert data["voltage"].values == pytest.approx(expected, abs=2e-3)


def test_a_coarse_cell_past_a_cut_off_has_its_reason_and_the_others_a_voltage():
    columns, series, time = conditions(3)
    columns["soc"][1], columns["depth"][1] = 0.02, 0.5
    found = BatteryDFN().coarse(columns, series, time, time[:, ::50])
    assert [bool(reason) for reason in found["reason"]] == [False, True, False]
    assert found["reason"][1].startswith("Minimum voltage reached at ")
    assert np.isnan(found["voltage"][1]).all()
    assert np.isfinite(found["voltage"][[0, 2]]).all()


def test_any_current_is_followed():
    columns, _, _ = conditions(2)
    wave = Waveform((0.0, 500.0, 900.0, 2000.0), (0.0, 4.0, -2.0, 1.0))
    time = np.tile(wave.grid(101), (2, 1))
    wanted = np.array([[2000.0, 3.0, 900.0, 900.0], [0.0, 77.0, 1500.0, 2500.0]])
    found = BatteryDFN().coarse(columns, {"current": wave(time)}, time, wanted)["voltage"]
    for i in range(2):
        cell = {name: float(column[i]) for name, column in columns.items()}
        data = Battery(waveform=wave, points=2001, tolerance=1e-8).simulate(cell)
        expected = np.interp(wanted[i], data["time"].values, data["voltage"].values)
        assert found[i] == pytest.approx(expected, abs=5e-4)
