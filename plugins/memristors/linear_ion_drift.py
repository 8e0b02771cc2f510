"""Linear ion drift (Strukov et al. 2008), with the usual windows.

dx/dt = μ R_on/D² · i · f(x),  i = u/(R_on x + R_off (1 − x)),  x = w/D in [0, 1]
"""

from typing import Any

import numpy as np
from dynsur.core import ODESystem, Parameter, ParameterSpace, Variable, sine

from .common import CURRENT, VOLTAGE, drive_parameters, held
from .windows import window

HP = "Strukov et al. (2008), doi:10.1038/nature06932"
SPACE = ParameterSpace(
    (
        Parameter("R_on", 50.0, 200.0, "ohm", 100.0, "log", "doped resistance",
                  r"$R_\mathrm{on}$", domain=(1e-3, 1e12), source=HP),
        Parameter("R_off", 4e3, 4e4, "ohm", 16e3, "log", "undoped resistance",
                  r"$R_\mathrm{off}$", domain=(1e-3, 1e12), source=HP),
        Parameter("D", 7.0, 15.0, "nm", 10.0, "linear", "film thickness", "$D$",
                  domain=(0.1, 1e4), source=HP),
        Parameter("mu", 3e-15, 3e-14, "m^2/(V s)", 1e-14, "log", "dopant mobility", r"$\mu$",
                  domain=(1e-25, 1e-5), source=HP),
        Parameter("x_0", 0.05, 0.5, "1", 0.1, "linear", "doped share at the start", "$x_0$",
                  domain=(0.0, 1.0)),
        Parameter("window", 0.0, 0.0, "1", choices=(0.0, 1.0, 2.0, 3.0),
                  long_name="0 none, 1 Joglekar, 2 Biolek, 3 Prodromakis"),
        Parameter("p", 2.0, 2.0, "1", long_name="exponent of the window", symbol="$p$",
                  domain=(0.5, 100.0)),
        Parameter("j", 1.0, 1.0, "1", long_name="scale of Prodromakis' window", symbol="$j$",
                  domain=(0.0, 100.0)),
        *drive_parameters((0.5, 2.0, 1.0), (0.2, 10.0, 1.5)),
    )
)  # fmt: skip


def resistance(x: Any, p: Any) -> Any:
    """Return R(x) = R_on x + R_off (1 − x), in Ω."""
    return p["R_on"] * x + p["R_off"] * (1.0 - x)


def drift(t: Any, y: Any, u: Any, p: Any) -> Any:
    """Return dx/dt, in 1/s."""
    x = np.clip(y[0], 0.0, 1.0)
    speed = p["mu"] * p["R_on"] / (1e-9 * p["D"]) ** 2 * u / resistance(x, p)
    return (held(speed * window(p["window"], x, speed, p["p"], p["j"]), y[0]),)


def observe(y: Any, u: Any, p: Any) -> Any:
    """Return the current and the state."""
    x = np.clip(y[0], 0.0, 1.0)
    return u / resistance(x, p), x


LINEAR_ION_DRIFT = ODESystem(
    name="linear-ion-drift",
    description="linear ion drift memristor (Strukov 2008), four windows",
    space=SPACE,
    inputs=VOLTAGE,
    outputs=(CURRENT, Variable("state", "1", "doped share of the film", "x")),
    rhs=drift,
    drive=lambda p: sine(p["U_max"], p["t_p"], cycles=2, segments=32),
    start=lambda p: (p["x_0"],),
    observe=observe,
    relative_tolerance=1e-6,
    absolute_tolerance=1e-9,
)
