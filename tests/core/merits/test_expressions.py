"""Conditions are what Python would say of them, and nothing in them is executed."""

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.merits import parse_condition, parse_expression

VALUES = {"a": np.array([0.5, 1.0, 2.0, np.nan]), "b": np.array([3.0, -1.0, 0.0, 1.0])}


@pytest.mark.parametrize(
    "text",
    [
        "a > 1", "a >= 1 and b < 0", "not a < 1", "0.4 < a <= 1.0", "a*b - 1 > -b/2 or a == a + 1",
        "abs(b) > 0.5 and log10(a) < 0.2", "sqrt(a) + a**2 > 2", "-a < -0.7", "(a > 1) or (b > 2)",
    ],
)  # fmt: skip
def test_conditions_are_those_of_python(text):
    if "==" in text:
        with pytest.raises(DynsurError, match="cannot read the expression"):
            parse_condition(text)
        return
    found = parse_condition(text)(VALUES)
    names = {"abs": abs, "log10": np.log10, "sqrt": np.sqrt}
    for i in range(4):
        row = {name: column[i] for name, column in VALUES.items()}
        assert found[i] == bool(eval(text, {}, row | names)), (text, i)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')", "a.real > 1", "a[0] > 1", "(lambda: 1)() > 0", "a > 'x'",
        "[x for x in a] > 1", "a := 2", "eval(a) > 1", "f(a, b) > 0", "a >", "", "a > True",
        "(" * 300 + "a" + ")" * 300 + " > 1", "a > 1 if b else 2", "a is b",
    ],
)  # fmt: skip
def test_whatever_else_python_knows_is_refused_in_one_line(text):
    with pytest.raises(DynsurError, match="cannot read the expression") as error:
        parse_expression(text)
    assert "\n" not in str(error.value)


def test_a_number_is_no_condition():
    with pytest.raises(DynsurError, match="'a' is not a condition; expected a comparison"):
        parse_condition("a")
    assert parse_expression("2*a + b")(VALUES)[0] == 4.0
