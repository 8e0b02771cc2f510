"""Write a Verilog-A module."""

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..systems.parameters import Parameter, ParameterSpace
from .ports import Ports
from .spice import SMALL
from .tracing import Sampled, Traced
from .verilog import VerilogWriter, number

WIDTH = 100  # characters of a line
FASTER = 300.0  # times: how quickly what follows a signal is there, in steps of the model
FINEST = 0.03  # of a step of the model: longest step of the simulator
LEAST = 2e-3  # of a step of the model: shortest step that a change asks for
EARLIER = 1e-6  # of a step of the model


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
    nodes = list(states)
    if traced.sampled:
        signals = _sampled(traced.sampled, writer)
        nodes += signals.nodes
        starting += signals.starting
        moving += signals.moving
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
    nodes += list(writer.balances)
    return assembled(name, ports.names, declared, nodes, writer.variables, analog)


class _Held(NamedTuple):
    """The nodes of a trained model's signals, and the statements that hold and follow them."""

    nodes: list[str]
    starting: list[str]
    moving: list[str]


def _sampled(sampled: Sampled, writer: VerilogWriter) -> _Held:
    """Return the nodes and the statements of a trained model, and let its writer know them.

    Each signal s_j is held from one instant of the model to the next. In the second half of a step
    m_j follows s_j and h_j rests; in the first half m_j rests and h_j follows m_j. What rests is
    the signal at the last instant. Outputs y are held too. Between instants they follow the inputs
    at once, and what they change by themselves along a straight line: with the held output y_0 and
    the output y_1 under unmoved inputs, y − (1 − t) (y_1 − y_0) at the share t of a step.
    """
    step, count = number(sampled.step), len(sampled.now)
    total = range(count + len(sampled.outputs))
    writer.lines += [
        # At an instant itself the step that ends there is not over: the small part sees to that.
        f"share = $abstime/{step} - {EARLIER} - floor($abstime/{step} - {EARLIER});",
        "late = (share >= 0.5) ? 1.0 : 0.0;",
        # Steps are short on both sides of a change from holding to following.
        f"$bound_step({step}*max(min({FINEST}, "
        f"min(share, min(abs(share - 0.5), 1.0 - share))/2.0), {LEAST}));",
    ]
    named = [f"before{j}" if j < count else f"output{j - count}" for j in total]
    writer.variables += ["share", "late", *named]
    starts = []
    for j, (first, scale) in enumerate(zip(sampled.first, sampled.scales, strict=True)):
        start = f"V(s{j})" if first is None else f"{writer.real(first)}/{number(scale)}"
        starts.append(f"before{j} = {start};")
    held = [f"{named[j]} = (late > 0.5) ? V(h{j}) : V(m{j});" for j in range(count)]
    writer.lines += _either(starts, held)
    for j, (now, scale) in enumerate(zip(sampled.now, sampled.scales, strict=True)):
        over = "" if scale == 1.0 else f"/{number(scale)}"
        text = writer.definition(now, f"s{j}", scale)
        writer.balances[f"s{j}"] = f"{number(SMALL)}*(V(s{j}) - {text}{over})"
    for k, (output, still) in enumerate(zip(sampled.outputs, sampled.still, strict=True)):
        j = count + k
        writer.balances[f"s{j}"] = f"{number(SMALL)}*(V(s{j}) - {writer.real(output)})"
        unmoved = writer.real(still)
        held = f"((late > 0.5) ? V(h{j}) : V(m{j}))"
        writer.lines += _either(
            [f"output{k} = V(s{j});"],
            [f"output{k} = V(s{j}) - (1.0 - share)*({unmoved} - {held});"],
        )
    unit, charge = number(SMALL), number(float(f"{SMALL * sampled.step:.15g}"))
    follow = number(float(f"{SMALL * FASTER:.15g}"))
    starting, moving = [], []
    for j in total:
        starting += [f"I({a}{j}) <+ {unit}*(V({a}{j}) - V(s{j}));" for a in "mh"]
        moving += [
            f"I(m{j}) <+ {charge}*ddt(V(m{j})) + {follow}*late*(V(m{j}) - V(s{j}));",
            f"I(h{j}) <+ {charge}*ddt(V(h{j})) + {follow}*(1.0 - late)*(V(h{j}) - V(m{j}));",
        ]
    return _Held([f"{a}{j}" for j in total for a in "mh"], starting, moving)


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
