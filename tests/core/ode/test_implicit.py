"""An equation inside a right-hand side: numbers are solved for by the system's own solver."""

import numpy as np
import pytest
from dynsur.core import ODESystem, ParameterSpace, Variable, implicit, rest


def golden(y):
    """Return r ≥ 0 with r² + r = y."""
    return implicit(lambda r: r * r + r - y, lambda: 0.5 * (np.sqrt(1.0 + 4.0 * y) - 1.0), y)


def test_numbers_and_arrays_are_solved_for_by_the_given_solver():
    assert golden(2.0) == 1.0
    assert golden(np.array([0.0, 2.0, 6.0])) == pytest.approx([0.0, 1.0, 2.0])


def test_a_system_with_an_equation_inside_keeps_its_invariant():
    """For y = r² + r, dy/dt = −(2 r + 1) r means dr/dt = −r."""
    system = ODESystem(
        name="inside",
        description="an equation in the right-hand side",
        space=ParameterSpace(()),
        inputs=(),
        outputs=(Variable("y", "1"),),
        rhs=lambda t, y, u, p: (-(2.0 * golden(y[0]) + 1.0) * golden(y[0]),),
        drive=lambda p: rest(2.0),
        start=lambda p: (2.0,),
    )
    data = system.simulate({})
    r = np.exp(-data["time"].values)
    assert data["y"].values == pytest.approx(r * r + r, rel=1e-6)
