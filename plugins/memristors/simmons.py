"""Simmons tunnel barrier (Pickett et al. 2009), a gap whose width the current changes.

dw/dt = f_off sinh(|i|/i_off) exp[−exp((w − a_off)/w_c − |i|/b) − w/w_c],  i > 0
dw/dt = −f_on sinh(|i|/i_on) exp[−exp((a_on − w)/w_c − |i|/b) − w/w_c],  i < 0
u = v + i R_s, i = i(v, w) by Simmons' formula, see `tunnel_current`
"""

from typing import Any

import numpy as np
from dynsur.core import ODESystem, Parameter, ParameterSpace, Variable, triangle

from .common import CURRENT, VOLTAGE, capped, drive_parameters, held
from .tunnel import series_current

TIO2 = "Pickett et al. (2009), doi:10.1063/1.3236506"
LOW, HIGH = 1.0, 2.0  # nm, Daoud et al. (2014), doi:10.1109/ICITACEE.2014.7065715
FASTEST = 1e6  # nm/s: a gap closes within a microsecond, where the formula says 1e-30 s
STEEPEST = 300.0  # exponents of e beyond this change nothing


def _row(name: str, low: float, high: float, units: str, default: float, text: str, symbol: str,
         ) -> Parameter:  # fmt: skip
    return Parameter(name, low, high, units, default, long_name=text, symbol=symbol,
                     domain=(0.01 * low, 100.0 * high), source=TIO2)  # fmt: skip


SPACE = ParameterSpace(
    (
        _row("f_off", 2.5, 4.5, "um/s", 3.5, "speed of opening", r"$f_\mathrm{off}$"),
        _row("i_off", 111.0, 119.0, "uA", 115.0, "current scale of opening", r"$i_\mathrm{off}$"),
        _row("a_off", 1.18, 1.22, "nm", 1.20, "width where opening ends", r"$a_\mathrm{off}$"),
        _row("f_on", 30.0, 50.0, "um/s", 40.0, "speed of closing", r"$f_\mathrm{on}$"),
        _row("i_on", 8.6, 9.2, "uA", 8.9, "current scale of closing", r"$i_\mathrm{on}$"),
        _row("a_on", 1.79, 1.81, "nm", 1.80, "width where closing ends", r"$a_\mathrm{on}$"),
        _row("b", 430.0, 570.0, "uA", 500.0, "current that shifts both ends", "$b$"),
        _row("w_c", 0.103, 0.111, "nm", 0.107, "width scale", "$w_c$"),
        _row("phi_0", 0.95, 0.95, "V", 0.95, "barrier height", r"$\phi_0$"),
        _row("kappa", 5.0, 5.0, "1", 5.0, "dielectric constant", "$k$"),
        _row("area", 1e4, 1e4, "nm^2", 1e4, "area", "$A$"),
        _row("R_s", 180.0, 250.0, "ohm", 215.0, "series resistance", "$R_s$"),
        Parameter("w_0", 1.1, 1.7, "nm", 1.2, long_name="width at the start", symbol="$w_0$",
                  domain=(LOW, HIGH)),
        *drive_parameters((0.7, 1.3, 1.0), (1.0, 20.0, 4.0)),
    )
)  # fmt: skip


def motion(t: Any, y: Any, u: Any, p: Any) -> Any:
    """Return dw/dt, in nm/s."""
    w = np.clip(y[0], LOW, HIGH)
    i = 1e6 * series_current(u, w, p)
    size = np.abs(i)
    opening = p["f_off"] * _pushed(size, p["i_off"], (w - p["a_off"]) / p["w_c"], w, p)
    closing = p["f_on"] * _pushed(size, p["i_on"], (p["a_on"] - w) / p["w_c"], w, p)
    rate = 1e3 * np.where(i > 0.0, opening, -closing)
    return (held(capped(rate, FASTEST), y[0], LOW, HIGH),)


def _pushed(size: Any, scale: Any, end: Any, w: Any, p: Any) -> Any:
    """Return sinh(|i|/scale) exp[−exp(end − |i|/b) − w/w_c] without overflow."""
    ratio = size / scale
    end = np.exp(np.minimum(end - size / p["b"], STEEPEST))
    exponent = np.clip(ratio - end - w / p["w_c"], -STEEPEST, STEEPEST)
    return -0.5 * np.expm1(-2.0 * ratio) * np.exp(exponent)


def observe(y: Any, u: Any, p: Any) -> Any:
    """Return the current and the width."""
    w = np.clip(y[0], LOW, HIGH)
    return series_current(u, w, p), w


SIMMONS = ODESystem(
    name="simmons",
    description="Simmons tunnel barrier memristor (Pickett 2009)",
    space=SPACE,
    inputs=VOLTAGE,
    outputs=(CURRENT, Variable("state", "nm", "width of the tunnel barrier", "w")),
    rhs=motion,
    drive=lambda p: triangle(p["U_max"], p["t_p"], cycles=2),
    start=lambda p: (p["w_0"],),
    observe=observe,
    relative_tolerance=1e-5,
    absolute_tolerance=1e-8,
)
