"""VTEAM (Kvatinsky et al. 2015), which is TEAM with voltage thresholds.

dw/dt = k_off (u/v_off − 1)^α_off f_off(w),  u > v_off > 0
dw/dt = k_on (u/v_on − 1)^α_on f_on(w),  u < v_on < 0,  else 0;  i = u/R(w)
x = (w − w_on)/(w_off − w_on), 0 where conducting
"""

from typing import Any

from dynsur.core import ODESystem, Parameter, ParameterSpace, Variable, triangle

from .closed_form import estimate, features
from .common import CURRENT, VOLTAGE, beyond, drive_parameters, held
from .thresholds import SWITCHES, observe, windows

SET = "Kvatinsky et al. (2015), doi:10.1109/TCSII.2015.2433536, default set of MemTorch"
POSITIVE, NEGATIVE = (1e-60, 1e60), (-1e60, -1e-60)


def _row(name: str, low: float, high: float, units: str, default: float, text: str, symbol: str,
         scale: Any = "linear", domain: tuple[float, float] = POSITIVE) -> Parameter:  # fmt: skip
    return Parameter(name, low, high, units, default, scale, text, symbol, domain, source=SET)


SPACE = ParameterSpace(
    (
        _row("R_on", 20.0, 200.0, "ohm", 50.0, "least resistance", r"$R_\mathrm{on}$", "log"),
        _row("R_off", 500.0, 1e4, "ohm", 1e3, "largest resistance", r"$R_\mathrm{off}$", "log"),
        _row("v_off", 0.01, 0.1, "V", 0.02, "threshold of opening", r"$v_\mathrm{off}$", "log"),
        _row("v_on", -0.5, -0.15, "V", -0.2, "threshold of closing", r"$v_\mathrm{on}$",
             domain=NEGATIVE),
        _row("k_off", 1e-4, 2e-3, "m/s", 5e-4, "rate of opening", r"$k_\mathrm{off}$", "log"),
        _row("k_on", -20.0, -1.0, "m/s", -10.0, "rate of closing", r"$k_\mathrm{on}$",
             domain=NEGATIVE),
        _row("alpha_off", 1.0, 1.5, "1", 1.0, "exponent of opening", r"$\alpha_\mathrm{off}$"),
        _row("alpha_on", 1.0, 3.5, "1", 3.0, "exponent of closing", r"$\alpha_\mathrm{on}$"),
        _row("w_on", 0.0, 0.0, "nm", 0.0, "least state", r"$w_\mathrm{on}$", domain=(-1e3, 1e3)),
        _row("w_off", 3.0, 3.0, "nm", 3.0, "largest state", r"$w_\mathrm{off}$"),
        _row("a_off", 1.2, 1.2, "nm", 1.2, "where TEAM's f_off falls", r"$a_\mathrm{off}$"),
        _row("a_on", 1.8, 1.8, "nm", 1.8, "where TEAM's f_on falls", r"$a_\mathrm{on}$"),
        _row("w_c", 0.107, 0.107, "nm", 0.107, "width over which they fall", "$w_c$"),
        Parameter("p", 1.0, 4.0, "1", 2.0, long_name="exponent of Biolek's window", symbol="$p$",
                  domain=(0.5, 100.0)),
        Parameter("x_0", 0.0, 0.9, "1", 0.1, long_name="x at the start", symbol="$x_0$",
                  domain=(0.0, 1.0)),
        *SWITCHES,
        *drive_parameters((0.5, 1.5, 1.0), (50.0, 1000.0, 200.0), "ns"),
    )
)  # fmt: skip


def motion(t: Any, y: Any, u: Any, p: Any) -> Any:
    """Return dx/dt, in 1/s."""
    f_off, f_on = windows(y[0], p)
    opening = p["k_off"] * beyond(u, p["v_off"], p["alpha_off"]) * f_off
    closing = p["k_on"] * beyond(u, p["v_on"], p["alpha_on"]) * f_on
    return (held(1e9 * (opening + closing) / (p["w_off"] - p["w_on"]), y[0]),)


VTEAM = ODESystem(
    name="vteam",
    description="VTEAM memristor, thresholds in the voltage (Kvatinsky 2015)",
    space=SPACE,
    inputs=VOLTAGE,
    outputs=(CURRENT, Variable("state", "1", "normalised width of the insulating part", "x")),
    rhs=motion,
    drive=lambda p: triangle(p["U_max"], 1e-9 * p["t_p"], cycles=2),
    start=lambda p: (p["x_0"],),
    observe=observe,
    relative_tolerance=1e-6,
    absolute_tolerance=1e-9,
    features=features,
    estimate=estimate,
)
