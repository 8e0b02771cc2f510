"""The Lorenz equations without an input, from a sampled initial state.

dx/dt = σ (y − x),    dy/dt = x (ρ − z) − y,    dz/dt = x y − β z

Source: Lorenz (1963), Deterministic nonperiodic flow, Journal of the Atmospheric Sciences 20,
130–141, doi:10.1175/1520-0469(1963)020<0130:DNF>2.0.CO;2. All quantities are dimensionless: a unit
of time counts as 1 s.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from dynsur.core import ODESystem, Parameter, ParameterSpace, Variable, rest

DURATION = 10.0
LYAPUNOV = 0.9056  # largest exponent at σ = 10, ρ = 28, β = 8/3: Sprott (2003)
TOLERATED = 0.4  # Pathak et al. (2018), Chaos 28, 041101, doi:10.1063/1.5028373

SPACE = ParameterSpace(
    (
        Parameter("x_0", -15.0, 15.0, "1", default=1.0, long_name="x at the start", symbol="x_0"),
        Parameter("y_0", -20.0, 20.0, "1", default=1.0, long_name="y at the start", symbol="y_0"),
        Parameter("z_0", 10.0, 40.0, "1", default=20.0, long_name="z at the start", symbol="z_0"),
        Parameter("sigma", 10.0, 10.0, "1", long_name="Prandtl number", symbol=r"\sigma"),
        Parameter("rho", 28.0, 28.0, "1", long_name="relative Rayleigh number", symbol=r"\rho"),
        Parameter("beta", 8 / 3, 8 / 3, "1", long_name="aspect of the rolls", symbol=r"\beta"),
    )
)

VALID_TIME = Variable("valid_time", "1", "valid prediction time, in Lyapunov times", "t_v")


def flow(t: Any, state: Any, u: Any, p: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """Return the derivatives of x, y and z."""
    x, y, z = state
    return p["sigma"] * (y - x), x * (p["rho"] - z) - y, x * y - p["beta"] * z


def valid_time(
    predicted: Mapping[str, np.ndarray], simulated: Mapping[str, np.ndarray], time: np.ndarray
) -> dict[Variable, np.ndarray]:
    """Return how long predictions are valid, in Lyapunov times 1/λ.

    A prediction is valid until ‖û(t) − u(t)‖ first exceeds 0.4 √⟨‖u‖²⟩, with the mean over its
    curve.
    """
    true = np.stack([*simulated.values()])
    error = np.sqrt(((np.stack([predicted[name] for name in simulated]) - true) ** 2).sum(axis=0))
    size = np.sqrt((true**2).sum(axis=0).mean(axis=1, keepdims=True))
    lost = error > TOLERATED * size
    first = np.where(lost.any(axis=1), lost.argmax(axis=1), time.shape[1] - 1)
    return {VALID_TIME: LYAPUNOV * time[np.arange(len(time)), first]}


LORENZ = ODESystem(
    name="lorenz",
    description="Lorenz's equations of convection, chaotic, without an input",
    space=SPACE,
    inputs=(),
    outputs=(
        Variable("x", "1", "rate of convection", "x"),
        Variable("y", "1", "horizontal temperature difference", "y"),
        Variable("z", "1", "departure of the vertical profile", "z"),
    ),
    rhs=flow,
    drive=lambda p: rest(DURATION),
    start=lambda p: (p["x_0"], p["y_0"], p["z_0"]),
    metrics=valid_time,
    points=501,
    relative_tolerance=1e-10,
    absolute_tolerance=1e-10,
)
