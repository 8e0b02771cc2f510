"""Hysteresis needs vacancies that move, but not too fast.

The opening of a loop, max |I_up − I_down| / max |I| over one half cycle, vanishes for sweeps much
faster than L²/(μ_x U) (immobile vacancies) and much slower (quasi-static ones).
"""

import numpy as np
from dynsur.plugins.reram import ReRAM

from .devices import S1

DEVICE = {**S1, "U_max": 1.0}
TRANSIT = (1e-6) ** 2 / (DEVICE["mu_x"] * DEVICE["U_max"])  # s


def opening(period, mobility=DEVICE["mu_x"]):
    """Return the relative opening of the first half cycle."""
    data = ReRAM(points=401).simulate({**DEVICE, "t_p": period, "mu_x": mobility})
    current = data["current"].values
    up, down = current[:101], current[200:99:-1]
    return np.abs(up - down).max() / np.abs(current).max()


def draw(axes):
    """Draw the opening over the period in units of the vacancies' transit time."""
    periods = TRANSIT * np.logspace(-3, 5, 25)
    axes.loglog(periods / TRANSIT, [opening(period) for period in periods], "o-", markersize=4)
    axes.set(xlabel="period in transit times, $t_p μ_x U_{max}/L^2$",
             ylabel="opening of the loop, relative")  # fmt: skip
    axes.set_title("No hysteresis of immobile (left) and of quasi-static vacancies (right)")
