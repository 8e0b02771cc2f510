"""The quadruple tank: two pumps fill four tanks, and valves choose which of them sees which pump.

A₁ dh₁/dt = −a₁ √(2 g h₁) + a₃ √(2 g h₃) + γ₁ k₁ v₁,    A₃ dh₃/dt = −a₃ √(2 g h₃) + (1 − γ₂) k₂ v₂
A₂ dh₂/dt = −a₂ √(2 g h₂) + a₄ √(2 g h₄) + γ₂ k₂ v₂,    A₄ dh₄/dt = −a₄ √(2 g h₄) + (1 − γ₁) k₁ v₁

Each upper tank, 3 and 4, drains into the lower one below it, 1 and 2. For γ₁ + γ₂ < 1 most of the
water takes the way through the upper tanks, and the linearised system has a zero in the right half
plane.

Source: Johansson (2000), The quadruple-tank process: a multivariable laboratory process with an
adjustable zero, IEEE Transactions on Control Systems Technology 8, 456–465, doi:10.1109/87.845876.
The defaults are his operating point P₋. The ranges of the valves hold both of his operating points.
His linearised model is the estimate from which surrogates start.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from dynsur.core import ODESystem, Parameter, ParameterSpace, Variable, Waveform

DURATION, EDGE = 600.0, 2.0  # s
RATIO = math.sqrt(2.0)  # of the pumps' periods, so that their steps meet in every order
PAPER = "Johansson (2000), section II"


def _fixed(name: str, value: float, units: str, long_name: str, symbol: str) -> Parameter:
    return Parameter(
        name, value, value, units, domain=(1e-6, math.inf), long_name=long_name, symbol=symbol,
        source=PAPER,
    )  # fmt: skip


def _pump(i: int, value: float) -> tuple[Parameter, ...]:
    return (
        Parameter(
            f"gamma_{i}", 0.3, 0.8, "1", default=value, domain=(0.0, 1.0), symbol=rf"\gamma_{i}",
            long_name=f"share of pump {i} that flows into tank {i}", source=PAPER,
        ),
        Parameter(
            f"step_{i}", 0.5, 1.5, "V", default=1.0, symbol=rf"\Delta v_{i}",
            long_name=f"height of the steps of pump {i}",
        ),
    )  # fmt: skip


SPACE = ParameterSpace(
    (
        *_pump(1, 0.7),
        *_pump(2, 0.6),
        Parameter(
            "v_0", 2.5, 3.5, "V", default=3.0, domain=(0.0, 10.0), symbol="v_0",
            long_name="voltage of both pumps at the start", source=PAPER,
        ),
        Parameter(
            "t_s", 120.0, 300.0, "s", default=180.0, domain=(4.0 * EDGE, DURATION), symbol="t_s",
            long_name="time between the steps of pump 1",
        ),
        _fixed("k_1", 3.33, "cm^3/(V s)", "flow of pump 1 per voltage", "k_1"),
        _fixed("k_2", 3.35, "cm^3/(V s)", "flow of pump 2 per voltage", "k_2"),
        *(_fixed(f"A_{i}", A, "cm^2", f"cross-section of tank {i}", f"A_{i}")
          for i, A in enumerate((28.0, 32.0, 28.0, 32.0), 1)),
        *(_fixed(f"a_{i}", a, "cm^2", f"cross-section of the hole of tank {i}", f"a_{i}")
          for i, a in enumerate((0.071, 0.057, 0.071, 0.057), 1)),
        _fixed("g", 981.0, "cm/s^2", "acceleration of gravity", "g"),
    )
)  # fmt: skip


def rates(t: Any, state: Any, u: Any, p: Mapping[str, Any]) -> tuple[Any, Any, Any, Any]:
    """Return the derivatives of the four levels, in cm/s. A pump does not run backwards."""
    pump_1, pump_2 = u
    flow_1, flow_2 = p["k_1"] * np.maximum(pump_1, 0.0), p["k_2"] * np.maximum(pump_2, 0.0)
    out_1, out_2, out_3, out_4 = (
        p[f"a_{i}"] * np.sqrt(2.0 * p["g"] * np.maximum(level, 0.0))
        for i, level in enumerate(state, 1)
    )
    return (
        (out_3 - out_1 + p["gamma_1"] * flow_1) / p["A_1"],
        (out_4 - out_2 + p["gamma_2"] * flow_2) / p["A_2"],
        ((1.0 - p["gamma_2"]) * flow_2 - out_3) / p["A_3"],
        ((1.0 - p["gamma_1"]) * flow_1 - out_4) / p["A_4"],
    )


def steady(p: Mapping[str, float]) -> tuple[float, float, float, float]:
    """Return the levels in cm at which both pumps at v_0 hold the water: h = (q/a)²/(2 g)."""
    flow_1, flow_2 = p["k_1"] * p["v_0"], p["k_2"] * p["v_0"]
    upper_3, upper_4 = (1.0 - p["gamma_2"]) * flow_2, (1.0 - p["gamma_1"]) * flow_1
    flows = (p["gamma_1"] * flow_1 + upper_3, p["gamma_2"] * flow_2 + upper_4, upper_3, upper_4)
    one, two, three, four = (
        (flow / p[f"a_{i}"]) ** 2 / (2.0 * p["g"]) for i, flow in enumerate(flows, 1)
    )
    return one, two, three, four


def linearised(
    p: Mapping[str, np.ndarray], series: Mapping[str, np.ndarray], time: np.ndarray
) -> dict[str, np.ndarray]:
    """Return both lower levels by the model linearised at the start, in cm, shape [n, time].

    T ẋ = −x + T q/A for each tank, with the inflow q and T = A/a √(2 h/g); see equation (2) there.
    """
    still = steady(p)  # type: ignore[arg-type]
    tau = [p[f"A_{i}"] / p[f"a_{i}"] * np.sqrt(2.0 * h / p["g"]) for i, h in enumerate(still, 1)]

    def answer(i: int, flow: np.ndarray) -> np.ndarray:
        gain = tau[i - 1] / p[f"A_{i}"]
        return _low_pass(gain[:, None] * flow, time, tau[i - 1])

    flow_1, flow_2 = (
        p[f"k_{i}"][:, None] * (series[f"pump_{i}"] - p["v_0"][:, None]) for i in (1, 2)
    )
    share_1, share_2 = p["gamma_1"][:, None], p["gamma_2"][:, None]
    from_3 = (p["A_3"] / tau[2])[:, None] * answer(3, (1.0 - share_2) * flow_2)
    from_4 = (p["A_4"] / tau[3])[:, None] * answer(4, (1.0 - share_1) * flow_1)
    return {
        "level_1": still[0][:, None] + answer(1, share_1 * flow_1 + from_3),  # type: ignore[index]
        "level_2": still[1][:, None] + answer(2, share_2 * flow_2 + from_4),  # type: ignore[index]
    }


def _low_pass(w: np.ndarray, time: np.ndarray, tau: np.ndarray) -> np.ndarray:
    """Return x of τ ẋ = w − x from rest, for w [n, time] that is linear between the instants."""
    x = np.zeros_like(w)
    h = np.diff(time, axis=1) / tau[:, None]
    decay = np.exp(-h)
    mean = -np.expm1(-h) / h
    for k in range(h.shape[1]):
        rise = w[:, k + 1] - w[:, k]
        x[:, k + 1] = decay[:, k] * (x[:, k] - w[:, k]) + w[:, k + 1] - rise * mean[:, k]
    return x


def steps(p: Mapping[str, float]) -> dict[str, Waveform]:
    """Return the voltages of the pumps, which step up and down at periods of their own."""
    return {
        "pump_1": _square(p["v_0"], p["step_1"], p["t_s"]),
        "pump_2": _square(p["v_0"], p["step_2"], p["t_s"] / RATIO),
    }


def _square(base: float, step: float, interval: float) -> Waveform:
    """Return a voltage that steps between two values, first after half an interval."""
    times, values, t, high = [0.0], [base], 0.5 * interval, True
    while t + EDGE < DURATION:
        times += [t, t + EDGE]
        values += [values[-1], base + step if high else base]
        t, high = t + interval, not high
    return Waveform((*times, DURATION), (*values, values[-1]))


QUADRUPLE_TANK = ODESystem(
    name="quadruple-tank",
    description="Four tanks that two pumps fill (Johansson 2000)",
    space=SPACE,
    inputs=(
        Variable("pump_1", "V", "voltage of pump 1", "v_1"),
        Variable("pump_2", "V", "voltage of pump 2", "v_2"),
    ),
    outputs=(
        Variable("level_1", "cm", "level of tank 1", "h_1"),
        Variable("level_2", "cm", "level of tank 2", "h_2"),
    ),
    rhs=rates,
    drive=steps,
    start=steady,
    estimate=linearised,
)
