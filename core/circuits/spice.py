"""Write traced equations as a SPICE subcircuit."""

import re
from collections.abc import Mapping

from ..systems.parameters import ParameterSpace
from .expressions import Expression, Root, uses
from .names import parameter_names
from .ports import Ports
from .tracing import Sampled, Traced

WIDTH = 110  # characters of a line
SHORT = 24  # characters up to which what depends on parameters alone stays where it is
BOUNDED = {"tanh"}  # short ones too are nodes where they are used again, since none overflows
LONG = 5000  # characters from which a text that is used again gets a node of its own
WALL = 1e-5  # of a state's size: width over which its rate is switched off at a limit
LARGEST_EXPONENT = 600.0
LEAST = {"ln": "1e-300", "log10": "1e-300", "sqrt": "0"}  # ngspice stops at a smaller argument
SMALL = 1e-6  # A inside, beside which a simulator's abstol of 1e-12 A is small
INFIX = {"+", "-", "*", "/", ">", ">=", "<", "<=", "==", "!="}


def subcircuit(
    space: ParameterSpace, traced: Traced, ports: Ports, name: str, values: Mapping[str, float]
) -> str:
    """Return the text of a subcircuit `name` with the values as defaults of its parameters.

    State j is s_j V(x_j): its capacitor C has I = C f_j/s_j, with C the duration of the usual
    drive in s, in uF, so that voltages and currents are of the order of 1 V and 1 uA.
    """
    names = parameter_names(traced.parameters)
    writer = Writer(traced, ports, names)
    capacitor = _number(float(f"{SMALL * traced.duration:.15g}"))
    body: list[str] = []
    for j, (rate, first, scale) in enumerate(
        zip(traced.rates, traced.start, traced.scales, strict=True)
    ):
        factor = _number(float(f"{SMALL * traced.duration / scale:.15g}"))
        body += [
            f"C_x{j} x{j} 0 {capacitor}",
            f".ic v(x{j})={{({writer.initial(first)})/{_number(scale)}}}",
            f"B_x{j} 0 x{j} I={factor}*({writer.text(rate)})",
        ]
    if traced.sampled:
        body += delay_lines(traced.sampled, writer)
    for port, place in ports.sources:
        value = writer.text(traced.outputs[place])
        if port is None:
            body.append(
                f"B_out {ports.names[0]} {ports.names[1]} I={_number(ports.ampere)}*({value})"
            )
        else:
            body.append(f"B_{port} {port} 0 V={value}")
    defaults = [f"{names[n]}={float(values[n])!r}" for n in traced.parameters]
    header = _folded(" ".join([f".subckt {name} {' '.join(ports.names)}", *defaults]))
    constants = [f".param {name}={{{text}}}" for text, name in writer.constants.items()]
    inner = [*constants, *writer.nodes, *body]
    lines = [*header, *[part for line in inner for part in _folded(line)]]
    return "\n".join([*lines, f".ends {name}"]) + "\n"


def delay_lines(sampled: Sampled, writer: "Writer") -> list[str]:
    """Return the sources of a trained model's signals, and lines that delay them by one step.

    Signal j is the voltage of s_j. A matched line without losses gives it one step later at e_j;
    before the first step has passed, e_j is the value at 0 s. There b_j goes from what the model
    starts from to that value, so that it is exact at each instant of the model and continuous.
    """
    step, part = _number(sampled.step), _number(sampled.step / 4.0)
    # The corners of a clock make the simulator stop at the instants of the model, where a line
    # needs no interpolation. Without the rest at its low end ngspice loses them after a while.
    lines = [f"V_clock clock 0 PULSE(0 1 0 {part} {part} {part} {step})"]
    signals = zip(sampled.now, sampled.first, sampled.scales, strict=True)
    for j, (now, first, scale) in enumerate(signals):
        over = "" if scale == 1.0 else f"/{_number(scale)}"
        lines += [
            f"B_s{j} s{j} 0 V=({writer.definition(now, f's{j}', scale)}){over}",
            f"T_s{j} s{j} 0 e{j} 0 Z0=1meg TD={step} REL=1e6 ABS=1e30",
            f"R_s{j} e{j} 0 1meg",
        ]
        later = f"V(e{j})"
        if first is not None:
            start = f"(({writer.text(first)}){over})"
            later = f"(time<{step}?{start}+({later}-{start})*time/{step}:{later})"
        lines.append(f"B_b{j} b{j} 0 V={later}")
    return lines


class Writer:
    """Expressions in the language of ngspice's behavioural sources."""

    def __init__(self, traced: Traced, ports: Ports, names: Mapping[str, str]) -> None:
        self.traced, self.ports, self.names = traced, ports, names
        self.texts: dict[Expression, str] = {}
        self.nodes: list[str] = []  # sources of the nodes inside
        self.roots = 0
        self.prefix = "k_"
        while any(name.lower().startswith(self.prefix) for name in names.values()):
            self.prefix += "k_"
        self.constants: dict[str, str] = {}  # names of what depends on parameters alone
        self.uses = uses(traced.expressions)

    def initial(self, expression: Expression) -> str:
        """Return the text of an expression of parameters alone, within braces."""
        return _plain(self.text(expression))

    def text(self, expression: Expression) -> str:
        """Return the text of an expression; one that is used twice is written once."""
        if expression not in self.texts:
            text = self._written(expression)
            again, varies = self.uses[expression] > 1, _varies(expression)
            longest = SHORT if expression.kind in BOUNDED or not varies else LONG
            if again and len(text) > longest and expression.leaves and not varies:
                text = self.constant(text)
            # What is long and used again becomes the voltage of a node, evaluated once.
            elif again and len(text) > longest and varies:
                node = f"m{len(self.nodes)}"
                self.nodes.append(f"B_{node} {node} 0 V={text}")
                text = f"V({node})"
            self.texts[expression] = text
        return self.texts[expression]

    def definition(self, expression: Expression, node: str, scale: float) -> str:
        """Return the text of an expression that from now on is the voltage of a node."""
        text = self._written(expression)
        if expression.kind != "number":
            self.texts[expression] = _times(scale, f"V({node})")
        return text

    def constant(self, text: str) -> str:
        """Return a parameter of the subcircuit that has the value of a text of parameters."""
        new = f"{self.prefix}{len(self.constants)}"
        return f"{{{self.constants.setdefault(_plain(text), new)}}}"

    def _inner(self, of: Expression, e: Expression) -> str:
        """Return the text of what an operation acts on, with constants evaluated beforehand."""
        text = self.text(e)
        beforehand = _varies(of) and bool(e.leaves) and not _varies(e) and len(text) > SHORT
        return self.constant(text) if beforehand else text

    def _written(self, e: Expression) -> str:
        kind, arguments = e.kind, e.arguments
        if kind == "number":
            value = arguments[0]  # 9 digits tell weights of single precision apart
            return _number(float(f"{value:.9g}") if self.traced.sampled else value)
        if kind == "parameter":
            return f"{{{self.names[arguments[0]]}}}"
        if kind == "state":
            return _times(self.traced.scales[arguments[0]], f"V(x{arguments[0]})")
        if kind == "input":
            return self.ports.drives[e.arguments[0]]
        if kind == "time":
            return "time"
        if kind in ("signal", "before") and self.traced.sampled:
            scale = self.traced.sampled.scales[arguments[0]]
            return _times(scale, f"V({'s' if kind == 'signal' else 'b'}{arguments[0]})")
        if kind == "output" and self.traced.sampled:
            return self.text(self.traced.sampled.outputs[arguments[0]])
        if kind == "where":
            return self._where(*arguments)
        if kind == "root":
            return self._root(e, *arguments)
        return self._operation(kind, [self._inner(e, a) for a in arguments])

    def _root(self, e: Expression, root: Root) -> str:
        """Return the voltage of a node out of which a current flows that the root makes zero."""
        node = f"r{self.roots}"
        self.roots += 1
        self.texts[e] = _times(root.scale, f"V({node})")
        factor = _number(float(f"{SMALL / root.scale:.15g}"))
        self.nodes.append(f"B_{node} {node} 0 I={factor}*({self.text(root.residual)})")
        return self.texts[e]

    def _operation(self, kind: str, inner: list[str]) -> str:
        if kind in INFIX:
            return f"({inner[0]}{kind}{inner[1]})"
        if kind in ("and", "or"):
            return f"({inner[0]}{'&&' if kind == 'and' else '||'}{inner[1]})"
        if kind == "not":
            return f"(({inner[0]})==0)"
        if kind == "neg":
            return f"(-{inner[0]})"
        if kind == "exp":
            return f"exp(min({inner[0]},{LARGEST_EXPONENT!r}))"
        if kind in LEAST:
            return f"{kind}(max({inner[0]},{LEAST[kind]}))"
        return f"{kind}({','.join(inner)})"

    def _where(self, condition: Expression, yes: Expression, no: Expression) -> str:
        """Return a choice, which fades out where it stops a state at a limit."""
        if stops_a_state(condition, yes):
            return f"({self.text(no)}*(1-{self._share(condition)}))"
        return f"({self.text(condition)}?{self.text(yes)}:{self.text(no)})"

    def _share(self, e: Expression) -> str:
        """Return how far a condition holds, from 0 to 1."""
        if e.kind in ("and", "or"):
            a, b = (self._share(argument) for argument in e.arguments)
            return f"({a}*{b})" if e.kind == "and" else f"(1-(1-{a})*(1-{b}))"
        limit = limit_of_state(e)
        if limit is None:
            return f"({self.text(e)}?1:0)"
        state, gap = limit
        width = WALL * self.traced.scales[state.arguments[0]]
        return f"min(max({self.text(gap)}*{_number(1.0 / width)},0),1)"


def stops_a_state(condition: Expression, yes: Expression) -> bool:
    """Whether a choice makes a rate zero where a state meets a condition, as at its limit."""
    of_state = any(kind == "state" for kind, _ in condition.leaves)
    return of_state and yes.kind == "number" and yes.arguments[0] == 0.0


def limit_of_state(e: Expression) -> tuple[Expression, Expression] | None:
    """Return the state that a condition compares with a limit, and how far it is beyond it."""
    if e.kind in (">", ">=", "<", "<="):
        a, b = e.arguments
        for state, side in ((a, b), (b, a)):
            if state.kind == "state" and not any(kind == "state" for kind, _ in side.leaves):
                above = (state is a) == (e.kind[0] == ">")
                return state, Expression("-", *((state, side) if above else (side, state)))
    return None


def _plain(text: str) -> str:
    """Return a text without the braces around the names of parameters."""
    return text.replace("{", "(").replace("}", ")")


def _varies(e: Expression) -> bool:
    return any(kind != "parameter" for kind, _ in e.leaves)


def _folded(line: str) -> list[str]:
    """Return a long line with its continuations, which begin with a plus."""
    if len(line) <= WIDTH:
        return [line] if line else []
    lines, row = [], ""
    for piece in re.split(r"(?<=[*/,?:= ])", line):  # ngspice puts a space where lines meet
        if row and len(row) + len(piece) > WIDTH:
            lines.append(row.rstrip())
            row = "+ "
        row += piece
    return [*lines, row]


def _times(scale: float, text: str) -> str:
    return text if scale == 1.0 else f"({_number(scale)}*{text})"


def _number(value: float) -> str:
    text = f"{value:.15g}" if float(f"{value:.15g}") == value else repr(value)
    return f"({text})" if value < 0 else text
