"""Small systems of ordinary differential equations that tests of the engine share."""

import numpy as np
from dynsur.core import ODESystem, Parameter, ParameterSpace, Variable, rest, triangle

DRIVE = (Variable("u", "1", "drive"),)
RESPONSE = (Variable("y", "1", "response"),)


def space(**ranges):
    return ParameterSpace(tuple(Parameter(n, low, high, "1") for n, (low, high) in ranges.items()))


def system(rhs, start=lambda p: (1.0,), drive=lambda p: triangle(1.0, 4.0), **changes):
    given = {"space": space(rate=(0.5, 2.0)), "inputs": DRIVE, "outputs": RESPONSE, **changes}
    return ODESystem(name="test", description="", rhs=rhs, drive=drive, start=start, **given)


def van_der_pol(low, high, **changes):
    """x'' = μ (1 − x²) x' − x, left to itself for 2 μ: stiff where μ is large."""
    return system(
        lambda t, y, u, p: (y[1], p["mu"] * (1 - y[0] ** 2) * y[1] - y[0]),
        start=lambda p: (2.0, 0.0),
        drive=lambda p: rest(2 * p["mu"]),
        space=space(mu=(low, high)),
        inputs=(),
        **changes,
    )


def rich(t, y, u, p):
    """Use every kind of function whose vectorised form may round by its place in an array."""
    x, v = y
    force = np.tanh(u) + np.exp(-np.abs(x)) * np.sin(p["b"] * t) + np.log1p(v**2)
    return v, force - p["a"] * v - np.abs(x) ** p["b"] * np.sign(x)


RICH = system(
    rich,
    start=lambda p: (0.1, 0.0),
    drive=lambda p: triangle(p["a"], 3.0 * p["b"], cycles=2),
    space=space(a=(0.2, 1.0), b=(1.1, 2.3)),
    points=101,
    relative_tolerance=1e-6,
)


def columns(simulator, count, seed=0):
    return simulator.space.sample(seed, 0, count)


def row(given, i):
    return {name: float(values[i]) for name, values in given.items()}
