"""A bar between flat-band contacts: the resistances of channel and emission in series.

In linear response every contact takes δφ = J U_T/(q v_n n g), g = d log F/dη, and the bar obeys
Ohm's law, so J = q n U / (L/μ_n + 2 U_T/(v_n g)): ohmic for small mobility, limited by
emission for large.
"""

import numpy as np
from scipy.constants import elementary_charge
from scipy.optimize import brentq

from .devices import IMMOBILE, S1, ramp, values_of
from .plain import Plain, fermi_half

BAR = {**S1, "E_g": 3.0, "E_a": 3.0, "mu_x": IMMOBILE, "C": 1e23}
VOLTAGE = 1e-4  # V, far below U_T


def conductance(mobility, doping=1e23):
    """Return the simulated and the analytic conductance per area, in S/m²."""
    device = {**BAR, "mu_n": mobility, "C": doping}
    values = values_of(device)
    plain = Plain(values, np.linspace(0.0, 1e-6, 3))
    N_c, velocity = plain.band("n")
    eta = brentq(lambda e: np.log(N_c * fermi_half(e) / doping), -30.0, 10.0, xtol=1e-15)
    slope = (np.log(fermi_half(eta + 1e-4)) - np.log(fermi_half(eta - 1e-4))) / 2e-4
    barrier = -plain.U_T * eta
    data = ramp({**device, "phi_L": barrier, "phi_R": barrier}, VOLTAGE, seconds=1e3, points=3)
    resistance = 1e-6 / mobility + 2.0 * plain.U_T / (velocity * slope)
    simulated = data["current"].values[-1] / plain.area / VOLTAGE
    return simulated, elementary_charge * doping / resistance


def draw(axes):
    """Draw the conductance against the mobility."""
    mobilities = np.logspace(-6, 2, 17)
    for color, doping in zip(("C0", "C1"), (1e23, 1e25), strict=True):
        both = np.array([conductance(mobility, doping) for mobility in mobilities])
        axes.loglog(mobilities, both[:, 1], "-", color=color, label=f"n = {doping:.0e} m$^{{-3}}$")
        axes.loglog(mobilities, both[:, 0], "o", color=color, markersize=4)
    axes.set(xlabel="mobility μ$_n$ (m$^2$ V$^{-1}$ s$^{-1}$)", ylabel="J/U (S m$^{-2}$)")
    axes.set_title("Flat-band bar: ohmic on the left, limited by emission on the right")
    axes.legend()
