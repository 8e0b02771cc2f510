"""Write a system as an element of a circuit, and hold it against the system itself."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DynsurError
from ..files import write_text
from ..ode.system import ODESystem
from ..systems.drive import Excitation, as_field, signal_of
from ..systems.parameters import ParameterSpace
from ..systems.signals import Signal, parts_of
from ..systems.simulator import Simulator
from ..systems.variables import Status, Variable
from ..systems.waveforms import Waveform
from .module import module
from .ngspice import run_device
from .openvaf import largest_residuals
from .ports import Ports, ports_of
from .spice import subcircuit
from .tracing import Traced, trace

SPICE, VERILOG = (".cir", ".lib", ".sub"), (".va",)
PIECES = 4000  # of a smooth drive, which ngspice sees as straight lines


@dataclass(frozen=True)
class Element:
    """A SPICE subcircuit or a Verilog-A module that was written.

    Args:
        path: The file.
        name: Name of the subcircuit or the module.
        ports: The terminals.
        traced: The equations.
    """

    path: Path
    name: str
    ports: Ports
    traced: Traced

    @property
    def is_verilog(self) -> bool:
        """Whether the file is a Verilog-A module."""
        return is_verilog(self.path)

    @property
    def moved(self) -> tuple[int, int]:
        """How many instants of a model are beside equal steps, and how many points avoid it."""
        return 0, 0


@dataclass(frozen=True)
class Exported(Element):
    """A system as an element of a circuit.

    Args:
        system: The system.
    """

    system: ODESystem

    def residuals(self) -> dict[str, float]:
        """Return how far the compiled Verilog-A module is from the system, by equation.

        Both are evaluated at random states and inputs of the usual drive's ranges. The largest
        difference is divided by the largest value.

        Raises:
            DynsurError: openvaf-py is missing, or the compiler refuses the file.
        """
        data = _states(self.system)
        if self.system.inputs:
            driven = _simulated(self.system)
            data |= {f"u{k}": driven[v.name] for k, v in enumerate(self.system.inputs)}
        return largest_residuals(self.path, self.system, self.traced, self.ports, data)

    def deviations(self, waveform: Excitation | None = None) -> dict[str, float]:
        """Return the largest difference between ngspice and dynsur by output, over its peak.

        Args:
            waveform: The drive; the system's own by default.

        Raises:
            DynsurError: The file is not for SPICE, or ngspice or the simulation fails.
        """
        refuse_verilog(self.path)
        values = self.system.space.values()
        drives = [straight(part) for part in parts_of(signal_of(self.system, values, waveform))]
        system = self.system
        if system.inputs:
            points = max(system.points, sum(len(drive.times) for drive in drives))
            given = dict(zip((v.name for v in system.inputs), drives, strict=True))
            chosen = as_field(system, given)
            system = dataclasses.replace(system, waveform=chosen, points=points)
        expected = _simulated(system)
        time, found = run_device(self.path, self.name, self.ports, drives)
        result = {}
        for (_, place), series in zip(self.ports.sources, found, strict=True):
            name = system.outputs[place].name
            true = expected[name]
            gap = np.abs(np.interp(expected["time"], time, series) - true).max()
            result[name] = float(gap / max(np.abs(true).max(), 1e-300))
        return result


def export_circuit(simulator: Simulator, path: Path) -> Exported:
    """Write a system of ordinary differential equations as an element of a circuit.

    Args:
        simulator: An `ODESystem`; its fixed and default parameters are those of the element.
        path: File to write: .cir, .lib or .sub for a SPICE subcircuit, .va for Verilog-A.

    Raises:
        DynsurError: The system cannot be a circuit element, or the file cannot be written.
    """
    check_ending(path)
    if not isinstance(simulator, ODESystem):
        raise DynsurError(
            f"'{simulator.name}' is not an ODESystem, so that its equations cannot be traced into "
            "a circuit; export a compact model such as vteam, or train one by `dynsur run "
            f"{simulator.name} --set model=nlss --set dataset.base=none --set dataset.kept=1` and "
            "export its folder."
        )
    ports = ports_of(simulator)
    traced = trace(simulator, *_sizes(simulator))
    name = element_name(simulator.name)
    heading = _heading(simulator, traced, ports, is_verilog(path))
    write_element(path, heading, simulator.space, traced, ports, name)
    return Exported(path, name, ports, traced, simulator)


def check_ending(path: Path) -> None:
    """Refuse a file that is neither for SPICE nor Verilog-A by its ending."""
    if path.suffix not in (*SPICE, *VERILOG):
        raise DynsurError(
            f"'{path}' must end in {', '.join(SPICE)} for a SPICE subcircuit, or in "
            f"{VERILOG[0]} for a Verilog-A module."
        )


def is_verilog(path: Path) -> bool:
    """Whether a file is a Verilog-A module by its ending."""
    return path.suffix in VERILOG


def refuse_verilog(path: Path) -> None:
    """Refuse a Verilog-A module where ngspice is to run a subcircuit."""
    if is_verilog(path):
        raise DynsurError(f"'{path}' is not a SPICE subcircuit, which ngspice could run.")


def element_name(text: str) -> str:
    """Return a name as an element of a circuit may have it."""
    name = re.sub(r"\W", "_", text)
    return f"device_{name}" if name[:1].isdigit() else name


def write_element(
    path: Path,
    heading: list[str],
    space: ParameterSpace,
    traced: Traced,
    ports: Ports,
    name: str,
) -> None:
    """Write equations with a heading in the language that the ending of the file says."""
    verilog = is_verilog(path)
    text = (module if verilog else subcircuit)(space, traced, ports, name, space.values())
    mark = "//" if verilog else "*"
    write_text(path, "\n".join(f"{mark} {line}" for line in heading) + "\n" + text)


def _sizes(system: ODESystem) -> tuple[tuple[float, ...], float]:
    """Return the sizes of the states, powers of ten, and the duration of the usual drive."""
    largest = [float(np.abs(rows).max()) for rows in _states(system).values()]
    sizes = tuple(10.0 ** float(np.round(np.log10(x))) if x > 0 else 1.0 for x in largest)
    return sizes, float(signal_of(system, system.space.values()).duration)


def _states(system: ODESystem) -> dict[str, np.ndarray]:
    """Return the states along the usual drive as `y0`, `y1`, …, each of shape [time]."""
    count = len(system.start(system.space.values()))
    states = tuple(Variable(f"y{j}", "1", "state") for j in range(count))
    data = _simulated(dataclasses.replace(system, outputs=states, observe=None, metrics=None,
                                          merits=None, estimate=None, features=None))  # fmt: skip
    return {v.name: data[v.name] for v in states}


def _simulated(system: ODESystem) -> Mapping[str, np.ndarray]:
    data = system.simulate({})
    if data.status.item() != Status.OK:
        raise DynsurError(
            f"the simulation of '{system.name}' failed: {str(data.reason.item()).rstrip('.')}."
        )
    names = ["time", *[v.name for v in (*system.inputs, *system.outputs)]]
    return {name: np.asarray(data[name]) for name in names}


def straight(signal: Signal) -> Waveform:
    """Return a signal as a waveform of straight lines."""
    if isinstance(signal, Waveform):
        return signal
    times = np.linspace(0.0, signal.duration, PIECES + 1)
    return Waveform(tuple(times.tolist()), tuple(np.asarray(signal(times), float).tolist()))


def _heading(system: ODESystem, traced: Traced, ports: Ports, verilog: bool) -> list[str]:
    lines = [
        f"{system.name}: {' '.join(system.description.split())}",
        f"Written by dynsur for {'compilers of Verilog-A' if verilog else 'ngspice'}.",
    ]
    if ports.two_terminal:
        lines.append("A device between plus and minus, which take its voltage and its current.")
    else:
        lines.append("The voltage of a port against ground is the value of its variable:")
        units = {f"in_{v.name.lower()}": v.units for v in system.inputs}
        units |= {f"out_{v.name.lower()}": v.units for v in system.outputs}
        lines += [f"  {port} in {units[port]}" for port in ports.names]
    lines += [
        f"State {j} of the system is {scale:g} times the voltage of node x{j}."
        for j, scale in enumerate(traced.scales)
    ]
    if not traced.start_follows:
        lines.append("The initial state is that of the default parameters.")
    if verilog:
        return lines
    units = {parameter.name: parameter.units for parameter in system.space}
    return [*lines, *(f"Parameter {name} is in {units[name]}." for name in traced.parameters)]
