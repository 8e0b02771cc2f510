"""A mistake in an author's function is told in one line, with its place."""

import numpy as np
import pytest
from dynsur.core import (
    DynsurError,
    ODESystem,
    Parameter,
    ParameterSpace,
    Status,
    Variable,
    triangle,
)
from dynsur.core.generation.simulate import simulate_safely


def system(rhs, start=(0.0, 1.0)):
    return ODESystem(
        name="mistaken",
        description="a mistake",
        space=ParameterSpace((Parameter("alpha", 0.5, 2.0, "1/s"),)),
        inputs=(Variable("u", "V"),),
        outputs=(Variable("x", "1"),),
        rhs=rhs,
        drive=lambda p: triangle(1.0, 4.0),
        start=lambda p: start,
        points=11,
    )


def no_return(t, y, u, p):
    [-p["alpha"] * y[0], u]


def too_few(t, y, u, p):
    return [-p["alpha"] * y[0]]


def words(t, y, u, p):
    return ["fast", "slow"]


def misspelt(t, y, u, p):
    return [-p["alhpa"] * y[0], u]


@pytest.mark.parametrize(
    ("rhs", "message"),
    [
        (no_return, r"test_first_call\.py, line \d+\) returns nothing; .* 2 derivatives.*`return`"),
        (too_few, r"values of shape \(1,\); expected \(2,\)"),
        (words, "expected the 2 derivatives"),
        (misspelt, r"line \d+\): unknown parameter 'alhpa'; did you mean 'alpha'"),
    ],
    ids=["no return", "too few", "words", "misspelt"],
)
def test_a_mistaken_right_hand_side_is_told_in_one_line(rhs, message):
    with pytest.raises(DynsurError, match=message):
        system(rhs).simulate({})
    data = simulate_safely(system(rhs), {"alpha": 1.0})
    assert int(data["status"]) == Status.INVALID
    assert np.isnan(data["x"]).all()


def test_any_other_error_names_the_authors_line():
    def divides(t, y, u, p):
        return [1 / 0, u]

    data = simulate_safely(system(divides), {"alpha": 1.0})
    assert str(data["reason"].item()).startswith("ZeroDivisionError: division by zero (test_first_")


def test_an_output_under_another_name_is_told(caplog):
    class Misnamed:
        name, description, points = "misnamed", "", 3
        space = ParameterSpace((Parameter("alpha", 0.5, 2.0, "1/s"),))
        inputs, outputs = (Variable("u", "V"),), (Variable("y", "A"),)

        def simulate(self, parameters):
            from dynsur.core import trajectory

            return trajectory(self, np.arange(3.0), {"u": np.zeros(3), "z": np.zeros(3)})

    data = simulate_safely(Misnamed(), {"alpha": 1.0})
    assert "lacks 'y'; it has 'u, z'" in str(data["reason"].item())
