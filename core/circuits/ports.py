"""The terminals of an exported system."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..systems.simulator import Simulator
from ..systems.variables import Variable

PREFIXES = {"": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "k": 1e3}


@dataclass(frozen=True)
class Ports:
    """The terminals of a subcircuit.

    Args:
        names: Names of the terminals, in order.
        drives: Each input in terms of their voltages.
        sources: A port and the place of its output; the port None is a current between both
            terminals.
        ampere: Value of the current's unit, in A.
        volt: Value of the input's unit, in V.
    """

    names: tuple[str, ...]
    drives: tuple[str, ...]
    sources: tuple[tuple[str | None, int], ...]
    ampere: float = 1.0
    volt: float = 1.0

    def voltages(self, inputs: Sequence[float]) -> dict[str, float]:
        """Return the voltage of each port or pair of terminals at values of the inputs."""
        if self.two_terminal:
            return {",".join(self.names): self.volt * value for value in inputs}
        return dict(zip(self.names, inputs, strict=False))

    @property
    def two_terminal(self) -> bool:
        """Whether the system is a device between two terminals."""
        return self.sources[0][0] is None


def ports_of(system: Simulator) -> Ports:
    """Return two terminals for the only voltage and a current, else a port for each variable.

    The voltage of a port against ground is the value of its variable, in its unit.
    """
    currents = [(j, v) for j, v in enumerate(system.outputs) if _size(v, "A") is not None]
    volts = _size(system.inputs[0], "V") if len(system.inputs) == 1 else None
    if volts is not None and currents:
        place, variable = currents[0]
        drive = "V(plus,minus)" if volts == 1.0 else f"({1.0 / volts!r}*V(plus,minus))"
        ampere = _size(variable, "A") or 1.0
        return Ports(("plus", "minus"), (drive,), ((None, place),), ampere, volts)
    inputs = tuple(f"in_{v.name.lower()}" for v in system.inputs)
    outputs = tuple(f"out_{v.name.lower()}" for v in system.outputs)
    drives = tuple(f"V({port})" for port in inputs)
    return Ports((*inputs, *outputs), drives, tuple((n, j) for j, n in enumerate(outputs)))


def _size(variable: Variable, unit: str) -> float | None:
    """Return the size of a variable's unit, such as 1e-6 for uA, or None for another unit."""
    units = variable.units
    return PREFIXES.get(units.removesuffix(unit)) if units.endswith(unit) else None
