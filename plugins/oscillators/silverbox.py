"""The Silverbox, an electronic circuit that mimics a mass on a hardening spring.

ÿ/ω₀² + 2 ζ ẏ/ω₀ + y + c₂ y² + c₃ y³ = u,    ω₀ = 2π f₀

Source: Wigren and Schoukens (2013), Three free data sets for development and benchmarking in
nonlinear system identification, European Control Conference, 2933–2938. Identified: natural
frequency 68.58 Hz, damping 4.68 %, coefficients −0.256 of the square and 3.98 of the cube; Noël and
Schoukens (2018), Grey-box state-space identification of nonlinear mechanical vibrations,
International Journal of Control 91, 1118–1139, doi:10.1080/00207179.2017.1308557. Input and output
are voltages. We have chosen a static gain of 1 for the circuit.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from dynsur.core import ODESystem, Parameter, ParameterSpace, Smooth, Variable, multisine

RATE = 1e7 / 2**14  # Hz
BAND = (1.0, 200.0)  # Hz
IDENTIFIED = "around the value of Noël and Schoukens (2018)"

SPACE = ParameterSpace(
    (
        Parameter("rms", 0.01, 0.1, "V", long_name="rms of the input", symbol=r"u_{rms}"),
        Parameter(
            "realisation", 0.0, 1e6, "1", default=0.0, domain=(0.0, 2.0**53), seen=False,
            long_name="number of the multisine's random phases, its whole part",
        ),
        Parameter(
            "f_0", 60.0, 80.0, "Hz", default=68.58, domain=(1.0, 1e4),
            long_name="natural frequency", symbol="f_0", source=IDENTIFIED,
        ),
        Parameter(
            "zeta", 0.03, 0.07, "1", default=0.0468, domain=(0.0, 10.0),
            long_name="damping ratio", symbol=r"\zeta", source=IDENTIFIED,
        ),
        Parameter(
            "c_2", -0.5, 0.0, "1/V", default=-0.256,
            long_name="coefficient of the square", symbol="c_2", source=IDENTIFIED,
        ),
        Parameter(
            "c_3", 2.0, 6.0, "1/V^2", default=3.98, domain=(0.0, 100.0),
            long_name="coefficient of the cube", symbol="c_3", source=IDENTIFIED,
        ),
    )
)  # fmt: skip


def motion(t: Any, state: Any, u: Any, p: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the derivatives of y and ẏ."""
    y, v = state
    w = 2 * np.pi * p["f_0"]
    spring = y * (1.0 + y * (p["c_2"] + p["c_3"] * y))
    return v, w * w * (u - spring) - 2.0 * p["zeta"] * w * v


def voltage(p: Mapping[str, float], points: int) -> Smooth:
    """Return the first `points` samples of a random-phase multisine with a period of 8192."""
    duration = (points - 1) / RATE
    return multisine(p["rms"], BAND, 8192 / RATE, int(p["realisation"]), duration)


def silverbox(points: int = 256) -> ODESystem:
    """Return the system, driven from rest by `points` samples of a multisine."""
    return ODESystem(
        name="silverbox",
        description="Silverbox, an electronic Duffing oscillator, under random-phase multisines",
        space=SPACE,
        inputs=(Variable("input", "V", "input voltage", "u"),),
        outputs=(Variable("output", "V", "output voltage", "y"),),
        rhs=motion,
        drive=lambda p: voltage(p, points),
        start=lambda p: (0.0, 0.0),
        points=points,
        relative_tolerance=1e-6,
        absolute_tolerance=(1e-9, 1e-6),
        evaluations=1_000_000,
    )


SILVERBOX = silverbox()
