"""Write a trained model as an element of a circuit, and hold it against its own predictions."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DynsurError
from ..systems.capabilities import drive_of, waveform_of
from ..systems.drive import Excitation, inputs_along, signal_of
from ..systems.signals import Signal, parts_of, together
from ..systems.waveforms import Waveform
from .export import (
    Element,
    check_ending,
    element_name,
    is_verilog,
    refuse_verilog,
    straight,
    write_element,
)
from .ngspice import run_device
from .openvaf import residuals_of_steps
from .ports import Ports, ports_of
from .stepping import element_parameters, model_instants, moved_instants, trace_model
from .tracing import Traced

if TYPE_CHECKING:
    from ..surrogate.surrogate import Surrogate

CHECKED, CYCLES = 400, 4  # steps and cycles of a sine in which a model of recordings is checked


@dataclass(frozen=True)
class ExportedModel(Element):
    """A trained model as an element of a circuit.

    Args:
        surrogate: The model.
    """

    surrogate: "Surrogate"

    def residuals(self) -> dict[str, float]:
        """Return how far the compiled Verilog-A module is from the model, by signal and output.

        Both are evaluated at random signals, inputs, instants and parameters within the ranges of
        the training. The largest difference is divided by the largest value.

        Raises:
            DynsurError: openvaf-py is missing, or the compiler refuses the file.
        """
        return residuals_of_steps(self.path, self.surrogate, self.traced, self.ports)

    @property
    def moved(self) -> tuple[int, int]:
        """How many instants of the model are not at equal steps; see `moved_instants`."""
        return (0, 0) if self.surrogate.step else moved_instants(self.surrogate.phases)

    def deviations(self, waveform: Excitation | None = None) -> dict[str, float]:
        """Return the largest difference from the prediction in ngspice by output, over its peak.

        Both are compared at the instants of the model, between which it says nothing.

        Args:
            waveform: The drive, as long as the usual one, since the model's step is a share of it;
                the usual one by default.

        Raises:
            DynsurError: The file is Verilog-A, the drive has another duration, or ngspice fails.
        """
        refuse_verilog(self.path)
        surrogate, simulator = self.surrogate, self.surrogate.simulator
        usual = usual_drive(surrogate)
        signal = (
            usual if waveform is None else signal_of(simulator, simulator.space.values(), waveform)
        )
        if not surrogate.step and not np.isclose(signal.duration, usual.duration, rtol=1e-9):
            raise DynsurError(
                f"this model steps by a share of its drive's duration; expected a drive of "
                f"{usual.duration:g} s, got {signal.duration:g} s."
            )
        at = surrogate.phases * float(usual.duration)
        if surrogate.step:
            at = model_instants(surrogate, signal)
        series = {name: u[None] for name, u in inputs_along(simulator, signal, at).items()}
        expected = surrogate.predict(simulator.space.columns({}), series, at[None])
        drives = [straight(part) for part in parts_of(signal)]
        time, found = run_device(self.path, self.name, self.ports, drives, 2 * at.size)
        result = {}
        for (_, place), rows in zip(self.ports.sources, found, strict=True):
            name = simulator.outputs[place].name
            true = expected[name][0]
            gap = np.abs(np.interp(at, time, rows) - true).max()
            result[name] = float(gap / max(np.abs(true).max(), 1e-300))
        return result


def export_model_circuit(surrogate: "Surrogate", path: Path) -> ExportedModel:
    """Write a trained model that steps a state in time as an element of a circuit.

    Args:
        surrogate: The model; its network offers `CarriesState`.
        path: File to write: .cir, .lib or .sub for a SPICE subcircuit, .va for Verilog-A.

    Raises:
        DynsurError: The model cannot be a circuit element, or the file cannot be written.
    """
    check_ending(path)
    simulator = surrogate.simulator
    ports = ports_of(simulator)
    traced = trace_model(surrogate, usual_drive(surrogate))
    name = element_name(f"{simulator.name}_{surrogate.model.name}")
    write_element(path, _heading(surrogate, traced, ports, is_verilog(path)),
                  simulator.space, traced, ports, name)  # fmt: skip
    return ExportedModel(path, name, ports, traced, surrogate)


def usual_drive(surrogate: "Surrogate") -> Signal:
    """Return the drive at the default parameters.

    Where a system was recorded, it is a sine over the range of the training.

    Raises:
        DynsurError: It is known only after a simulation, and with it the step of the model.
    """
    simulator = surrogate.simulator
    unknown = drive_of(simulator) is None and waveform_of(simulator) is None
    if unknown and surrogate.step:
        phase = np.linspace(0.0, 1.0, CHECKED + 1)
        times = tuple((phase * CHECKED * surrogate.step).tolist())
        scales = {scale.name: scale for scale in surrogate.encoding.series}
        parts = []
        for k, variable in enumerate(simulator.inputs):  # of several, each is slower by a cycle
            u = 0.5 + 0.5 * np.sin(2.0 * np.pi * max(CYCLES - k, 1) * phase)
            parts.append(Waveform(times, tuple(scales[variable.name].inverse(u).tolist())))
        return together(parts)
    return signal_of(simulator, simulator.space.values())


def _heading(surrogate: "Surrogate", traced: Traced, ports: Ports, verilog: bool) -> list[str]:
    simulator, sampled = surrogate.simulator, traced.sampled
    assert sampled is not None
    lines = [
        f"{simulator.name}: {' '.join(simulator.description.split())}",
        f"A trained model, {surrogate.model.name}, written by dynsur for "
        f"{'compilers of Verilog-A' if verilog else 'ngspice'}.",
    ]
    if ports.two_terminal:
        lines.append("A device between plus and minus, which take its voltage and its current.")
    else:
        units = {f"in_{v.name.lower()}": v.units for v in simulator.inputs}
        units |= {f"out_{v.name.lower()}": v.units for v in simulator.outputs}
        lines.append("The voltage of a port against ground is the value of its variable:")
        lines += [f"  {port} in {units[port]}" for port in ports.names]
    lines.append(f"Its time step is {sampled.step:.6g} s. Node s_j is a signal of the model,")
    lines.append(
        "and m_j and h_j hold it from one instant to the next."
        if verilog
        else "and b_j is that signal a step before."
    )
    lines.append("It was trained in these ranges of the parameters:")
    given = element_parameters(surrogate)
    for parameter in simulator.space:
        if parameter.name in traced.parameters:
            ends = f"{parameter.low:g} to {parameter.high:g} {parameter.units}"
            lines.append(f"  {parameter.name}: {ends}")
        elif parameter.seen and given[parameter.name].kind == "number":
            lines.append(f"  {parameter.name}: {given[parameter.name].arguments[0]:g} "
                         f"{parameter.units}, part of the weights")  # fmt: skip
    return lines
