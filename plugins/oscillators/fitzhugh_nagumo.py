"""The FitzHugh–Nagumo neuron under a pulse of stimulus current.

dv/dt = v − v³/3 − w + I,    dw/dt = ε (v + a − b w)

Source: FitzHugh (1961), Impulses and physiological states in theoretical models of nerve membrane,
Biophysical Journal 1, 445–466, doi:10.1016/S0006-3495(61)86902-6 (a = 0.7, b = 0.8, c = 3; here
ε = 1/c² and time in units of his t/c); Nagumo, Arimoto and Yoshizawa (1962), An active pulse
transmission line simulating nerve axon, Proceedings of the IRE 50, 2061–2070,
doi:10.1109/JRPROC.1962.288235. All quantities are dimensionless: a unit of time counts as 1 s.
"""

import math
from collections.abc import Mapping
from typing import Any

from dynsur.core import ODESystem, Parameter, ParameterSpace, Variable, Waveform

DURATION, ONSET, EDGE = 150.0, 10.0, 0.5

SPACE = ParameterSpace(
    (
        Parameter("current", 0.0, 1.2, "1", default=0.5, long_name="stimulus", symbol="I"),
        Parameter(
            "width", 1.0, 120.0, "s", default=100.0, domain=(1e-3, DURATION - ONSET - 2 * EDGE - 1),
            long_name="duration of the stimulus", symbol=r"t_I",
        ),
        Parameter("a", 0.6, 0.8, "1", default=0.7, long_name="threshold", symbol="a"),
        Parameter(
            "b", 0.7, 0.9, "1", default=0.8, domain=(1e-3, 1.0), long_name="recovery's decay",
            symbol="b",
        ),
        Parameter(
            "epsilon", 0.05, 0.15, "1", default=0.08, domain=(0.0, 10.0),
            long_name="rate of recovery", symbol=r"\varepsilon",
        ),
    )
)  # fmt: skip


def rates(t: Any, state: Any, current: Any, p: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the derivatives of the potential v and the recovery w."""
    v, w = state
    return v - v * v * v / 3.0 - w + current, p["epsilon"] * (v + p["a"] - p["b"] * w)


def pulse(p: Mapping[str, float]) -> Waveform:
    """Return a pulse of stimulus with short edges."""
    on, off = ONSET + EDGE, ONSET + EDGE + p["width"]
    level = p["current"]
    return Waveform((0.0, ONSET, on, off, off + EDGE, DURATION), (0.0, 0.0, level, level, 0.0, 0.0))


def resting(p: Mapping[str, float]) -> tuple[float, float]:
    """Return the fixed point without a stimulus: v³/3 + (1/b − 1) v + a/b = 0, w = (v + a)/b.

    It follows from Cardano's formula with the root free of cancellation. For b ≤ 1 it is unique.
    """
    m, n = 3.0 * (1.0 / p["b"] - 1.0), 3.0 * p["a"] / p["b"]
    size = math.cbrt(0.5 * abs(n) + math.sqrt(0.25 * n**2 + m**3 / 27.0))
    v = math.copysign(m / (3.0 * size) - size, -n) if size else 0.0
    return v, (v + p["a"]) / p["b"]


FITZHUGH_NAGUMO = ODESystem(
    name="fitzhugh-nagumo",
    description="FitzHugh–Nagumo neuron under a pulse of stimulus current",
    space=SPACE,
    inputs=(Variable("stimulus", "1", "stimulus current", "I"),),
    outputs=(
        Variable("potential", "1", "membrane potential", "v"),
        Variable("recovery", "1", "recovery variable", "w"),
    ),
    rhs=rates,
    drive=pulse,
    start=resting,
)
