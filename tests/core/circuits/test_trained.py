"""Trained models in ngspice follow their own predictions; those that cannot say what to train."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from dynsur.core import (
    PHASE,
    DynsurError,
    Encoding,
    Parameter,
    ParameterSpace,
    Scale,
    Surrogate,
    Variable,
    Waveform,
    pulse_train,
    triangle,
)
from dynsur.core.circuits import export_model_circuit, has_ngspice, has_openvaf, run_deck
from dynsur.core.registry import host
from dynsur.core.registry.recorded import Recorded
from dynsur.plugins.networks import NLSS, StateEquation

from .test_export import toy

needs_openvaf = pytest.mark.skipif(not has_openvaf(), reason="openvaf-py is not installed")
needs_ngspice = pytest.mark.skipif(not has_ngspice(), reason="ngspice is not installed")
INSTANTS, DURATION = 41, 2.0
SPACE = ParameterSpace(
    (
        Parameter("R", 10.0, 1e3, "ohm", 80.0, "log"),
        Parameter("bias", -1.0, 1.0, "V", 0.3),
        Parameter("t_p", 1.0, 9.0, "s", DURATION),
    )
)


def surrogate(phase=False, outputs=("A",), model=None, members=1, **encoding):
    """Return a surrogate with random weights, whose parameters matter."""
    torch.manual_seed(3)
    simulator = toy(
        None,
        space=SPACE,
        inputs=(Variable("voltage", "V"),),
        outputs=tuple(Variable(f"y{j}", unit) for j, unit in enumerate(outputs)),
        drive=lambda p: triangle(1.0 + p["bias"] ** 2, p["t_p"]),
        points=INSTANTS,
    )
    model = model or NLSS(states=4, width=6, hidden=5, members=members)
    series = (*([Scale(PHASE)] if phase else []), Scale("voltage", "linear", -2.0, 4.0))
    kinds = [Scale("y0", "asinh", -1.5, 3.0, 1e-4), Scale("y1", "log", -2.0, 3.0), Scale("y2")]
    fields = {
        "series": series,
        "parameters": (
            Scale("R", "log", 1.0, 2.0),
            Scale("bias", "linear", -1.0, 2.0),
            Scale("t_p", "linear", 1.0, 8.0),
        ),
        "outputs": tuple(kinds[: len(outputs)]),
        "base": "none",
    }
    module = model.build(len(series), 3, len(outputs)).eval()
    for name, weight in module.named_parameters():
        if "dense" in name:
            weight.data *= 2.0
    phases = np.linspace(0.0, 1.0, INSTANTS)
    return Surrogate(module, model, simulator, Encoding(**(fields | encoding)), phases, {})


PULSES = pulse_train([1.5, -1.5, 0.4], 0.25, 0.2, 0.07)
DRIVE = Waveform((*PULSES.times, DURATION), (*PULSES.values, PULSES.values[-1]))


@needs_ngspice
@pytest.mark.parametrize("phase", [False, True])
@pytest.mark.parametrize(
    "model",
    [
        None,
        StateEquation(width=4, output_width=3, straight=True),
        StateEquation(width=4),
    ],
    ids=["nlss", "straight", "held"],
)
def test_a_model_has_its_own_predictions_in_ngspice(model, phase, tmp_path):
    exported = export_model_circuit(surrogate(phase, model=model), tmp_path / "model.cir")
    assert exported.ports.names == ("plus", "minus")
    for drive in (None, DRIVE):
        assert exported.deviations(drive)["y0"] < 1e-3


@needs_ngspice
def test_each_output_of_an_ensemble_is_a_port_on_its_scale(tmp_path):
    model = surrogate(outputs=("1", "1", "1"), members=2)
    exported = export_model_circuit(model, tmp_path / "model.cir")
    assert exported.ports.names == ("in_voltage", "out_y0", "out_y1", "out_y2")
    assert max(exported.deviations(DRIVE).values()) < 1e-3


@needs_ngspice
def test_a_drive_that_starts_at_once_meets_the_first_state_of_the_model(tmp_path):
    exported = export_model_circuit(surrogate(), tmp_path / "model.cir")
    steep = Waveform((0.0, DURATION), (1.5, -1.2))
    assert exported.deviations(steep)["y0"] < 1e-3


def response(path, drive, **parameters):
    """Return the current of a subcircuit at the model's instants."""
    points = " ".join(f"{t!r} {u!r}" for t, u in zip(drive.times, drive.values, strict=True))
    given = " ".join(f"{name}={value}" for name, value in parameters.items())
    deck = ["* model", f".include '{path}'", f"V_in plus 0 PWL({points})",
            f"X_1 plus 0 toy_nlss {given}"]  # fmt: skip
    time, current = run_deck(deck, DURATION, ["i(V_in)"], 2 * INSTANTS)
    return np.interp(np.linspace(0.0, DURATION, INSTANTS), time, -current)


@needs_ngspice
def test_parameters_of_the_model_are_parameters_of_the_subcircuit(tmp_path):
    model, time = surrogate(), np.linspace(0.0, DURATION, INSTANTS)
    exported = export_model_circuit(model, tmp_path / "model.cir")
    curves = []
    for parameters in ({"R": 80.0, "bias": 0.3}, {"R": 700.0, "bias": -0.6}):
        columns = SPACE.columns(parameters)
        expected = model.predict(columns, {"voltage": DRIVE(time)}, time)["y0"]
        found = response(exported.path, DRIVE, **parameters)
        assert np.abs(found - expected).max() < 1e-3 * np.abs(expected).max()
        curves.append(expected)
    assert np.abs(curves[1] - curves[0]).max() > 0.05 * np.abs(curves[0]).max()


@needs_ngspice
def test_a_model_of_recordings_follows_a_drive_of_any_length(tmp_path):
    model = surrogate()
    simulator = Recorded(
        "bench", model.simulator.inputs, model.simulator.outputs, SPACE, INSTANTS, 0.02
    )
    recorded = replace(model, simulator=simulator, step=0.02, phases=np.zeros(0))
    exported = export_model_circuit(recorded, tmp_path / "model.cir")
    assert "plus minus R=80.0 bias=0.3 t_p=2.0" in exported.path.read_text()
    assert exported.deviations()["y0"] < 1e-3
    assert exported.deviations(triangle(1.5, 2.5))["y0"] < 1e-3


def of_two_inputs(recorded=False):
    """Return a surrogate with a gate beside the voltage."""
    model = surrogate(model=NLSS(states=4, width=6, hidden=5))
    inputs = (Variable("voltage", "V"), Variable("gate", "V"))
    kept = {v.name: v for v in model.simulator.outputs}
    scales = (*model.encoding.series, Scale("gate", "linear", -1.0, 3.0))
    torch.manual_seed(5)
    module = model.model.build(2, 3, 1).eval()
    encoding = replace(model.encoding, series=scales)
    if recorded:
        simulator = Recorded("bench", inputs, tuple(kept.values()), SPACE, INSTANTS, 0.02)
        more = {"step": 0.02, "phases": np.zeros(0)}
    else:
        drives = {
            "voltage": triangle(1.3, DURATION),
            "gate": Waveform((0.0, DURATION), (1.0, -0.5)),
        }
        simulator = replace(model.simulator, inputs=inputs, drive=lambda p: drives)
        more = {}
    return replace(model, simulator=simulator, encoding=encoding, module=module, **more)


@needs_ngspice
@pytest.mark.parametrize("recorded", [False, True])
def test_a_model_of_two_inputs_has_a_port_for_each(recorded, tmp_path):
    model = of_two_inputs(recorded)
    exported = export_model_circuit(model, tmp_path / "model.cir")
    assert exported.ports.names == ("in_voltage", "in_gate", "out_y0")
    rising, falling = Waveform((0.0, DURATION), (-0.4, 1.2)), DRIVE
    for drives in (None, {"voltage": falling, "gate": rising}):
        assert exported.deviations(drives)["y0"] < 1e-3
    time = np.linspace(0.0, DURATION, INSTANTS)
    swapped = [
        model.predict(SPACE.columns({}), {"voltage": a(time), "gate": b(time)}, time)["y0"]
        for a, b in ((falling, rising), (rising, falling))
    ]
    assert np.abs(swapped[1] - swapped[0]).max() > 0.05 * np.abs(swapped[0]).max()


@needs_openvaf
def test_a_module_of_two_inputs_has_the_equations_of_the_model(tmp_path):
    gaps = export_model_circuit(of_two_inputs(), tmp_path / "model.va").residuals()
    assert max(gaps.values()) < 1e-9


@needs_openvaf
@pytest.mark.parametrize(
    "settings",
    [{}, {"phase": True}, {"outputs": ("1", "1", "1"), "members": 2}],
    ids=["device", "phase", "ensemble with ports"],
)
def test_a_compiled_module_has_the_equations_of_the_model(settings, tmp_path):
    exported = export_model_circuit(surrogate(**settings), tmp_path / "model.va")
    gaps = exported.residuals()
    assert max(gaps.values()) < 1e-9
    assert {name for name in gaps if not name.startswith("signal")} <= {"y0", "y1", "y2"}
    with pytest.raises(DynsurError, match="is not a SPICE subcircuit"):
        exported.deviations()


def transient(path, drive, start, step, parameters):
    """Return the instants and currents of a compiled device by the trapezoidal rule."""
    import openvaf_py  # type: ignore[import-not-found]

    (module,) = openvaf_py.compile_va(str(path))
    nodes = [node["name"] for node in module.get_dae_system()["nodes"]]
    base = dict.fromkeys((*module.param_names, *module.init_param_names), 0.0)
    base |= {"mfactor": 1.0, **parameters}

    def equations(volts, time):
        given = {f"V({name})": value for name, value in zip(nodes[2:], volts, strict=True)}
        terminals = {"V(plus,minus)": float(drive(time)), "$abstime": time}
        rows, entries = module.run_init_eval(base | given | terminals)
        resist, react = np.zeros((2, len(nodes), len(nodes)))
        for row, place, a, b in entries:
            resist[int(row), int(place)] += a
            react[int(row), int(place)] += b
        flows, charges = np.array(rows).T
        return flows[0], flows[2:], charges[2:], resist[2:, 2:], react[2:, 2:]

    volts = np.array([start[name] for name in nodes[2:]])
    time, (current, flows, charges, _, react) = 0.0, equations(volts, 0.0)
    moving, result = np.abs(react).sum(axis=1) > 0.0, [(time, current)]
    while time < drive.duration * (1.0 - 1e-12):
        share = (time / step - 1e-6) % 1.0
        nearest = min(share, abs(share - 0.5), 1.0 - share) / 2.0
        length = min(step * max(min(0.03, nearest), 2e-3), drive.duration - time)
        time, old = time + length, (flows, charges)
        for _ in range(20):
            current, flows, charges, resist, react = equations(volts, time)
            both = (charges - old[1]) / length + 0.5 * (flows + old[0])
            matrix = np.where(moving[:, None], react / length + 0.5 * resist, resist)
            change = np.linalg.solve(matrix, -np.where(moving, both, flows))
            volts = volts + change
            if np.abs(change).max() < 1e-9:
                break
        else:
            raise AssertionError(f"no convergence at {time} s")
        result.append((time, current))
    return np.array(result).T


@needs_openvaf
@pytest.mark.slow
def test_an_integrated_module_has_the_predictions_of_the_model(tmp_path):
    model = surrogate()
    exported = export_model_circuit(model, tmp_path / "model.va")
    values, (member,) = SPACE.values(), model.module.members
    p = np.array([float(s.forward(values[s.name])) for s in model.encoding.parameters])
    first = np.array([float(model.encoding.series[0].forward(DRIVE(0.0)))])
    x, y = member.step(member.initial(p), first, first, p)
    signals = np.concatenate([first, x, y]) / [*exported.traced.sampled.scales, 1.0]
    start = {f"{a}{j}": value for a in "smh" for j, value in enumerate(signals)}
    step = exported.traced.sampled.step
    at, current = transient(exported.path, DRIVE, start, step, values)
    time = np.linspace(0.0, DURATION, INSTANTS)
    expected = model.predict(SPACE.columns({}), {"voltage": DRIVE(time)}, time)["y0"]
    gap = np.abs(np.interp(time, at, current) - expected).max()
    assert gap < 5e-3 * np.abs(expected).max()


def test_a_value_that_is_set_and_the_clock_are_part_of_the_weights(tmp_path):
    model = surrogate()
    text = export_model_circuit(model, tmp_path / "model.cir").path.read_text()
    assert "plus minus R=80.0 bias=0.3\n" in text
    assert "*   R: 10 to 1000 ohm" in text
    assert "*   t_p: 2 s, part of the weights" in text
    fixed = replace(model.simulator, space=SPACE.restrict("R", 200.0))
    small = export_model_circuit(replace(model, simulator=fixed), tmp_path / "small.cir").path
    assert "plus minus bias=0.3\n" in small.read_text()
    assert "*   R: 200 ohm, part of the weights" in small.read_text()


@pytest.mark.parametrize("name", ["hdinn", "modulated", "gru"])
def test_a_model_of_a_whole_sweep_is_refused_with_what_to_train(name, tmp_path):
    with pytest.raises(DynsurError, match=f"model '{name}' cannot become a circuit") as refused:
        export_model_circuit(surrogate(model=host().model(name)), tmp_path / "model.cir")
    assert "train `dynsur run toy --set model=nlss --set dataset.base=none" in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_a_base_and_unequal_instants_are_refused(tmp_path):
    on_base = surrogate(series=(Scale("voltage"), Scale("y0")), base="closed-form")
    with pytest.raises(DynsurError, match="corrects the closed-form base"):
        export_model_circuit(on_base, tmp_path / "model.cir")
    uneven = replace(surrogate(), phases=np.linspace(0.0, 1.0, INSTANTS) ** 2)
    with pytest.raises(DynsurError, match="not equally spaced"):
        export_model_circuit(uneven, tmp_path / "model.cir")


def test_instants_on_kinks_beside_equal_steps_are_counted_and_avoided(tmp_path):
    phases = np.linspace(0.0, 1.0, INSTANTS)
    exported = export_model_circuit(surrogate(), tmp_path / "equal.cir")
    assert exported.moved[0] == 0
    phases[5] = 1.0 / 7.9  # between two steps
    uneven = replace(surrogate(), phases=phases)
    moved, points = export_model_circuit(uneven, tmp_path / "model.cir").moved
    assert moved == 1
    assert (points - 1) / 7.9 == pytest.approx(round((points - 1) / 7.9), abs=1e-6)


def test_another_ending_and_a_longer_drive_are_refused(tmp_path):
    with pytest.raises(DynsurError, match=r"must end in \.cir"):
        export_model_circuit(surrogate(), tmp_path / "model.txt")
    exported = export_model_circuit(surrogate(), tmp_path / "model.cir")
    with pytest.raises(DynsurError, match="expected a drive of 2 s, got 6 s"):
        exported.deviations(triangle(1.0, 6.0))
    assert isinstance(exported.path, Path)
