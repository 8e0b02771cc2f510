"""A root is found between two places, however the function bends."""

import math

import pytest
from dynsur.plugins.reram.closed_form.illinois import (
    MOST_STEPS,
    Bracket,
    between,
    narrowed,
)


@pytest.mark.parametrize(
    ("function", "root"),
    [
        (lambda x: 2.0 - x, 2.0),
        (lambda x: math.exp(-x) - 1e-3, math.log(1e3)),
        (lambda x: 3.0 - math.sqrt(x), 9.0),
        (lambda x: max(4.0 - x, 1e-3 * (4.0 - x)), 4.0),
    ],
)
def test_a_falling_functions_root_is_found(function, root):
    ends = Bracket(0.0, 100.0, function(0.0), function(100.0), 0)
    for _ in range(MOST_STEPS):
        place = between(ends)
        ends = narrowed(ends, place, function(place))
        assert ends.low <= root <= ends.high
    assert between(ends) == pytest.approx(root, rel=1e-9)


def test_a_straight_line_takes_one_step():
    assert between(Bracket(1.0, 5.0, 3.0, -1.0, 0)) == pytest.approx(4.0)
