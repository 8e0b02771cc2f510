"""The Fermi integral of order 1/2 and its integral; compiled."""

import functools
import math

import numpy as np

from .jit import compiled

FIRST, SPACING, LAST = -80.0, 0.01, 400.0  # η of the table of F_{3/2}


@compiled
def log1p_exp(x: float) -> float:
    """Return ln(1 + e^x)."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


@compiled
def fermi(eta: float) -> float:
    """Return F_{1/2}(η) by the fit of TeSCA, which is accurate to 2 %.

    z = ln(1 + e^η): (1 + 0.16 z) z for η < 1.6107, else with z = ln(1 + e^{η^{3/4}}):
    0.3258 − (0.0321 − 0.7523 z) z. The solver uses the closer fit of Bednarczyk & Bednarczyk, see
    `drift_diffusion.statistics.log_density`.
    """
    if eta < 1.6107:
        z = log1p_exp(eta)
        return (1.0 + 0.16 * z) * z
    z = log1p_exp(eta**0.75)
    return 0.3258 - (0.0321 - 0.7523 * z) * z


@compiled
def _fermi_of_each(eta: np.ndarray) -> np.ndarray:
    values = np.empty_like(eta)
    for k in range(eta.size):
        values[k] = fermi(eta[k])
    return values


@functools.cache
def fermi_integrals() -> np.ndarray:
    """Return F_{3/2}(η), the integral of F_{1/2} from −∞, at each η of a table."""
    f = _fermi_of_each(np.linspace(FIRST, LAST, round((LAST - FIRST) / SPACING) + 1))
    return np.concatenate([[0.0], np.cumsum(0.5 * (f[1:] + f[:-1]) * SPACING)])


@compiled
def fermi_integral(eta: float, table: np.ndarray) -> float:
    """Return F_{3/2}(η) from the table of `fermi_integrals`."""
    place = (eta - FIRST) / SPACING
    if place <= 0.0:
        return 0.0
    k = min(int(place), table.size - 2)
    return table[k] + min(place - k, 1.0) * (table[k + 1] - table[k])


@compiled
def fermi_of(eta: float, table: np.ndarray) -> float:
    """Return F_{1/2}(η) as the slope of the table of `fermi_integrals`, faster than `fermi`."""
    place = (eta - FIRST) / SPACING
    if place <= 0.0:
        return math.exp(eta)
    k = min(int(place), table.size - 2)
    return (table[k + 1] - table[k]) / SPACING
