"""Read conditions such as "peak > 1e-6 and E_g < 2" without executing them.

Names, numbers, + − * / **, comparisons, `and`, `or`, `not`, and the functions `abs`, `log10` and
`sqrt` are known. A condition on an undefined figure of merit is not met.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import DynsurError

ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
COMPARISONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
FUNCTIONS: dict[str, Callable[[Any], Any]] = {"abs": np.abs, "log10": np.log10, "sqrt": np.sqrt}
LONGEST = 1000  # characters


@dataclass(frozen=True)
class Expression:
    """A parsed condition or number.

    Args:
        text: What the user wrote.
        names: The names that it needs.
        tree: Its syntax tree, of allowed nodes only.
    """

    text: str
    names: tuple[str, ...]
    tree: ast.expr

    @property
    def is_condition(self) -> bool:
        """Whether it is true or false, not a number."""
        return isinstance(self.tree, ast.Compare | ast.BoolOp) or (
            isinstance(self.tree, ast.UnaryOp) and isinstance(self.tree.op, ast.Not)
        )

    def __call__(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return it for n systems, from the values [n] of every name."""
        with np.errstate(all="ignore"):
            return np.asarray(_value(self.tree, values))


def parse_expression(text: str) -> Expression:
    """Parse an expression of figures of merit and parameters.

    Raises:
        DynsurError: It is no expression, or holds what is not allowed.

    >>> parse_expression("peak > 1e-6 and 1 < E_g <= 2").names
    ('E_g', 'peak')
    """
    shown = str(text)[:80]
    try:
        if not isinstance(text, str) or len(text) > LONGEST:
            raise SyntaxError
        tree = ast.parse(text.strip(), mode="eval").body
        names = tuple(sorted(_names(tree)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise DynsurError(
            f"cannot read the expression '{shown}'; expected figures of merit, parameters and "
            'numbers, for example "peak > 1e-6 and on_off_ratio >= 10".'
        ) from None
    return Expression(text, names, tree)


def parse_condition(text: str) -> Expression:
    """Parse a condition; see `parse_expression`.

    Raises:
        DynsurError: It is no condition, but for example a number.
    """
    expression = parse_expression(text)
    if not expression.is_condition:
        raise DynsurError(
            f"'{text}' is not a condition; expected a comparison, for example \"{text} > 1e-6\"."
        )
    return expression


def _names(node: ast.expr) -> set[str]:
    """Return the names in a tree; raise ValueError at a node that is not allowed."""
    match node:
        case ast.Name():
            return {node.id}
        case ast.Constant(value=bool()):
            raise ValueError
        case ast.Constant(value=int() | float()):
            return set()
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Not()):
            return _names(node.operand)
        case ast.BinOp() if type(node.op) in ARITHMETIC:
            return _names(node.left) | _names(node.right)
        case ast.BoolOp():
            return set().union(*map(_names, node.values))
        case ast.Compare() if all(type(op) in COMPARISONS for op in node.ops):
            return set().union(*map(_names, [node.left, *node.comparators]))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in FUNCTIONS:
            return _names(argument)
    raise ValueError


def _value(node: ast.expr, values: Mapping[str, np.ndarray]) -> Any:
    match node:
        case ast.Name():
            return values[node.id]
        case ast.Constant():
            return float(node.value)  # type: ignore[arg-type]
        case ast.UnaryOp(op=ast.Not()):
            return ~np.asarray(_value(node.operand, values), bool)
        case ast.UnaryOp():
            value = _value(node.operand, values)
            return -value if isinstance(node.op, ast.USub) else value
        case ast.BinOp():
            return ARITHMETIC[type(node.op)](
                np.asarray(_value(node.left, values), float), _value(node.right, values)
            )
        case ast.BoolOp():
            parts = [np.asarray(_value(part, values), bool) for part in node.values]
            joined = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
            return joined.reduce(np.broadcast_arrays(*parts))
        case ast.Compare():
            sides = [_value(side, values) for side in (node.left, *node.comparators)]
            pairs = zip(sides, sides[1:], node.ops, strict=False)
            met = [np.asarray(COMPARISONS[type(op)](a, b), bool) for a, b, op in pairs]
            return np.logical_and.reduce(np.broadcast_arrays(*met))
        case ast.Call(func=ast.Name(id=name)):
            return FUNCTIONS[name](np.asarray(_value(node.args[0], values), float))
    raise AssertionError(node)
