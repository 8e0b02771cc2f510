"""Expressions that stand in for numbers and record what a function does with them."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..errors import DynsurError

UNARY = {
    "negative": "neg", "exp": "exp", "log": "ln", "log10": "log10", "sqrt": "sqrt", "abs": "abs",
    "absolute": "abs", "fabs": "abs", "sign": "sgn", "sin": "sin", "cos": "cos", "tan": "tan",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "arctan": "atan", "arcsin": "asin",
    "arccos": "acos", "logical_not": "not", "invert": "not",
}  # fmt: skip
BINARY = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "maximum": "max",
    "minimum": "min", "fmax": "max", "fmin": "min", "greater": ">", "greater_equal": ">=",
    "less": "<", "less_equal": "<=", "equal": "==", "not_equal": "!=", "logical_and": "and",
    "logical_or": "or", "bitwise_and": "and", "bitwise_or": "or",
}  # fmt: skip
LEAVES = ("parameter", "state", "input", "time", "root", "signal", "before", "output")
LARGEST_POWER = 8  # whole powers up to this are products, also of negative bases


class Root:
    """An unknown x of the order of `scale`, for which the expression `residual` of x is zero."""

    residual: "Expression"

    def __init__(self, scale: float) -> None:
        self.scale = scale


class UntraceableError(DynsurError):
    """Something that cannot become an expression, because it needs the values."""


class Expression:
    """An operation on other expressions; numpy's functions and Python's operators make new ones.

    Args:
        kind: "number", "parameter", "state", "input", "time", "root", "signal", "before" and
            "output" (of a trained model, "before" one step before), or the operation.
        arguments: What it acts on; the value of a number, and the name or place of a leaf. The
            argument of a root is the `Root` of its equation.
    """

    __slots__ = ("arguments", "kind", "leaves")
    __hash__ = object.__hash__

    def __init__(self, kind: str, *arguments: Any) -> None:
        self.kind, self.arguments = kind, arguments
        inner = [a.leaves for a in arguments if isinstance(a, Expression)]
        self.leaves: frozenset[tuple[str, Any]] = frozenset().union(*inner)
        if kind in LEAVES:
            self.leaves = frozenset([(kind, arguments[0] if arguments else None)])

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        """Record a function of numpy, element by element where an argument is an array."""
        if method != "__call__" or keywords:
            raise UntraceableError(f"numpy.{ufunc.__name__} with {method} or keywords")
        if any(isinstance(value, np.ndarray) and value.ndim for value in inputs):
            each = np.frompyfunc(lambda *row: apply(ufunc.__name__, row), len(inputs), 1)
            return each(*[_boxed(value) for value in inputs])
        return apply(ufunc.__name__, inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, keywords: Any) -> Any:
        """Record `where`, `clip` and the other functions of numpy that are not ufuncs."""
        known = FUNCTIONS.get(function.__name__)
        if known is None:
            raise UntraceableError(f"numpy.{function.__name__}")
        return known(*args, **keywords)

    def recorded_root(self, residual: Callable[[Any], Any], scale: float) -> "Expression":
        """Record the root of an equation; see `dynsur.core.implicit`."""
        equation = Root(scale)
        root = Expression("root", equation)
        equation.residual = wrapped(residual(root))
        root.leaves |= equation.residual.leaves
        return root

    def _refuse(self, what: str) -> Any:
        raise UntraceableError(what)

    def __bool__(self) -> bool:
        return self._refuse("a branch on values (`if`, `while`, `and`, `or`, min or max)")

    def __float__(self) -> float:
        return self._refuse("a function that needs the number itself, such as those of `math`")

    def __int__(self) -> int:
        return self._refuse("a function that needs the number itself, such as int")

    def __iter__(self) -> Any:
        return self._refuse("a loop over one component")

    def __array__(self, *_: Any, **__: Any) -> Any:
        return self._refuse("np.asarray or another conversion to an array of numbers")

    def __getattr__(self, name: str) -> Any:
        if name in UNARY:  # numpy calls methods for the elements of an array of objects
            return lambda: apply(name, (self,))
        raise AttributeError(f"an expression has no attribute '{name}'")


def wrapped(value: Any) -> Expression:
    """Return an expression as it is, and a number as an expression.

    Raises:
        UntraceableError: It is neither.
    """
    if isinstance(value, Expression):
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return wrapped(value.item())
    if isinstance(value, bool | np.bool_ | int | float | np.integer | np.floating):
        return Expression("number", float(value))
    raise UntraceableError(f"a value of type {type(value).__name__}")


def apply(name: str, inputs: Any) -> Expression:
    """Return the expression of a function of numpy, named as there.

    Raises:
        UntraceableError: A circuit simulator has no such function.
    """
    values = [wrapped(value) for value in inputs]
    if all(value.kind == "number" for value in values):
        numbers = [value.arguments[0] for value in values]
        with np.errstate(all="ignore"):
            return wrapped(np.asarray(getattr(np, name)(*numbers)))
    if name in UNARY:
        return Expression(UNARY[name], *values)
    if name in BINARY:
        return _simpler(BINARY[name], *values)
    if name in COMPOSED:
        return wrapped(COMPOSED[name](*values))
    raise UntraceableError(f"numpy.{name}")


def _simpler(kind: str, a: Expression, b: Expression) -> Expression:
    first, second = (x.arguments[0] if x.kind == "number" else None for x in (a, b))
    if (kind == "+" and first == 0.0) or (kind == "*" and first == 1.0):
        return b
    if (kind in "+-" and second == 0.0) or (kind in "*/" and second == 1.0):
        return a
    if kind == "*" and 0.0 in (first, second):
        return wrapped(0.0)
    return Expression(kind, a, b)


def _power(base: Expression, exponent: Expression) -> Expression:
    number = exponent.arguments[0] if exponent.kind == "number" else None
    if number is not None and number == int(number) and 0 < abs(number) <= LARGEST_POWER:
        product = base
        for _ in range(int(abs(number)) - 1):
            product = product * base  # type: ignore[operator]
        return product if number > 0 else 1.0 / product  # type: ignore[operator]
    if number == 0.5:
        return Expression("sqrt", base)
    return Expression("pow", base, exponent)


def _bounded(x: Any) -> Any:
    """Return x so that its square is finite."""
    return np.minimum(np.maximum(x, -1e150), 1e150)


COMPOSED: dict[str, Callable[..., Any]] = {
    "power": _power,
    "float_power": _power,
    "square": lambda x: x * x,
    "positive": lambda x: x,
    "reciprocal": lambda x: 1.0 / x,
    "arcsinh": lambda x: np.sign(x) * np.log(abs(x) + np.sqrt(_bounded(x) ** 2 + 1.0)),
    "hypot": lambda x, y: np.sqrt(_bounded(x) ** 2 + _bounded(y) ** 2),
    "expm1": lambda x: np.exp(x) - 1.0,
    "log1p": lambda x: np.log(1.0 + x),
    "log2": lambda x: np.log(x) / float(np.log(2.0)),
    "exp2": lambda x: np.exp(x * float(np.log(2.0))),
    "heaviside": lambda x, at: where(x > 0.0, 1.0, where(x < 0.0, 0.0, at)),
    "logaddexp": lambda x, y: np.maximum(x, y) + np.log(1.0 + np.exp(-abs(x - y))),
    "true_divide": lambda x, y: x / y,
}


def where(condition: Any, yes: Any, no: Any) -> Any:
    """Return the expression yes where the condition holds, and no elsewhere."""
    if any(isinstance(value, np.ndarray) and value.ndim for value in (condition, yes, no)):
        return np.frompyfunc(where, 3, 1)(*[_boxed(value) for value in (condition, yes, no)])
    condition = wrapped(condition)
    if condition.kind == "number":
        return wrapped(yes) if condition.arguments[0] else wrapped(no)
    return Expression("where", condition, wrapped(yes), wrapped(no))


def _select(conditions: Any, choices: Any, default: Any = 0.0) -> Any:
    result = default
    for condition, choice in reversed(list(zip(conditions, choices, strict=True))):
        result = where(condition, choice, result)
    return result


def _clip(x: Any, low: Any = None, high: Any = None, **bounds: Any) -> Any:
    low, high = bounds.pop("min", low), bounds.pop("max", high)
    if bounds:
        raise UntraceableError(f"numpy.clip with {', '.join(bounds)}")
    x = x if low is None else np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


def _stack(rows: Any, *_: Any, **__: Any) -> np.ndarray:
    return column(list(rows))


def column(items: list[Any]) -> np.ndarray:
    """Return a list of expressions as an array of objects."""
    result = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        result[i] = item
    return result


def _boxed(value: Any) -> Any:
    return value if isinstance(value, np.ndarray) else column([value])


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "where": where,
    "select": _select,
    "clip": _clip,
    "stack": _stack,
    "zeros_like": lambda *_, **__: wrapped(0.0),
    "ones_like": lambda *_, **__: wrapped(1.0),
    "full_like": lambda _, value, **__: wrapped(value),
}


def uses(expressions: Iterable[Expression]) -> Counter[Expression]:
    """Return how many operations use each expression."""
    counts: Counter[Expression] = Counter()
    waiting = list(expressions)
    while waiting:
        e = waiting.pop()
        counts[e] += 1
        if counts[e] == 1:
            waiting += [a for a in e.arguments if isinstance(a, Expression)]
            waiting += [a.residual for a in e.arguments if isinstance(a, Root)]
    return counts


def _operator(name: str, swapped: bool = False) -> Callable[..., Any]:
    def operate(self: Expression, *others: Any) -> Any:
        function = getattr(np, name)
        return function(*(reversed((self, *others)) if swapped else (self, *others)))

    return operate


for _method, _name in {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "pow": "power",
    "and": "logical_and", "or": "logical_or",
}.items():  # fmt: skip
    setattr(Expression, f"__{_method}__", _operator(_name))
    setattr(Expression, f"__r{_method}__", _operator(_name, swapped=True))
for _method, _name in {
    "neg": "negative", "abs": "absolute", "invert": "logical_not", "pos": "positive",
    "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal",
    "ne": "not_equal",
}.items():  # fmt: skip
    setattr(Expression, f"__{_method}__", _operator(_name))
