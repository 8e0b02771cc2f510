"""Yakopcic's generalised model (2011) with exponential thresholds and sinh conduction.

i = a_1 x sinh(b u), u ≥ 0;  a_2 x sinh(b u), u < 0;   dx/dt = η g(u) f(x, u)
g = A_p (e^u − e^V_p), u > V_p;  −A_n (e^−u − e^V_n), u < −V_n;  else 0
f = e^−α_p(x − x_p) w_p for x ≥ x_p, moving up;  e^α_n(x + x_n − 1) w_n for x ≤ 1 − x_n, moving
down;  else 1;   w_p = (x_p − x)/(1 − x_p) + 1,  w_n = x/(1 − x_n)
"""

from typing import Any

import numpy as np
from dynsur.core import ODESystem, Parameter, ParameterSpace, Variable, triangle

from .common import CURRENT, VOLTAGE, drive_parameters, held

SOURCE = "Yakopcic et al. (2011), doi:10.1109/LED.2011.2163292; (2013) TCAD.2013.2252057"
POSITIVE = (1e-30, 1e30)


def _row(name: str, low: float, high: float, units: str, default: float, text: str, symbol: str,
         scale: Any = "linear", domain: tuple[float, float] = POSITIVE) -> Parameter:  # fmt: skip
    return Parameter(name, low, high, units, default, scale, text, symbol, domain, source=SOURCE)


SPACE = ParameterSpace(
    (
        _row("a_1", 0.1, 0.3, "A", 0.17, "current scale, u ≥ 0", "$a_1$", "log"),
        _row("a_2", 0.1, 0.3, "A", 0.17, "current scale, u < 0", "$a_2$", "log"),
        _row("b", 0.03, 0.08, "1/V", 0.05, "curvature of the current", "$b$"),
        _row("V_p", 0.12, 0.2, "V", 0.16, "positive threshold", "$V_p$"),
        _row("V_n", 0.12, 0.2, "V", 0.15, "negative threshold", "$V_n$"),
        _row("A_p", 1e3, 1e4, "1/s", 4e3, "rate above V_p", "$A_p$", "log"),
        _row("A_n", 1e3, 1e4, "1/s", 4e3, "rate below −V_n", "$A_n$", "log"),
        _row("x_p", 0.2, 0.5, "1", 0.3, "where upward motion slows", "$x_p$", domain=(0.0, 0.99)),
        _row("x_n", 0.3, 0.7, "1", 0.5, "1 − x_n: where downward motion slows", "$x_n$",
             domain=(0.0, 0.99)),
        _row("alpha_p", 0.5, 3.0, "1", 1.0, "decay of upward motion", r"$\alpha_p$"),
        _row("alpha_n", 2.0, 8.0, "1", 5.0, "decay of downward motion", r"$\alpha_n$"),
        Parameter("eta", 1.0, 1.0, "1", choices=(-1.0, 1.0), symbol=r"$\eta$",
                  long_name="direction of motion relative to the voltage"),
        _row("x_0", 0.05, 0.3, "1", 0.11, "x at the start", "$x_0$", domain=(0.0, 1.0)),
        *drive_parameters((0.3, 0.6, 0.45), (4e-3, 4e-2, 1e-2)),
    )
)  # fmt: skip


def motion(t: Any, y: Any, u: Any, p: Any) -> Any:
    """Return dx/dt, in 1/s."""
    x = np.clip(y[0], 0.0, 1.0)
    up = p["A_p"] * np.maximum(np.exp(u) - np.exp(p["V_p"]), 0.0)
    down = p["A_n"] * np.maximum(np.exp(-u) - np.exp(p["V_n"]), 0.0)
    x_p, x_n = p["x_p"], p["x_n"]
    slow_up = np.exp(-p["alpha_p"] * (x - x_p)) * ((x_p - x) / (1.0 - x_p) + 1.0)
    slow_down = np.exp(p["alpha_n"] * (x + x_n - 1.0)) * x / (1.0 - x_n)
    f_up, f_down = np.where(x >= x_p, slow_up, 1.0), np.where(x <= 1.0 - x_n, slow_down, 1.0)
    f = np.where(p["eta"] * u >= 0.0, f_up, f_down)
    return (held(p["eta"] * (up - down) * f, y[0]),)


def observe(y: Any, u: Any, p: Any) -> Any:
    """Return the current and the state."""
    x = np.clip(y[0], 0.0, 1.0)
    return np.where(u >= 0.0, p["a_1"], p["a_2"]) * x * np.sinh(p["b"] * u), x


YAKOPCIC = ODESystem(
    name="yakopcic",
    description="Yakopcic's generalised memristor (2011)",
    space=SPACE,
    inputs=VOLTAGE,
    outputs=(CURRENT, Variable("state", "1", "state of conduction", "x")),
    rhs=motion,
    drive=lambda p: triangle(p["U_max"], p["t_p"], cycles=2),
    start=lambda p: (p["x_0"],),
    observe=observe,
    relative_tolerance=1e-6,
    absolute_tolerance=1e-9,
)
