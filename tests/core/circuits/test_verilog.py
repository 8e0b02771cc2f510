"""Verilog-A modules, compiled by OpenVAF, have the equations of their systems."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.circuits import export_circuit, has_openvaf
from dynsur.core.registry import host
from dynsur.plugins.memristors.tunnel import series_current

from .test_export import branching, cubic, toy

needs_openvaf = pytest.mark.skipif(not has_openvaf(), reason="openvaf-py is not installed")
ROOT = Path(__file__).parents[3]


def system(name) -> Any:
    return host().simulator(name)


def compiled_by_itself(path):
    """Return a function from voltages and other values to the balances by node, by openvaf-py."""
    import openvaf_py  # type: ignore[import-not-found]

    (module,) = openvaf_py.compile_va(str(path))
    names = [node["name"] for node in module.get_dae_system()["nodes"]]

    def balances(given):
        known = {"mfactor": 1.0, **given}
        every = {*module.param_names, *module.init_param_names}
        rows, _ = module.run_init_eval({name: known.get(name, 0.0) for name in every})
        return dict(zip(names, rows, strict=True))

    return balances


@needs_openvaf
@pytest.mark.parametrize(
    "name", ["vteam", "yakopcic", "linear-ion-drift", "team", "bouc-wen", "quadruple-tank"]
)
def test_a_compiled_module_has_the_residuals_of_its_system(name, tmp_path):
    exported = export_circuit(system(name), tmp_path / "device.va")
    gaps = exported.residuals()
    assert len(gaps) == len(exported.traced.rates) + len(exported.ports.sources)
    assert max(gaps.values()) < 1e-9


@needs_openvaf
def test_the_residuals_by_hand_are_those_of_the_right_hand_side(tmp_path):
    model = system("vteam")
    balances = compiled_by_itself(export_circuit(model, tmp_path / "vteam.va").path)
    values = model.space.values() | {"R_on": 80.0, "v_off": 0.05}
    duration = model.drive(model.space.values()).duration
    for x, u in [(0.2, 0.4), (0.7, -0.9), (0.5, 0.01)]:
        rows = balances({**values, "V(x0)": x, "V(plus,minus)": u})
        (rate,) = model.rhs(0.0, np.array([x]), u, values)
        resist, react = rows["x0"]
        assert resist == pytest.approx(-1e-6 * duration * float(rate), rel=1e-9, abs=1e-25)
        assert react == pytest.approx(1e-6 * duration * x, rel=1e-9)
        current = u / (80.0 + (values["R_off"] - 80.0) * x)
        assert rows["plus"][0] == pytest.approx(current, rel=1e-9)
        assert rows["minus"][0] == pytest.approx(-current, rel=1e-9)


@needs_openvaf
def test_a_state_at_its_limit_stops_smoothly_and_may_leave_it(tmp_path):
    balances = compiled_by_itself(export_circuit(system("vteam"), tmp_path / "vteam.va").path)
    values = system("vteam").space.values() | {"window": 0.0}

    def rate(x, u):
        return -balances({**values, "V(x0)": x, "V(plus,minus)": u})["x0"][0]

    inside = rate(1.0, 0.5)
    assert inside > 0.0
    assert rate(1.0 + 2e-5, 0.5) == 0.0
    assert rate(1.0 + 2e-5, -0.5) < 0.0
    x = 1.0 + np.linspace(0.0, 1e-5, 101)
    falling = np.array([rate(value, 0.5) for value in x]) / inside
    assert (np.diff(falling) <= 0.0).all()
    slopes = np.diff(falling)
    assert abs(slopes[0]) < 0.05 * np.abs(slopes).max() > abs(slopes[-1])  # smooth at both ends


@needs_openvaf
def test_an_equation_inside_is_a_node_whose_balance_vanishes_at_the_root(tmp_path):
    assert max(export_circuit(toy(cubic), tmp_path / "toy.va").residuals().values()) < 1e-9
    model = system("simmons")
    exported = export_circuit(model, tmp_path / "simmons.va")
    balances, values = compiled_by_itself(exported.path), model.space.values()
    duration = exported.traced.duration
    for w, u in [(1.2, 0.6), (1.5, -0.4), (1.7, 1.0), (1.05, 1.0)]:
        i = abs(float(series_current(u, w, values)))
        volts = {"V(plus,minus)": u, "V(x0)": w, "V(r0)": i / 1e-4, "V(r1)": i / 1e-4}
        rows = balances({**values, **volts})
        assert abs(rows["r0"][0] / 1e-6) < 1e-7 * i / 1e-4
        (rate,) = model.rhs(0.0, np.array([w]), u, values)
        scale = exported.traced.scales[0]
        assert rows["x0"][0] == pytest.approx(-1e-6 * duration / scale * float(rate), rel=1e-9)
        assert rows["plus"][0] == pytest.approx(np.sign(u) * i, rel=1e-9)


@needs_openvaf
def test_a_third_party_system_becomes_a_module_as_it_is(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tests" / "third_party" / "dynsur_duffing")
    monkeypatch.delitem(sys.modules, "dynsur_duffing", raising=False)
    from dynsur_duffing import DUFFING

    assert max(export_circuit(DUFFING, tmp_path / "duffing.va").residuals().values()) < 1e-9


@needs_openvaf
def test_numpy_functions_mean_the_same_in_verilog(tmp_path):
    def rhs(t, y, u, p):
        x, z = y
        bent = np.select([u > 0.5, u < -0.5], [np.tanh(u), np.sinh(u)], 0.1 * np.cos(t))
        slow = np.hypot(x, 1.0) - np.abs(z) ** 1.5 + np.expm1(-(x**2)) + np.log10(2.0 + z)
        both = ((x > 0.2) & ~(u > 0.3)) * p["X_0"] + np.log(1.5 + x) - 2 ** np.sign(u)
        return bent * p["X_0"] - x * p["x_0"], np.clip(slow, -0.8, None) + both

    from dynsur.core import Variable

    model = toy(rhs, lambda p: (p["x_0"], 0.3), outputs=(Variable("x", "1"), Variable("z", "1")))
    assert max(export_circuit(model, tmp_path / "toy.va").residuals().values()) < 1e-9


def test_parameters_have_units_ranges_and_names_that_are_not_taken(tmp_path):
    text = export_circuit(system("vteam"), tmp_path / "vteam.va").path.read_text()
    assert "module vteam(plus, minus);" in text
    assert 'units="ohm" *) parameter real R_on = 50.0 from [1e-60:1e+60];' in text
    assert "from [0.0:1.0];" in text  # x_0
    names = export_circuit(toy(cubic), tmp_path / "toy.va").path.read_text()
    assert "parameter real X_0 = 1.5" in names
    assert "parameter real x_0_2 = 0.5" in names  # ngspice reads both in lower case


def test_what_branches_on_values_is_refused_and_modules_are_not_for_ngspice(tmp_path):
    with pytest.raises(DynsurError, match="a branch on values"):
        export_circuit(toy(branching), tmp_path / "toy.va")
    assert not (tmp_path / "toy.va").exists()
    with pytest.raises(DynsurError, match="is not a SPICE subcircuit"):
        export_circuit(system("vteam"), tmp_path / "vteam.va").deviations()
