"""Functions that TEAM and VTEAM share: the windows and the resistance of a state."""

from typing import Any

import numpy as np
from dynsur.core import Parameter

SWITCHES = (
    Parameter("window", 1.0, 1.0, "1", choices=(0.0, 1.0, 2.0),
              long_name="0 rectangular, 1 Biolek, 2 TEAM's exponentials"),
    Parameter("iv", 0.0, 0.0, "1", choices=(0.0, 1.0),
              long_name="resistance over the state: 0 linear, 1 exponential"),
)  # fmt: skip


def windows(x: Any, p: Any) -> tuple[Any, Any]:
    """Return f_off and f_on, which slow the state towards 1 and towards 0.

    The rectangular windows are 1. Those of Biolek (2009) are 1 − x^2p and 1 − (1 − x)^2p. Those of
    TEAM's equations 18 and 19 are exp[−exp((w − a_off)/w_c)] and exp[−exp((a_on − w)/w_c)] with
    w = w_on + (w_off − w_on) x.

    Args:
        x: (w − w_on)/(w_off − w_on), 0 where conducting and 1 where not.
        p: window, p, and for TEAM's w_on, w_off, a_off, a_on, w_c in nm.
    """
    x = np.clip(x, 0.0, 1.0)
    evaluated = (
        lambda: (1.0 + 0.0 * x, 1.0 + 0.0 * x),
        lambda: (1.0 - (x**2) ** p["p"], 1.0 - ((1.0 - x) ** 2) ** p["p"]),
        lambda: _exponentials(p["w_on"] + (p["w_off"] - p["w_on"]) * x, p),
    )
    kind = p["window"]
    if isinstance(kind, float | np.ndarray) and np.all(kind == (first := np.ravel(kind)[0])):
        return evaluated[int(first)]()
    off, on = zip(*(each() for each in evaluated), strict=True)
    kinds = [np.equal(kind, number) for number in range(3)]
    return np.select(kinds, off), np.select(kinds, on)


def _exponentials(w: Any, p: Any) -> tuple[Any, Any]:
    return _faded((w - p["a_off"]) / p["w_c"]), _faded((p["a_on"] - w) / p["w_c"])


def _faded(z: Any) -> Any:
    return np.exp(-np.exp(np.minimum(z, 50.0)))


def resistance(x: Any, p: Any) -> Any:
    """Return R_on + (R_off − R_on) x, or R_on (R_off/R_on)^x, in Ω."""
    x = np.clip(x, 0.0, 1.0)
    linear = p["R_on"] + (p["R_off"] - p["R_on"]) * x
    return np.where(np.equal(p["iv"], 0.0), linear, p["R_on"] * (p["R_off"] / p["R_on"]) ** x)


def observe(y: Any, u: Any, p: Any) -> Any:
    """Return the current and the state."""
    return u / resistance(y[0], p), np.clip(y[0], 0.0, 1.0)
