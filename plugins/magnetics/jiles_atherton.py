"""The hysteresis of a ferromagnet after Jiles and Atherton.

H_e = H + α M,  M_an = M_s L(H_e/a),  L(x) = coth x − 1/x,  M_irr = (M − c M_an)/(1 − c)
χ = (1 − c) max(0, δ (M_an − M_irr))/k + c dM_an/dH_e,  δ = sign(dH/dt)
dM/dt = χ/(1 − α χ) dH/dt

The irreversible part never moves against the field, which keeps the slope of a loop positive.

Source: Jiles and Atherton (1986), doi:10.1016/0304-8853(86)90066-1. The ranges are those of steels.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from dynsur.core import ODESystem, Parameter, ParameterSpace, Variable, triangle

MU_0 = 4e-7 * np.pi  # V s/(A m)
SMALL, LARGE = 0.02, 300.0  # |x| below which L is a series, and beyond which it no longer changes
SOURCE = "Jiles and Atherton (1986), doi:10.1016/0304-8853(86)90066-1"

SPACE = ParameterSpace(
    (
        Parameter("M_s", 1.2e6, 1.8e6, "A/m", 1.6e6, "linear", "saturation magnetisation",
                  r"$M_\mathrm{s}$", domain=(1.0, 1e8), source=SOURCE),
        Parameter("a", 900.0, 2000.0, "A/m", 1100.0, "log", "field that shapes the anhysteretic",
                  "$a$", domain=(1e-3, 1e7), source=SOURCE),
        Parameter("k", 200.0, 1000.0, "A/m", 400.0, "log", "pinning, about the coercive field",
                  "$k$", domain=(1e-3, 1e7), source=SOURCE),
        Parameter("alpha", 5e-4, 1.2e-3, "1", 1e-3, "linear", "coupling of the domains",
                  r"$\alpha$", domain=(0.0, 1.0), source=SOURCE),
        Parameter("c", 0.05, 0.5, "1", 0.2, "linear", "reversible share", "$c$",
                  domain=(0.0, 0.99), source=SOURCE),
        Parameter("H_max", 1e3, 1e4, "A/m", 5e3, "log", "amplitude of the field",
                  r"$H_\mathrm{max}$", domain=(0.0, 1e8)),
        Parameter("t_p", 0.02, 0.02, "s", long_name="period of the field",
                  symbol=r"$t_\mathrm{p}$", domain=(1e-9, 1e6)),
    )
)  # fmt: skip


def langevin(x: Any) -> tuple[Any, Any]:
    """Return L(x) = coth x − 1/x and its derivative 1/x² − 1/sinh² x."""
    small = np.abs(x) < SMALL
    safe = np.where(small, SMALL, np.clip(x, -LARGE, LARGE))
    value = np.where(small, x / 3.0 - x**3 / 45.0, 1.0 / np.tanh(safe) - 1.0 / safe)
    slope = np.where(small, 1.0 / 3.0 - x**2 / 15.0, safe**-2.0 - np.sinh(safe) ** -2.0)
    return value, slope


def magnetised(t: Any, y: Any, u: Any, p: Mapping[str, Any]) -> tuple[Any]:
    """Return the derivative of M/M_s, in 1/s; u holds H in A/m and dH/dt in A/(m s)."""
    field, field_rate = u
    magnetisation, M_s, c = p["M_s"] * y[0], p["M_s"], p["c"]
    share, slope = langevin((field + p["alpha"] * magnetisation) / p["a"])
    irreversible = (magnetisation - c * M_s * share) / (1.0 - c)
    ahead = np.sign(field_rate) * (M_s * share - irreversible)
    chi = (1.0 - c) * np.maximum(ahead, 0.0) / p["k"] + c * M_s * slope / p["a"]
    return (chi / (1.0 - p["alpha"] * chi) * field_rate / M_s,)


def observe(y: Any, u: Any, p: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the flux density μ₀ (H + M) in T and the magnetisation M in A/m."""
    magnetisation = p["M_s"] * y[0]
    return MU_0 * (u + magnetisation), magnetisation


JILES_ATHERTON = ODESystem(
    name="jiles-atherton",
    description="hysteresis of a ferromagnet (Jiles and Atherton 1986), from the virgin state",
    space=SPACE,
    inputs=(Variable("field", "A/m", "magnetic field", "$H$"),),
    outputs=(
        Variable("flux_density", "T", "flux density", "$B$"),
        Variable("magnetisation", "A/m", "magnetisation", "$M$"),
    ),
    rhs=magnetised,
    drive=lambda p: triangle(p["H_max"], p["t_p"], cycles=2),
    start=lambda p: (0.0,),
    observe=observe,
    relative_tolerance=1e-7,
    absolute_tolerance=1e-9,
    rates=True,
)
