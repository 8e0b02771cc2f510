"""What is known of a VTEAM device in closed form: its doses, and the loop of a hard window."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .dose import knots, over, pushed
from .thresholds import resistance

Columns = Mapping[str, np.ndarray]


def features(p: Columns) -> dict[str, np.ndarray]:
    """Return the doses of a half cycle of a triangle, and the ratio of the resistances.

    A dose is the change of x that a window of 1 would allow, k/(w_off − w_on) ∫ (u/v − 1)^α dt,
    over a triangle of height U: T/2 · s^(α+1)/((α + 1)(s + 1)) with s = U/v − 1.

    Args:
        p: Every parameter by name, each of shape [device].
    """
    half = 0.5e-9 * p["t_p"]
    found = {}
    for name, height in (("off", p["U_max"]), ("on", -p["U_max"])):
        s = np.maximum(height / p[f"v_{name}"] - 1.0, 0.0)
        exponent = p[f"alpha_{name}"] + 1.0
        reached = half * s**exponent / (exponent * (s + 1.0))
        found[f"dose_{name}"] = np.maximum(np.abs(_speed(p, name)) * reached, 1e-6)
    return found | {"ratio": p["R_off"] / p["R_on"]}


def estimate(p: Columns, series: Columns, time: np.ndarray) -> dict[str, np.ndarray]:
    """Return current and state for a rectangular window, and the doses so far.

    With a window of 1 the rate of x depends on the voltage alone, so that x is the sum of the
    doses, held within [0, 1].

    Args:
        p: Every parameter by name, each of shape [device].
        series: The voltage in V, shape [device, time].
        time: Instants, shape [device, time], in s.
    """
    u = series["voltage"]
    t, v = knots(time, u)
    column = {name: np.asarray(values)[:, None] for name, values in p.items()}
    opened, closed = (
        _speed(column, name) * over(t, v, column[f"v_{name}"], column[f"alpha_{name}"])
        for name in ("off", "on")
    )
    step = lambda x, dose: np.clip(x + dose, 0.0, 1.0)  # noqa: E731
    x = pushed(p["x_0"], opened, closed, np.diff(v, axis=1) > 0.0, step)[:, 1::2]
    return {
        "current": u / resistance(x, column),
        "state": x,
        "opened": np.cumsum(opened, axis=1)[:, 1::2],
        "closed": -np.cumsum(closed, axis=1)[:, 1::2],
    }


def _speed(p: Mapping[str, Any], name: str) -> Any:
    """k/(w_off − w_on), in 1/s."""
    return 1e9 * p[f"k_{name}"] / (p["w_off"] - p["w_on"])
