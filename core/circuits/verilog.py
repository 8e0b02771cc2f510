"""Write expressions in Verilog-A."""

import math
from collections.abc import Sequence

from .expressions import Expression, Root, uses
from .names import module_names
from .ports import Ports
from .spice import LARGEST_EXPONENT, LEAST, SMALL, WALL, limit_of_state, stops_a_state
from .tracing import Traced

LONG = 160  # characters from which a text becomes a variable of its own
LOGICAL = {">", ">=", "<", "<=", "==", "!=", "and", "or", "not"}
ARITHMETIC = {"+", "-", "*", "/"}


class VerilogWriter:
    """Expressions in Verilog-A; what is used twice or is long is a variable, assigned once.

    Args:
        traced: The equations.
        ports: The terminals.
    """

    def __init__(self, traced: Traced, ports: Ports) -> None:
        self.traced, self.ports = traced, ports
        self.counts = uses([*traced.expressions, *(traced.sampled.still if traced.sampled else ())])
        self.names = module_names(traced, ports)
        self.lines: list[str] = []  # assignments, in order
        self.variables: list[str] = []
        self.balances: dict[str, str] = {}  # currents that the nodes of roots make zero
        self._texts: dict[Expression, str] = {}
        self._kept: dict[str, str] = {}  # variables by their text

    def real(self, e: Expression) -> str:
        """Return the text of an expression as a real number."""
        if e not in self._texts:
            text = self._written(e)
            if e.kind in LOGICAL:
                text = f"({text} ? 1.0 : 0.0)"
            repeated = self.counts[e] > 1 and any(isinstance(a, Expression) for a in e.arguments)
            self._texts[e] = self.kept(text) if repeated or len(text) > LONG else text
        return self._texts[e]

    def definition(self, e: Expression, node: str, scale: float) -> str:
        """Return the text of an expression that from now on is the voltage of a node."""
        text = self.real(e)
        if e.kind != "number":
            self._texts[e] = _times(scale, f"V({node})")
        return text

    def kept(self, text: str) -> str:
        """Return a variable that has the value of a text."""
        if text not in self._kept:
            self._kept[text] = f"t{len(self._kept)}"
            self.variables.append(self._kept[text])
            self.lines.append(f"{self._kept[text]} = {text};")
        return self._kept[text]

    def condition(self, e: Expression) -> str:
        """Return the text of an expression as a condition."""
        return self._written(e) if e.kind in LOGICAL else f"({self.real(e)} != 0.0)"

    def _written(self, e: Expression) -> str:
        kind, arguments = e.kind, e.arguments
        if kind == "number":
            return number(arguments[0])
        if kind in ("signal", "before", "output") and self.traced.sampled:
            scale = 1.0 if kind == "output" else self.traced.sampled.scales[arguments[0]]
            named = f"V(s{arguments[0]})" if kind == "signal" else f"{kind}{arguments[0]}"
            return _times(scale, named)
        if kind == "parameter":
            return self.names[arguments[0]]
        if kind == "state":
            return _times(self.traced.scales[arguments[0]], f"V(x{arguments[0]})")
        if kind == "input":
            return self.ports.drives[e.arguments[0]]
        if kind == "time":
            return "$abstime"
        if kind == "root":
            return self._root(e, *arguments)
        if kind == "where":
            return self._where(*arguments)
        if kind in ("and", "or"):
            both = "&&" if kind == "and" else "||"
            return f"({self.condition(arguments[0])} {both} {self.condition(arguments[1])})"
        if kind == "not":
            return f"(!{self.condition(arguments[0])})"
        return _operation(kind, [self.real(a) for a in arguments])

    def _root(self, e: Expression, root: Root) -> str:
        node = f"r{len(self.balances)}"
        self.balances[node] = ""
        self._texts[e] = _times(root.scale, f"V({node})")
        factor = number(float(f"{SMALL / root.scale:.15g}"))
        self.balances[node] = f"{factor}*{self.real(root.residual)}"
        return self._texts[e]

    def _where(self, condition: Expression, yes: Expression, no: Expression) -> str:
        if stops_a_state(condition, yes):
            return f"({self.real(no)}*(1.0 - {self._share(condition)}))"
        return f"({self.condition(condition)} ? {self.real(yes)} : {self.real(no)})"

    def _share(self, e: Expression) -> str:
        """Return how far a condition holds, from 0 to 1, smoothly beside the limit of a state."""
        if e.kind in ("and", "or"):
            a, b = (self._share(argument) for argument in e.arguments)
            return f"({a}*{b})" if e.kind == "and" else f"(1.0 - (1.0 - {a})*(1.0 - {b}))"
        limit = limit_of_state(e)
        if limit is None:
            return f"({self.condition(e)} ? 1.0 : 0.0)"
        state, gap = limit
        width = WALL * self.traced.scales[state.arguments[0]]
        ramp = self.kept(f"min(max({self.real(gap)}*{number(1.0 / width)}, 0.0), 1.0)")
        return f"({ramp}*{ramp}*(3.0 - 2.0*{ramp}))"


def _operation(kind: str, inner: Sequence[str]) -> str:
    if kind in ARITHMETIC or kind in LOGICAL:
        return f"({inner[0]} {kind} {inner[1]})"
    if kind == "neg":
        return f"(-{inner[0]})"
    if kind == "exp":
        return f"exp(min({inner[0]}, {LARGEST_EXPONENT!r}))"
    if kind in LEAST:
        name = {"log10": "log"}.get(kind, kind)  # whose base is 10 in Verilog-A
        return f"{name}(max({inner[0]}, {number(float(LEAST[kind]))}))"
    if kind == "sgn":
        return f"({inner[0]} > 0.0 ? 1.0 : ({inner[0]} < 0.0 ? -1.0 : 0.0))"
    return f"{kind}({', '.join(inner)})"


def _times(scale: float, text: str) -> str:
    return text if scale == 1.0 else f"({number(scale)}*{text})"


def number(value: float) -> str:
    """Return a number as a real one, never as an integer."""
    if math.isinf(value):
        return "1e308" if value > 0 else "(-1e308)"
    return f"({value!r})" if value < 0 else repr(float(value))
