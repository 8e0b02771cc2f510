"""Write a system as an element of a circuit, and hold it against the system's own solver."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DynsurError
from ..files import write_text
from ..ode.system import ODESystem
from ..systems.signals import Signal
from ..systems.simulator import Simulator
from ..systems.variables import Status, Variable
from ..systems.waveforms import Waveform
from .ngspice import run_device
from .ports import Ports, ports_of
from .spice import subcircuit
from .tracing import Traced, trace

ENDINGS = (".cir", ".lib", ".sub")
PIECES = 4000  # of a smooth drive, which ngspice sees as straight lines


@dataclass(frozen=True)
class Exported:
    """A system as a subcircuit.

    Args:
        path: The file.
        name: Name of the subcircuit.
        system: The system.
        ports: The terminals.
    """

    path: Path
    name: str
    system: ODESystem
    ports: Ports

    def deviations(self, waveform: Signal | None = None) -> dict[str, float]:
        """Return the largest difference between ngspice and dynsur by output, over its peak.

        Args:
            waveform: The drive; the system's own by default.

        Raises:
            DynsurError: ngspice or the simulation fails.
        """
        values = self.system.space.values()
        signal = waveform or self.system.waveform or self.system.drive(values)
        drive = _straight(signal)
        system = self.system
        if system.inputs:
            points = max(system.points, len(drive.times))
            system = dataclasses.replace(system, waveform=drive, points=points)
        expected = _simulated(system)
        time, found = run_device(self.path, self.name, self.ports, drive)
        result = {}
        for (_, place), series in zip(self.ports.sources, found, strict=True):
            name = system.outputs[place].name
            true = expected[name]
            gap = np.abs(np.interp(expected["time"], time, series) - true).max()
            result[name] = float(gap / max(np.abs(true).max(), 1e-300))
        return result


def export_circuit(simulator: Simulator, path: Path) -> Exported:
    """Write a system of ordinary differential equations as a SPICE subcircuit.

    Args:
        simulator: An `ODESystem`; its fixed and default parameters are those of the subcircuit.
        path: File to write, ending in .cir, .lib or .sub.

    Raises:
        DynsurError: The system cannot be a circuit element, or the file cannot be written.
    """
    if path.suffix not in ENDINGS:
        raise DynsurError(
            f"'{path}' must end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]} for a SPICE "
            "subcircuit."
        )
    if not isinstance(simulator, ODESystem):
        raise DynsurError(
            f"'{simulator.name}' is not an ODESystem, so that its equations cannot be traced into "
            "a circuit; export a compact model such as vteam instead."
        )
    ports = ports_of(simulator)
    traced = trace(simulator, *_sizes(simulator))
    name = re.sub(r"\W", "_", simulator.name)
    if name[:1].isdigit():
        name = f"device_{name}"
    text = _heading(simulator, traced, ports) + subcircuit(
        simulator, traced, ports, name, simulator.space.values()
    )
    write_text(path, text)
    return Exported(path, name, simulator, ports)


def _sizes(system: ODESystem) -> tuple[tuple[float, ...], float]:
    """Return the sizes of the states, powers of ten, and the duration of the usual drive."""
    values = system.space.values()
    count = len(system.start(values))
    states = tuple(Variable(f"y{j}", "1", "state") for j in range(count))
    data = _simulated(dataclasses.replace(system, outputs=states, observe=None, metrics=None,
                                          merits=None, estimate=None, features=None))  # fmt: skip
    largest = [float(np.abs(data[v.name]).max()) for v in states]
    sizes = tuple(10.0 ** float(np.round(np.log10(x))) if x > 0 else 1.0 for x in largest)
    return sizes, float((system.waveform or system.drive(values)).duration)


def _simulated(system: ODESystem) -> Mapping[str, np.ndarray]:
    data = system.simulate({})
    if data.status.item() != Status.OK:
        raise DynsurError(
            f"the simulation of '{system.name}' failed: {str(data.reason.item()).rstrip('.')}."
        )
    names = ["time", *[v.name for v in (*system.inputs, *system.outputs)]]
    return {name: np.asarray(data[name]) for name in names}


def _straight(signal: Signal) -> Waveform:
    """Return a signal as a waveform of straight lines."""
    if isinstance(signal, Waveform):
        return signal
    times = np.linspace(0.0, signal.duration, PIECES + 1)
    return Waveform(tuple(times.tolist()), tuple(np.asarray(signal(times), float).tolist()))


def _heading(system: ODESystem, traced: Traced, ports: Ports) -> str:
    lines = [
        f"* {system.name}: {' '.join(system.description.split())}",
        "* Written by dynsur for ngspice.",
    ]
    if ports.two_terminal:
        lines.append("* A device between plus and minus, which take its voltage and its current.")
    else:
        lines.append("* The voltage of a port against ground is the value of its variable:")
        units = {f"in_{v.name.lower()}": v.units for v in system.inputs}
        units |= {f"out_{v.name.lower()}": v.units for v in system.outputs}
        lines += [f"*   {port} in {units[port]}" for port in ports.names]
    lines += [
        f"* State {j} of the system is {scale:g} times the voltage of node x{j}."
        for j, scale in enumerate(traced.scales)
    ]
    if not traced.start_follows:
        lines.append("* The initial state is that of the default parameters.")
    units = {parameter.name: parameter.units for parameter in system.space}
    lines += [f"* Parameter {name} is in {units[name]}." for name in traced.parameters]
    return "\n".join(lines) + "\n"
