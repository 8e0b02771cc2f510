"""The closed form of a VTEAM device: its doses and its loops for two windows."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .drive_integrals import knots, over, pushed
from .thresholds import resistance

Columns = Mapping[str, np.ndarray]


def features(p: Columns) -> dict[str, np.ndarray]:
    """Return the doses of a half cycle of a triangle, and the ratio of the resistances.

    A dose is the change of x for a window of 1, k/(w_off − w_on) ∫ (u/v − 1)^α dt. The integral
    over a triangle of height U is T/2 · s^(α+1)/((α + 1)(s + 1)) with s = U/v − 1.

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
    """Return current and state between those of two windows, the two states, and the doses.

    The rate of x is that of a dose, which depends on the voltage alone, times the window. With the
    window 1 (p → ∞) the doses add up within [0, 1]. With the window 1 − x² (p = 1) those of opening
    add up in artanh x and those of closing in artanh(1 − x). For other p the estimate is
    x_1/p + x_∞ (1 − 1/p).

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
    hard, soft = (
        pushed(p["x_0"], opened, closed, np.diff(v, axis=1) > 0.0, step)[:, 1::2]
        for step in (_within_walls, _through_parabola)
    )
    share = np.where(column["window"] == 1.0, 1.0 / column["p"], 0.0)
    x = np.clip(share * soft + (1.0 - share) * hard, 0.0, 1.0)
    return {
        "current": u / resistance(x, column),
        "state": x,
        "hard": hard,
        "soft": soft,
        "opened": np.cumsum(opened, axis=1)[:, 1::2],
        "closed": -np.cumsum(closed, axis=1)[:, 1::2],
    }


def _within_walls(x: np.ndarray, dose: np.ndarray) -> np.ndarray:
    return np.clip(x + dose, 0.0, 1.0)


def _through_parabola(x: np.ndarray, dose: np.ndarray) -> np.ndarray:
    """Solve dx/dA = 1 − x² for doses towards 1 and dx/dA = 1 − (1 − x)² for doses towards 0."""
    left = np.where(dose > 0.0, x, 1.0 - x)
    gained = np.tanh(np.abs(dose))
    left = (left + gained) / (1.0 + left * gained)
    return np.where(dose > 0.0, left, 1.0 - left)


def _speed(p: Mapping[str, Any], name: str) -> Any:
    """Return k/(w_off − w_on), in 1/s."""
    return 1e9 * p[f"k_{name}"] / (p["w_off"] - p["w_on"])
