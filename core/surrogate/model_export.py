"""Export a trained model to ONNX or to a `torch.export` program."""

import contextlib
import json
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..encoding.scales import PHASE
from ..errors import DynsurError
from ..files import path_of, replacing_file
from ..optional import needed
from .export_graph import Graph, series_names
from .surrogate import Surrogate

NOTE = "dynsur.json"  # name of the description inside a .pt2 file; `dynsur` in an ONNX file
AGREEMENT = 1e-5  # largest accepted deviation, relative to an output's range on its scale
TRACED, CHECKED = 2, 5  # systems in the example that is traced, and in the comparison
Run = Callable[[Mapping[str, np.ndarray]], np.ndarray]


def export_model(surrogate: Surrogate, out: str | Path) -> float:
    """Write a surrogate to one file, then run that file and compare it with the surrogate.

    The graph maps `series` [batch, time, channel] and `parameters` [batch, parameter] to `outputs`
    [batch, time, output] at the trained phases; of a model that steps in time at as many steps as
    its training windows had samples, from its own first state. All are float64 in physical units.
    `describe` gives the names of the channels and `graph_inputs` their values.

    Args:
        surrogate: The surrogate to write.
        out: File to write: `.onnx`, or `.pt2` for `torch.export.load`.

    Returns:
        The largest deviation from the surrogate, on the scales of the outputs.

    Raises:
        DynsurError: The file has another ending, a package is missing, the network cannot be
            traced, or the file disagrees with the surrogate or cannot be written.
    """
    out = path_of("the file", out)
    writers = {".onnx": _write_onnx, ".pt2": _write_program}
    if out.suffix not in writers:
        raise DynsurError(f"'{out}' must end in {' or '.join(writers)}.")
    if out.suffix == ".onnx":
        for module in ("onnx", "onnxscript", "onnxruntime"):
            needed(module, "onnx", "ONNX export")
    with replacing_file(out) as partial:
        run = writers[out.suffix](traced(surrogate), json.dumps(describe(surrogate)), partial)
        deviation = _deviation(surrogate, run)
        if not deviation <= AGREEMENT:
            raise DynsurError(
                f"the exported model differs from the surrogate by {deviation:.1g} of an "
                f"output's range; expected at most {AGREEMENT:g}; nothing was written."
            )
    return deviation


def describe(surrogate: Surrogate) -> dict[str, Any]:
    """Describe the inputs and outputs of the graph as JSON values, as kept in the file.

    Returns:
        `series`, `parameters` and `outputs`: names in the order of the channels; `phases`, the
        instants of the series as time / duration, or of a model that steps in time `step`, their
        interval in s; `units` of the parameters, inputs and outputs
        by name; `system`, `model` and `provenance`.
    """
    encoding, simulator = surrogate.encoding, surrogate.simulator
    quantities = (*simulator.space, *simulator.inputs, *simulator.outputs)
    return {
        "system": simulator.name,
        "model": surrogate.model.name,
        "series": series_names(encoding),
        "parameters": [s.name for s in encoding.parameters],
        "outputs": [s.name for s in encoding.outputs],
        **({"step": surrogate.step} if surrogate.step else {"phases": surrogate.phases.tolist()}),
        "units": {quantity.name: quantity.units for quantity in quantities},
        "provenance": surrogate.provenance,
    }


def graph_inputs(
    surrogate: Surrogate,
    parameters: Mapping[str, np.ndarray],
    series: Mapping[str, np.ndarray],
    time: np.ndarray,
    duration: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Return `series` and `parameters` of the exported graph for the arguments of `predict`.

    Args:
        surrogate: The surrogate, whose simulator supplies the features and estimates.
        parameters: As for `Surrogate.predict`.
        series: As for `Surrogate.predict`.
        time: As for `Surrogate.predict`.
        duration: As for `Surrogate.predict`.
    """
    known, scalars = surrogate.seen(parameters, series, time, duration)
    if surrogate.step:
        known = {name: _of_length(rows, surrogate.phases.size) for name, rows in known.items()}
    columns = [scalars[s.name] for s in surrogate.encoding.parameters]
    return {
        "series": np.stack([known[name] for name in series_names(surrogate.encoding)], axis=2),
        "parameters": np.stack(columns, axis=1),
    }


def _of_length(rows: np.ndarray, size: int) -> np.ndarray:
    """Keep the last value to the end of a sequence of the length that was traced."""
    if rows.shape[1] > size:
        raise DynsurError(
            f"the exported model takes {size} steps; got {rows.shape[1]}; `Surrogate.predict` "
            "takes sequences of any length."
        )
    return np.pad(rows, ((0, 0), (0, size - rows.shape[1])), mode="edge")


def traced(surrogate: Surrogate) -> "torch.export.ExportedProgram":
    """Return the graph as a program that accepts a batch of any size.

    Raises:
        DynsurError: The network cannot be traced.
    """
    graph = Graph(surrogate)
    series, parameters = (torch.from_numpy(a) for a in _example(surrogate, TRACED).values())
    batch = torch.export.Dim("batch", min=1)
    try:
        with _quiet():
            return torch.export.export(
                graph, (series, parameters), dynamic_shapes=({0: batch}, {0: batch})
            )
    except Exception as error:  # a plugin's network may do anything
        raise _untraceable(surrogate, error) from error


def _untraceable(surrogate: Surrogate, error: Exception) -> DynsurError:
    text = " ".join(str(error).split())[:200]
    return DynsurError(
        f"model '{surrogate.model.name}' cannot be exported ({type(error).__name__}: {text}); its "
        "network must consist of what torch.export can trace for any batch."
    )


def _write_program(program: "torch.export.ExportedProgram", note: str, path: Path) -> Run:
    torch.export.save(program, path, extra_files={NOTE: note})
    loaded = torch.export.load(path).module()

    def run(inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        with torch.no_grad():
            return loaded(*map(torch.from_numpy, inputs.values())).numpy()

    return run


def _write_onnx(program: "torch.export.ExportedProgram", note: str, path: Path) -> Run:
    import onnxruntime

    with _quiet():
        converted = torch.onnx.export(
            program,
            dynamo=True,
            verbose=False,
            input_names=["series", "parameters"],
            output_names=["outputs"],
        )
    assert converted is not None
    for value in (*converted.model.graph.inputs, *converted.model.graph.outputs):
        assert value.shape is not None
        value.shape[0] = "batch"
    converted.model.metadata_props["dynsur"] = note
    converted.save(path, external_data=False)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return lambda inputs: np.asarray(session.run(["outputs"], dict(inputs))[0])


def _example(surrogate: Surrogate, count: int) -> dict[str, np.ndarray]:
    """Draw inputs of the graph uniformly from the ranges to which its scales were fitted."""
    encoding, random = surrogate.encoding, np.random.default_rng(0)
    shape = (count, surrogate.phases.size)
    scales = {s.name: s for s in (*encoding.outputs, *encoding.series)}
    series = [scales[n].inverse(random.random(shape)) for n in series_names(encoding)]
    parameters = [s.inverse(random.random(count)) for s in encoding.parameters]
    return {"series": np.stack(series, axis=2), "parameters": np.stack(parameters, axis=1)}


def _deviation(surrogate: Surrogate, run: Run) -> float:
    """Run the written file and compare it with the surrogate."""
    inputs, names = _example(surrogate, CHECKED), describe(surrogate)
    known = _named(names["series"], inputs["series"])
    if not surrogate.step:
        known[PHASE] = np.broadcast_to(surrogate.phases, inputs["series"].shape[:2])
    encoded = surrogate.encoded(known, _named(names["parameters"], inputs["parameters"]))
    expected = surrogate.encoding.decode_outputs(encoded, known)
    written = _named(names["outputs"], run(inputs))
    errors = [
        s.forward(written[s.name]) - s.forward(expected[s.name]) for s in surrogate.encoding.outputs
    ]
    return float(np.abs(errors).max())


def _named(names: list[str], stacked: np.ndarray) -> dict[str, np.ndarray]:
    return {name: stacked[..., j] for j, name in enumerate(names)}


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Suppress the messages of torch's exporters."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
