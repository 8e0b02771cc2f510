"""Exported systems follow dynsur's own solver in ngspice; what cannot be exported says why."""

import dataclasses
import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dynsur.core import (
    DynsurError,
    ODESystem,
    Parameter,
    ParameterSpace,
    Variable,
    Waveform,
    implicit,
    pulse_train,
)
from dynsur.core.circuits import export_circuit, has_ngspice
from dynsur.core.circuits.names import parameter_names
from dynsur.core.circuits.ports import ports_of
from dynsur.core.registry import host

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
needs_ngspice = pytest.mark.skipif(not has_ngspice(), reason="ngspice is not installed")


def system(name) -> Any:
    return host().simulator(name)


@needs_ngspice
@pytest.mark.parametrize(
    "name",
    [
        "vteam",
        "yakopcic",
        "linear-ion-drift",
        pytest.param("team", marks=pytest.mark.slow),
        pytest.param("simmons", marks=pytest.mark.slow),
    ],
)
def test_a_compact_model_has_the_same_current_in_ngspice(name, tmp_path):
    model = system(name)
    exported = export_circuit(model, tmp_path / "device.cir")
    values = model.space.values()
    duration, top = model.drive(values).duration, values["U_max"]
    pulses = pulse_train([top, -top, 0.3 * top], duration / 20, duration / 40, duration / 200)
    for drive in (None, pulses):
        assert exported.deviations(drive)["current"] < 5e-3


@needs_ngspice
def test_each_input_of_several_is_a_port(tmp_path):
    tanks = system("quadruple-tank")
    exported = export_circuit(tanks, tmp_path / "tanks.cir")
    assert exported.ports.names[:2] == ("in_pump_1", "in_pump_2")
    up, down = Waveform((0.0, 600.0), (2.0, 4.0)), Waveform((0.0, 300.0, 302.0), (3.0, 3.0, 1.0))
    for drives in (None, {"pump_1": up, "pump_2": down}, {"pump_1": down, "pump_2": up}):
        assert max(exported.deviations(drives).values()) < 1e-3


@needs_ngspice
def test_a_third_party_system_is_exported_as_it_is(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tests" / "third_party" / "dynsur_duffing")
    # An installed one comes back afterwards: without its module its code would look changed.
    monkeypatch.delitem(sys.modules, "dynsur_duffing", raising=False)
    from dynsur_duffing import DUFFING

    exported = export_circuit(DUFFING, tmp_path / "duffing.cir")
    assert exported.ports.names == ("in_drive", "out_displacement")
    assert exported.deviations()["displacement"] < 5e-3


def toy(rhs, start=lambda p: (p["x_0"],), **changes):
    fields = {
        "name": "toy",
        "description": "a toy",
        "space": ParameterSpace(
            (Parameter("x_0", 0.1, 0.9, "1", 0.5), Parameter("X_0", 1.0, 2.0, "1/s", 1.5))
        ),
        "inputs": (Variable("drive", "1"),),
        "outputs": (Variable("x", "1"),),
        "rhs": rhs,
        "drive": lambda p: pulse_train([1.0, -1.0], 0.2, 0.2, 0.05),
        "start": start,
    }
    return ODESystem(**(fields | changes))


def branching(t, y, u, p):
    return (-y[0] if u > 0 else y[0],)


def with_math(t, y, u, p):
    return (math.exp(-y[0]),)


def converting(t, y, u, p):
    return (np.asarray(u, float) - y[0],)


@pytest.mark.parametrize(
    ("rhs", "said"),
    [
        (branching, "a branch on values"),
        (with_math, "those of `math`"),
        (converting, "conversion to an array"),
    ],
)
def test_what_needs_the_values_is_refused_with_its_line(rhs, said, tmp_path):
    line = rhs.__code__.co_firstlineno + 1
    with pytest.raises(DynsurError, match=said) as refused:
        export_circuit(toy(rhs), tmp_path / "toy.cir")
    assert f"(test_export.py, line {line})" in str(refused.value)
    assert not (tmp_path / "toy.cir").exists()


def test_names_that_differ_by_case_or_mean_something_to_spice_are_changed():
    names = parameter_names(["V_p", "v_p", "time", "R"])
    assert len({name.lower() for name in names.values()}) == 4
    assert names["R"] == "R"
    assert names["time"] != "time"


@needs_ngspice
def test_numpy_functions_mean_the_same_in_ngspice(tmp_path):
    def rhs(t, y, u, p):
        x, z = y
        bent = np.select([u > 0.5, u < -0.5], [np.tanh(u), np.sinh(u)], 0.1 * np.cos(t))
        slow = np.hypot(x, 1.0) - np.abs(z) ** 1.5 + np.expm1(-(x**2)) - 1 / (2.0 + np.exp(z))
        return bent * p["X_0"] - x * p["x_0"], np.clip(slow, -0.8, None) * np.sign(u + 0.2)

    def start(p):
        return p["x_0"], math.sqrt(p["x_0"])

    model = toy(rhs, start, outputs=(Variable("x", "1"), Variable("z", "1")))
    exported = export_circuit(model, tmp_path / "toy.cir")
    assert "initial state is that of the default" in exported.path.read_text()
    assert max(exported.deviations().values()) < 1e-3


@needs_ngspice
def test_a_state_stays_within_its_limit_and_leaves_it_again(tmp_path):
    def rhs(t, y, u, p):
        leaving = ((y[0] >= 1.0) & (u > 0)) | ((y[0] <= 0.0) & (u < 0))
        return (np.where(leaving, 0.0, 10.0 * u),)

    exported = export_circuit(toy(rhs), tmp_path / "toy.cir")
    assert exported.deviations()["x"] < 5e-3


def cubic(t, y, u, p):
    """x' = u − r with r + r³ = 3 x, which numbers solve by Newton's method."""

    def newton():
        r = 0.0 * y[0]
        for _ in range(50):
            r = r - (r + r**3 - 3.0 * y[0]) / (1.0 + 3.0 * r**2)
        return r

    return (u - 4.0 * implicit(lambda r: r + r**3 - 3.0 * p["X_0"] / 1.5 * y[0], newton, y[0]),)


@needs_ngspice
def test_an_equation_within_the_right_hand_side_is_solved_by_the_circuit_itself(tmp_path):
    exported = export_circuit(toy(cubic), tmp_path / "toy.cir")
    assert exported.ports.names == ("in_drive", "out_x")
    assert exported.deviations()["x"] < 1e-3


def test_units_with_a_prefix_make_a_device_of_two_terminals():
    model = toy(branching, inputs=(Variable("v", "mV"),), outputs=(Variable("i", "uA"),))
    ports = ports_of(model)
    assert ports.two_terminal
    assert (ports.volt, ports.ampere) == (1e-3, 1e-6)


def test_another_ending_and_another_simulator_are_refused(tmp_path):
    with pytest.raises(DynsurError, match=r"must end in \.cir"):
        export_circuit(system("vteam"), tmp_path / "vteam.txt")
    with pytest.raises(DynsurError, match="is not an ODESystem"):
        export_circuit(system("reram"), tmp_path / "reram.cir")


@pytest.fixture
def netlists(tmp_path):
    for file in (DOCS / "circuits").glob("*.cir"):
        shutil.copy(file, tmp_path)
    for name in ("vteam", "linear-ion-drift"):
        export_circuit(system(name), tmp_path / f"{name}.cir")

    def run(name):
        done = subprocess.run(["ngspice", "-b", f"{name}.cir"], cwd=tmp_path, capture_output=True)
        assert done.returncode == 0, done.stderr
        return np.loadtxt(tmp_path / f"{name}.txt").T

    return run


def in_series(model, ohms, resistance, **fixed):
    """Return a system in series with a resistor, whose output is the voltage of the resistor."""

    def share(y, p):
        return 1.0 / (1.0 + ohms / resistance(y[0], p))

    return dataclasses.replace(
        model,
        rhs=lambda t, y, u, p: model.rhs(t, y, u * share(y, p), p),
        observe=lambda y, u, p: (u * (1.0 - share(y, p)),),
        outputs=(Variable("middle", "V"),),
        start=lambda p: (fixed["x_0"],),
        features=None,
        estimate=None,
    )


@needs_ngspice
@pytest.mark.parametrize(
    ("netlist", "name", "ohms", "x_0"),
    [
        ("series", "linear-ion-drift", 200.0, 0.3),
        pytest.param("divider", "vteam", 300.0, 0.9, marks=pytest.mark.slow),
    ],
)
def test_a_device_with_a_resistor_follows_their_common_equation(netlist, name, ohms, x_0, netlists):
    from dynsur.core import Waveform
    from dynsur.plugins.memristors import linear_ion_drift, thresholds

    time, drive, middle = netlists(netlist)
    of = {"vteam": thresholds.resistance}.get(name, linear_ion_drift.resistance)
    waveform = Waveform(tuple(time), tuple(drive))
    model = in_series(system(name), ohms, of, x_0=x_0)
    model = dataclasses.replace(model, waveform=waveform, points=len(time))
    data = model.simulate({})
    expected = np.interp(time, data["time"], data["middle"])
    assert np.abs(middle - expected).max() < 5e-3 * np.abs(expected).max()
    if netlist == "divider":  # the same read voltage gives another one after programming
        assert np.interp(65e-9, time, middle) > 1.1 * np.interp(5e-9, time, middle)


@needs_ngspice
def test_a_read_crossbar_has_the_current_of_a_network_of_resistors(netlists):
    time, drive, current = netlists("crossbar")
    assert len(time) >= 1000
    text = (DOCS / "circuits" / "crossbar.cir").read_text()
    x = [float(row.partition("x_0=")[2]) for row in text.splitlines() if row.startswith("X_")]
    conductance = 1.0 / (50.0 + 950.0 * np.reshape(x, (4, 4)))
    matrix = np.zeros((8, 8))  # rows, then columns
    for row, column in np.ndindex(4, 4):
        pair = np.ix_([row, 4 + column], [row, 4 + column])
        matrix[pair] += conductance[row, column] * np.array([[1.0, -1.0], [-1.0, 1.0]])
    floating = [1, 2, 3, 5, 6, 7]
    at = int(np.argmax(drive))
    volts = np.zeros(8)
    volts[0] = drive[at]
    volts[floating] = np.linalg.solve(
        matrix[np.ix_(floating, floating)], -matrix[floating, 0] * drive[at]
    )
    assert current[at] == pytest.approx(-(matrix @ volts)[4], rel=1e-4)
    assert current[at] > 1.2 * conductance[0, 0] * drive[at]  # the sneak paths
