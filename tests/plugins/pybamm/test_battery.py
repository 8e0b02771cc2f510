"""The battery of PyBaMM: charge balance, limits, failures with reasons, and life without PyBaMM."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from dynsur.core import DynsurError, Waveform
from dynsur.core.conformance import SIMULATOR_CHECKS
from dynsur.core.registry.host import host
from dynsur.plugins.pybamm import Battery
from dynsur.plugins.pybamm.battery import CAPACITY, HOUR

CODE = "from dynsur.cli.main import main; main()"


@pytest.fixture(scope="module")
def pybamm():
    importlib.import_module("dynsur.plugins.pybamm.cell")  # switches telemetry off
    return pytest.importorskip("pybamm")


@pytest.mark.parametrize("check", SIMULATOR_CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_every_promise(pybamm, check):
    check(host().simulator("battery"))


def test_the_pulses_draw_the_charge_they_should():
    for values in ({"depth": 0.3, "rate": 1.7}, {"depth": 0.1, "rate": 0.2}):
        wave = Battery(pulses=3).drive(values)
        drawn = np.trapezoid(wave.values, wave.times) / (CAPACITY * HOUR)
        assert drawn == pytest.approx(values["depth"], rel=1e-12)
        assert max(wave.values) == pytest.approx(CAPACITY * values["rate"])


def test_the_charge_counted_ends_at_start_less_depth():
    battery, values = Battery(), {"soc": 0.8, "depth": 0.25}
    wave = battery.drive(values)
    time = np.sort(np.append(wave.grid(99), wave.times))[None]
    columns = {name: np.array([v]) for name, v in battery.space.values(values).items()}
    counted = battery.estimate(columns, {"current": wave(time)}, time)["state_of_charge"]
    assert counted[0, 0] == 0.8
    assert counted[0, -1] == pytest.approx(0.55, rel=1e-12)


def test_a_cell_at_rest_stays_at_its_open_circuit_voltage(pybamm):
    rest = Waveform((0.0, 1000.0), (0.0, 0.0))
    cell = pybamm.ParameterValues("Chen2020")
    for soc in (0.2, 0.9):
        voltage = Battery(waveform=rest, points=5).simulate({"soc": soc})["voltage"].values
        x, y = pybamm.lithium_ion.get_initial_stoichiometries(soc, cell)
        symbols = (pybamm.Scalar(y), pybamm.Scalar(x))
        u_p, u_n = (
            float(cell.evaluate(cell[f"{side} electrode OCP [V]"](symbol)))
            for side, symbol in zip(("Positive", "Negative"), symbols, strict=True)
        )
        assert voltage == pytest.approx(np.full(5, u_p - u_n), abs=1e-6)


@pytest.mark.parametrize("temperature", [275.0, 315.0])
def test_charge_transfer_costs_what_butler_and_volmer_say(pybamm, temperature):
    on = Battery(waveform=Waveform((0.0, 60.0), (5.0, 5.0)), points=5)
    off = Battery(waveform=Waveform((0.0, 60.0), (0.0, 0.0)), points=5)
    values = {"soc": 0.7, "T": temperature}
    drop = [float(b.simulate(values)["voltage"][0]) for b in (off, on)]
    cell, expected = pybamm.ParameterValues("Chen2020"), 0.0
    thermal = 2 * 8.314462618 * temperature / 96485.33212
    area = cell["Electrode height [m]"] * cell["Electrode width [m]"]
    stoichiometries = pybamm.lithium_ion.get_initial_stoichiometries(0.7, cell)
    for side, share in zip(("negative", "positive"), stoichiometries, strict=True):
        side_upper, most = (
            side.capitalize(),
            cell[f"Maximum concentration in {side} electrode [mol.m-3]"],
        )
        radius = cell[f"{side_upper} particle radius [m]"]
        solid = cell[f"{side_upper} electrode active material volume fraction"]
        thickness = cell[f"{side_upper} electrode thickness [m]"]
        m, barrier = {"negative": (6.48e-7, 35000), "positive": (3.42e-6, 17800)}[side]
        arrhenius = np.exp(barrier / 8.314462618 * (1 / 298.15 - 1 / temperature))
        exchange = m * arrhenius * np.sqrt(1000.0 * share * most * (1 - share) * most)
        density = 5.0 * radius / (3 * solid * thickness * area)
        expected += thermal * np.arcsinh(density / (2 * exchange))
    assert drop[0] - drop[1] == pytest.approx(expected, rel=1e-4)


def test_a_shape_scaled_is_the_current_given_in_full(pybamm):
    values = {"rate": 1.3, "depth": 0.4}
    own = Battery(points=101).simulate(values)
    wave = Battery().drive(values)
    given = Battery(points=101, waveform=wave).simulate(values)
    assert given["current"].values == pytest.approx(own["current"].values, abs=1e-9)
    assert given["voltage"].values == pytest.approx(own["voltage"].values, abs=1e-5)


def test_the_voltage_converges_with_the_tolerance(pybamm):
    values = {"rate": 2.0, "depth": 0.3, "D_p": 2e-15, "soc": 0.9}
    fine = Battery(tolerance=1e-9).simulate(values)["voltage"].values
    errors = [
        np.abs(Battery(tolerance=tolerance).simulate(values)["voltage"].values - fine).max()
        for tolerance in (1e-3, 1e-6)
    ]
    assert errors[1] < 0.1 * errors[0]
    assert errors[1] < 1e-4


def test_it_is_what_pybamm_computes_by_itself(pybamm):
    data = Battery(points=50).simulate({"T": 298.15})
    wave = Battery().drive({"T": 298.15})
    cell = pybamm.ParameterValues("Chen2020")
    times, values = np.array(wave.times), np.array(wave.values)
    cell["Current function [A]"] = pybamm.Interpolant(times, values, pybamm.t)
    plain = pybamm.Simulation(pybamm.lithium_ion.SPM(), parameter_values=cell)
    soc = Battery().space["soc"].value
    solution = plain.solve(t_eval=times, t_interp=data["time"].values, initial_soc=soc)
    expected = solution["Voltage [V]"](data["time"].values)
    assert data["voltage"].values == pytest.approx(expected, abs=1e-3)


def test_slower_diffusion_costs_voltage(pybamm):
    lowest = [
        float(Battery().simulate({"D_n": d, "D_p": 0.1 * d})["voltage"].min())
        for d in (1e-13, 3e-14, 1e-14)
    ]
    assert lowest[0] > lowest[1] > lowest[2]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"soc": 0.1, "depth": 0.5}, "Minimum voltage reached at "),
        ({"rate": 20.0, "D_p": 1e-18}, "Minimum voltage reached at "),
    ],
)
def test_a_cut_off_is_a_failure_with_its_reason(pybamm, values, reason):
    data = Battery().simulate(values)
    assert int(data["status"]) == 2
    assert data["reason"].item().startswith(reason)
    assert np.isnan(data["voltage"].values).all()


def test_a_charge_past_the_upper_cut_off_is_a_failure(pybamm):
    charge = Waveform((0.0, 10.0, 7200.0), (0.0, -5.0, -5.0))
    data = Battery(waveform=charge).simulate({"soc": 0.6})
    assert data["reason"].item().startswith("Maximum voltage reached at ")
    data = Battery(waveform=Waveform((0.0, 60.0), (-50.0, -50.0))).simulate({"soc": 0.95})
    assert data["reason"].item() == (
        "PyBaMM stopped: Events ['Maximum voltage [V]'] are non-positive at initial conditions"
    )


@pytest.mark.parametrize("field", [{"pulses": 0}, {"points": 1}, {"tolerance": 0.0}])
def test_impossible_fields_are_refused(field):
    with pytest.raises(DynsurError, match="a battery takes 1 to 100,000 pulses"):
        Battery(**field)


def test_without_pybamm_it_is_listed_and_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "pybamm.py").write_text("raise ImportError('not installed')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for arguments, code in ((["plugins"], 0), (["plugins", "battery"], 0), (["simulate"], 2)):
        command = [sys.executable, "-c", CODE, *arguments]
        command += ["battery"] if arguments == ["simulate"] else []
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == code, done.stderr
        assert ("battery" in done.stdout) == (code == 0)
    assert done.stderr.splitlines() == [
        "dynsur: a simulated battery needs the package pybamm; `pip install 'dynsur[pybamm]'`."
    ]


def test_the_page_draws_its_picture(pybamm, tmp_path, monkeypatch):
    page = (Path(__file__).parents[3] / "docs" / "pybamm.md").read_text()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL).group(1), {})
    assert (tmp_path / "battery.png").stat().st_size > 10_000
