"""What is exported computes what the surrogate computes, for any number of systems."""

import json
import sys
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from driven import DEPARTING, PLAIN, Driven, Known, untrained
from dynsur.core import DynsurError
from dynsur.core.surrogate import model_export as exchange
from dynsur.core.surrogate.export_graph import Graph
from dynsur.core.surrogate.model_export import AGREEMENT, export_model, graph_inputs
from torch import nn

TOLERANCE = 1e-6  # relative to each value: float32 inside the network


@pytest.fixture(scope="module")
def surrogate():
    return untrained(Known(), DEPARTING)


@pytest.fixture(scope="module")
def program(surrogate):
    return exchange.traced(surrogate)


@pytest.fixture
def traced_once(program, monkeypatch):
    """Tracing is what exporting spends its time on, and is the same for both formats."""
    monkeypatch.setattr(exchange, "traced", lambda surrogate: program)


def compared(surrogate, run, count):
    """Return what the graph gives and what the surrogate predicts of some systems."""
    space = surrogate.simulator.space
    columns = space.columns(space.sample(3, 0, count))
    curves = surrogate.respond(columns)
    inputs = graph_inputs(surrogate, columns, curves, curves["time"])
    time = surrogate.phases * columns["T"][:, None]
    drive = np.stack(
        [np.interp(t, *c) for t, *c in zip(time, curves["time"], curves["u"], strict=True)]
    )
    return run(inputs)[..., 0], surrogate.predict(columns, {"u": drive}, time)["y"]


@pytest.mark.parametrize("count", [1, 7])
@pytest.mark.parametrize(
    "surrogate", [untrained(Driven(), PLAIN), untrained(Known(), DEPARTING)], ids=["plain", "known"]
)
def test_the_graph_is_the_surrogate_at_its_phases(surrogate, count):
    graph = Graph(surrogate)

    def run(inputs):
        return graph(*map(torch.from_numpy, inputs.values())).numpy()

    given, predicted = compared(surrogate, run, count)
    assert given == pytest.approx(predicted, rel=TOLERANCE)


def test_onnxruntime_agrees_with_the_surrogate(surrogate, tmp_path, traced_once):
    import onnxruntime

    assert export_model(surrogate, tmp_path / "model.onnx") < AGREEMENT
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    for count in (1, 7, 300):
        run = lambda inputs: session.run(["outputs"], inputs)[0]  # noqa: E731
        given, predicted = compared(surrogate, run, count)
        assert given.dtype == np.float64
        assert given == pytest.approx(predicted, rel=TOLERANCE)
    note = json.loads(session.get_modelmeta().custom_metadata_map["dynsur"])
    assert note["series"] == ["u", "y", "swept"]
    assert note["parameters"] == ["a", "rate"]
    assert note["outputs"] == ["y"]
    assert note["units"]["y"] == "A"
    assert session.get_inputs()[0].shape == ["batch", len(note["phases"]), 3]
    assert [p.name for p in tmp_path.iterdir()] == ["model.onnx"]


def test_the_torch_program_agrees_with_the_surrogate(surrogate, tmp_path, traced_once):
    assert export_model(surrogate, tmp_path / "model.pt2") < AGREEMENT
    note = {"dynsur.json": ""}
    program = torch.export.load(tmp_path / "model.pt2", extra_files=note).module()
    for count in (1, 7, 300):
        run = lambda inputs: program(*map(torch.from_numpy, inputs.values())).numpy()  # noqa: E731
        given, predicted = compared(surrogate, run, count)
        assert given == pytest.approx(predicted, rel=TOLERANCE)
    assert json.loads(note["dynsur.json"]) == exchange.describe(surrogate)
    assert [p.name for p in tmp_path.iterdir()] == ["model.pt2"]


@dataclass(frozen=True)
class Deciding:
    """A model whose network asks for a value, which no graph can follow."""

    name = "deciding"
    description = "toy"

    def build(self, series, parameters, outputs):
        class Network(nn.Module):
            def __init__(self):
                super().__init__()
                self.weight = nn.Parameter(torch.ones(()))

            def forward(self, x, scalars):
                return self.weight * (x if x.mean() > 0 else -x)[..., :1]

        return Network()


def test_a_network_that_cannot_be_traced_is_told_in_one_line(surrogate, tmp_path):
    deciding = replace(surrogate, model=Deciding(), module=Deciding().build(4, 2, 1))
    with pytest.raises(DynsurError, match="model 'deciding' cannot be exported") as caught:
        export_model(deciding, tmp_path / "model.pt2")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_what_goes_wrong_leaves_what_was_there(surrogate, tmp_path, monkeypatch, traced_once):
    kept = tmp_path / "model.pt2"
    kept.write_text("before")
    with pytest.raises(DynsurError, match=r"must end in \.onnx or \.pt2"):
        export_model(surrogate, tmp_path / "model.pb")
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(DynsurError, match=r"needs the package onnxscript; .*dynsur\[onnx\]"):
        export_model(surrogate, tmp_path / "model.onnx")
    with pytest.raises(DynsurError, match="cannot write"):
        export_model(surrogate, kept / "model.pt2")
    other = replace(surrogate, module=untrained(Known(), DEPARTING, seed=2).module)
    with pytest.raises(DynsurError, match="differs from the surrogate by"):
        export_model(other, kept)
    assert [p.name for p in tmp_path.iterdir()] == ["model.pt2"]
    assert kept.read_text() == "before"
