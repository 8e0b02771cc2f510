"""Write a Verilog-A module."""

import math
import textwrap
from collections.abc import Mapping, Sequence

from ..systems.parameters import Parameter, ParameterSpace
from .ports import Ports
from .spice import SMALL
from .tracing import Traced
from .verilog import VerilogWriter, number

WIDTH = 100  # characters of a line


def module(
    space: ParameterSpace, traced: Traced, ports: Ports, name: str, values: Mapping[str, float]
) -> str:
    """Return the text of a module `name` with the values as defaults of its parameters.

    State j is s_j V(x_j), and C ddt(V(x_j)) = C f_j/s_j with C the duration of the usual drive in
    s, in uF, as in `subcircuit`. A static analysis sees the states at the start.
    """
    states = [f"x{j}" for j in range(len(traced.rates))]
    writer = VerilogWriter(traced, ports)
    moving, starting = [], []
    capacitor = number(float(f"{SMALL * traced.duration:.15g}"))
    for x, rate, first, scale in zip(
        states, traced.rates, traced.start, traced.scales, strict=True
    ):
        factor = number(float(f"{SMALL * traced.duration / scale:.15g}"))
        moving.append(f"I({x}) <+ {capacitor}*ddt(V({x})) - {factor}*{writer.real(rate)};")
        start = writer.real(first) if scale == 1.0 else f"{writer.real(first)}/{number(scale)}"
        starting.append(f"I({x}) <+ {number(SMALL)}*(V({x}) - {start});")
    flows = []
    for port, place in ports.sources:
        value = writer.real(traced.outputs[place])
        pair = f"I({ports.names[0]}, {ports.names[1]})" if port is None else f"V({port})"
        flows.append(f"{pair} <+ {value};" if ports.ampere == 1.0 else
                     f"{pair} <+ {number(ports.ampere)}*{value};")  # fmt: skip
    analog = [
        *writer.lines,
        *(f"I({node}) <+ {text};" for node, text in writer.balances.items()),
        *_either(starting, moving),
        *flows,
    ]
    declared = [declaration(space[n], writer.names[n], values[n]) for n in traced.parameters]
    nodes = [*states, *writer.balances]
    return assembled(name, ports.names, declared, nodes, writer.variables, analog)


def assembled(
    name: str,
    terminals: Sequence[str],
    parameters: Sequence[str],
    nodes: Sequence[str],
    variables: Sequence[str],
    analog: Sequence[str],
) -> str:
    """Return the text of a module from its parts."""
    head = [
        '`include "disciplines.vams"',
        "",
        f"module {name}({', '.join(terminals)});",
        f"  inout {', '.join(terminals)};",
        f"  electrical {', '.join([*terminals, *nodes])};",
        *(f"  {line}" for line in parameters),
        *([f"  real {', '.join(variables)};"] if variables else []),
        "  analog begin",
    ]
    lines = [*head, *(f"    {line}" for line in analog), "  end", "endmodule"]
    return "\n".join(part for line in lines for part in _folded(line)) + "\n"


def _either(static: Sequence[str], otherwise: Sequence[str]) -> list[str]:
    """Return the statements of a static analysis, and those of any other."""
    if not static:
        return []
    return [
        'if (analysis("static")) begin',
        *(f"  {line}" for line in static),
        "end else begin",
        *(f"  {line}" for line in otherwise),
        "end",
    ]


def declaration(parameter: Parameter, name: str, value: float) -> str:
    """Return the declaration of a parameter, with its domain as its range."""
    low, high = parameter.domain
    positive = parameter.scale == "log" and low <= 0.0
    left = "(0" if positive else f"[{number(low)}" if math.isfinite(low) else "(-inf"
    right = f"{number(high)}]" if math.isfinite(high) else "inf)"
    text = " ".join(parameter.long_name.replace('"', "'").split())
    note = f'(* desc="{text}", units="{parameter.units}" *) '
    if parameter.choices:
        left, right = f"[{number(min(parameter.choices))}", f"{number(max(parameter.choices))}]"
    among = f" from {left}:{right}" if (left, right) != ("(-inf", "inf)") else ""
    return f"{note}parameter real {name} = {number(value)}{among};"


def _folded(line: str) -> list[str]:
    """Return a long line as several, broken at spaces."""
    indent = len(line) - len(line.lstrip()) + 4
    return textwrap.wrap(line, WIDTH, subsequent_indent=" " * indent, break_long_words=False,
                         break_on_hyphens=False) or [line]  # fmt: skip
