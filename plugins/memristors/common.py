"""Functions that the compact models share: bounds of a state, thresholds and variables."""

from typing import Any

import numpy as np
from dynsur.core import Parameter, Variable

VOLTAGE = (Variable("voltage", "V", "voltage", "U"),)
CURRENT = Variable("current", "A", "current", "I")


def held(rate: Any, x: Any, low: Any = 0.0, high: Any = 1.0) -> Any:
    """Return the rate of a state, set to zero where the state would leave [low, high].

    An adaptive integrator finds this limit once, to within its tolerance, and then takes long
    steps. A steep wall in place of the limit would keep its steps short.
    """
    leaving = ((x >= high) & (rate > 0)) | ((x <= low) & (rate < 0))
    return np.where(leaving, 0.0, rate)


def capped(rate: Any, fastest: float) -> Any:
    """Return rate/√(1 + (rate/fastest)²), for formulas that grow to 1e30 where states jump."""
    return rate / np.hypot(1.0, rate / fastest)


def beyond(u: Any, threshold: Any, exponent: Any) -> Any:
    """Return (u/threshold − 1)^exponent where u is beyond the threshold, and 0 elsewhere."""
    return np.maximum(u / threshold - 1.0, 0.0) ** exponent


def drive_parameters(
    amplitude: tuple[float, float, float], period: tuple[float, float, float], units: str = "s"
) -> tuple[Parameter, Parameter]:
    """Return the drive's amplitude and period, each as (low, high, default)."""
    return (
        Parameter("U_max", *amplitude[:2], "V", amplitude[2], long_name="voltage amplitude",
                  symbol=r"$U_{\max}$", domain=(-100.0, 100.0)),
        Parameter("t_p", *period[:2], units, period[2], "log", long_name="period of the voltage",
                  symbol="$t_p$", domain=(1e-9, 1e9)),
    )  # fmt: skip
