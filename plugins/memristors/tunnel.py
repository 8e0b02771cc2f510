"""Simmons' tunnelling current through a barrier, in series with a resistor."""

from typing import Any

import numpy as np
from dynsur.core import implicit

CHARGE, PLANCK, MASS, PERMITTIVITY = (
    1.602176634e-19,
    6.62607015e-34,
    9.1093837e-31,
    8.8541878128e-12,
)
ITERATIONS = 60  # at most; ten are usual
CLOSE = 1e-8  # of the voltage: change of a step after which the next would change nothing
USUAL = 1e-4  # A: order of magnitude of the current
NARROWEST = 0.3  # nm: effective barrier at which the formula is left to the series resistor


def tunnel_current(v: Any, w: Any, p: Any) -> Any:
    """Return the current through a barrier at a voltage v ≥ 0 between its sides.

    i = j_0 A/Δw² [φ_I e^{−B √φ_I} − (φ_I + v) e^{−B √(φ_I + v)}],  B = 4π Δw √(2 m e)/h,
    φ_I = φ_0 − v (w_1 + w_2)/w − 1.15 λ w/Δw · ln[w_2 (w − w_1)/(w_1 (w − w_2))],
    w_1 = 1.2 λ w/φ_0,  w_2 = w_1 + w (1 − 9.2 λ/(3 φ_0 + 4 λ − 2 v)),  λ = e ln 2/(8π k ε_0 w)

    φ_I is kept at or above 4/B², where φ e^{−B √φ} is largest. Below that value the formula for
    intermediate voltages would let the current fall with the voltage.

    Args:
        v: Voltage over the barrier, in V.
        w: Width of the barrier, in nm.
        p: Parameters phi_0 in V, kappa, and area in nm².

    Source: Simmons (1963), doi:10.1063/1.1702682, as in Pickett et al. (2009),
    doi:10.1063/1.3236506.
    """
    image = _image(p)  # λ w
    w_1 = 1.2 * image / p["phi_0"]
    left = 9.2 * image / (3.0 * p["phi_0"] + 4.0 * image / w - 2.0 * v)  # w + w_1 − w_2
    w_2, width = w_1 + w - left, w - left
    B = 4e-9 * np.pi * np.sqrt(2.0 * MASS * CHARGE) / PLANCK * width
    lowered = v * (w_1 + w_2) / w
    rounded = 1.15 * image / width * np.log(w_2 * (w - w_1) / (w_1 * (left - w_1)))
    phi = np.maximum(p["phi_0"] - lowered - rounded, 4.0 / B**2)
    scale = CHARGE**2 / (2.0 * np.pi * PLANCK) * p["area"] / width**2
    return scale * (phi * np.exp(-B * np.sqrt(phi)) - (phi + v) * np.exp(-B * np.sqrt(phi + v)))


def series_current(u: Any, w: Any, p: Any) -> Any:
    """Return the current i of u = v + i R_s, with v over the barrier.

    The barrier is gone at a voltage v_max, where the resistor alone limits the current. So |i| is
    the root of min(i − i(v), i − (|u| − v_max)/R_s) with v = |u| − i R_s.

    Args:
        u: Voltage over barrier and resistor, in V.
        w: Width of the barrier, in nm.
        p: Parameters as for `tunnel_current`, and R_s in Ω.
    """
    size = np.abs(u)
    most = 0.5 * (3.0 * p["phi_0"] + 4.0 * _image(p) / w - 9.2 * _image(p) / (w - NARROWEST))

    def excess(i: Any) -> Any:
        v = np.clip(size - i * p["R_s"], 0.0, most)
        return np.minimum(i - tunnel_current(v, w, p), i - (size - most) / p["R_s"])

    i = implicit(excess, lambda: _by_secants(size, most, w, p), u, w, scale=USUAL)
    return np.sign(u) * i


def _by_secants(size: Any, most: Any, w: Any, p: Any) -> Any:
    """Return the current i ≥ 0 by bracketed secants for the voltage over the barrier.

    Args:
        size: |u|, in V.
        most: v_max, in V.
        w: Width of the barrier, in nm.
        p: Parameters as for `series_current`.
    """
    low, high = np.zeros_like(size * w), np.minimum(size, most) + 0.0 * w
    f_low, f_high = -size + 0.0 * w, high + p["R_s"] * tunnel_current(high, w, p) - size
    open_ended, v, kept = f_high < 0.0, high, np.zeros_like(low)
    done = open_ended.copy()
    for _ in range(ITERATIONS):
        span = f_high - f_low
        secant = high - f_high * (high - low) / np.where(span == 0.0, 1.0, span)
        # What is done stays, so that a device comes out the same beside any others.
        before, v = v, np.where(done, v, np.clip(secant, low, high))
        f = v + p["R_s"] * tunnel_current(v, w, p) - size
        done |= np.abs(v - before) <= CLOSE * size
        if np.all(done):
            break
        above = f > 0.0
        # Illinois: an end that stays twice has its value halved, so that both ends close in.
        f_low = np.where(above, np.where(kept > 0, 0.5 * f_low, f_low), f)
        f_high = np.where(above, f, np.where(kept < 0, 0.5 * f_high, f_high))
        low, high, kept = np.where(above, low, v), np.where(above, v, high), np.where(above, 1, -1)
    return np.where(open_ended, (size - most) / p["R_s"], tunnel_current(v, w, p))


def _image(p: Any) -> Any:
    """Return λ w = e ln 2/(8π k ε_0), in V nm."""
    return 1e9 * CHARGE * np.log(2.0) / (8.0 * np.pi * p["kappa"] * PERMITTIVITY)
