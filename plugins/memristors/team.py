"""TEAM, the ThrEshold Adaptive Memristor (Kvatinsky et al. 2013), with current thresholds.

dw/dt = k_off (i/i_off − 1)^α_off f_off(w),  i > i_off > 0
dw/dt = k_on (i/i_on − 1)^α_on f_on(w),  i < i_on < 0,  else 0;  i = u/R(w)
x = (w − w_on)/(w_off − w_on), 0 where conducting
"""

from typing import Any

from dynsur.core import ODESystem, Parameter, ParameterSpace, Variable, triangle

from .common import CURRENT, VOLTAGE, beyond, capped, drive_parameters, held
from .thresholds import SWITCHES, observe, resistance, windows

FIT = "Kvatinsky et al. (2013), doi:10.1109/TCSI.2012.2215714, figures 10 and 12"
POSITIVE, NEGATIVE = (1e-60, 1e60), (-1e60, -1e-60)

FASTEST = 1e5  # 1/s: a jump takes ten microseconds, where the powers of the current say 1e-24 s


def _row(name: str, low: float, high: float, units: str, default: float, text: str, symbol: str,
         scale: Any = "linear", domain: tuple[float, float] = POSITIVE) -> Parameter:  # fmt: skip
    return Parameter(name, low, high, units, default, scale, text, symbol, domain, source=FIT)


SPACE = ParameterSpace(
    (
        _row("R_on", 30.0, 100.0, "ohm", 50.0, "least resistance", r"$R_\mathrm{on}$", "log"),
        _row("R_off", 500.0, 2000.0, "ohm", 1e3, "largest resistance", r"$R_\mathrm{off}$", "log"),
        _row("i_off", 80.0, 160.0, "uA", 115.0, "threshold of opening", r"$i_\mathrm{off}$"),
        _row("i_on", -12.0, -6.0, "uA", -8.9, "threshold of closing", r"$i_\mathrm{on}$",
             domain=NEGATIVE),
        _row("k_off", 1.46e-10, 1.46e-8, "nm/s", 1.46e-9, "rate of opening", r"$k_\mathrm{off}$",
             "log"),
        _row("k_on", -1e-12, -2e-13, "nm/s", -4.68e-13, "rate of closing", r"$k_\mathrm{on}$",
             domain=NEGATIVE),
        _row("alpha_off", 10.0, 10.0, "1", 10.0, "exponent of opening", r"$\alpha_\mathrm{off}$"),
        _row("alpha_on", 10.0, 10.0, "1", 10.0, "exponent of closing", r"$\alpha_\mathrm{on}$"),
        _row("w_on", 1.2, 1.2, "nm", 1.2, "least width", r"$w_\mathrm{on}$"),
        _row("w_off", 1.8, 1.8, "nm", 1.8, "largest width", r"$w_\mathrm{off}$"),
        _row("a_off", 1.2, 1.2, "nm", 1.2, "where f_off falls", r"$a_\mathrm{off}$"),
        _row("a_on", 1.8, 1.8, "nm", 1.8, "where f_on falls", r"$a_\mathrm{on}$"),
        _row("w_c", 0.107, 0.107, "nm", 0.107, "width over which they fall", "$w_c$"),
        Parameter("p", 1.0, 4.0, "1", 2.0, long_name="exponent of Biolek's window", symbol="$p$",
                  domain=(0.5, 100.0)),
        Parameter("x_0", 0.0, 1.0, "1", 0.5, long_name="x at the start", symbol="$x_0$",
                  domain=(0.0, 1.0)),
        *SWITCHES,
        *drive_parameters((0.6, 1.5, 1.0), (0.1, 10.0, 1.0)),
    )
)  # fmt: skip


def motion(t: Any, y: Any, u: Any, p: Any) -> Any:
    """Return dx/dt, in 1/s."""
    i, (f_off, f_on) = 1e6 * u / resistance(y[0], p), windows(y[0], p)
    opening = p["k_off"] * beyond(i, p["i_off"], p["alpha_off"]) * f_off
    closing = p["k_on"] * beyond(i, p["i_on"], p["alpha_on"]) * f_on
    rate = capped((opening + closing) / (p["w_off"] - p["w_on"]), FASTEST)
    return (held(rate, y[0]),)


TEAM = ODESystem(
    name="team",
    description="TEAM memristor, thresholds in the current (Kvatinsky 2013)",
    space=SPACE,
    inputs=VOLTAGE,
    outputs=(CURRENT, Variable("state", "1", "normalised width of the barrier", "x")),
    rhs=motion,
    drive=lambda p: triangle(p["U_max"], p["t_p"], cycles=2),
    start=lambda p: (p["x_0"],),
    observe=observe,
    relative_tolerance=1e-6,
    absolute_tolerance=1e-9,
)
