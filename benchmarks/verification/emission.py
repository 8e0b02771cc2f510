"""Thermionic emission: two equal contacts back to back, J = A T² e^{−φ/U_T} tanh(U/2U_T).

The channel conducts so well that the contacts alone limit the current (Boltzmann statistics, no
lowering). For U ≫ U_T it saturates at A T² e^{−φ/U_T}; with Fermi–Dirac statistics at
A T² F_{1/2}(−φ/U_T).

Source: Sze & Ng, Physics of Semiconductor Devices (2006), ch. 3, doi:10.1002/0470068329.
"""

import numpy as np
from scipy.constants import Boltzmann, electron_mass, elementary_charge, h, pi

from .devices import IMMOBILE, S1, ramp, values_of
from .plain import fermi_half

RICHARDSON = 4.0 * pi * elementary_charge * electron_mass * Boltzmann**2 / h**3  # A/(m² K²)
EMITTING = {
    **S1, "E_g": 3.0, "mu_n": 500.0, "mu_p": 500.0, "mu_x": IMMOBILE, "E_a": 3.0, "C": 1e24,
}  # fmt: skip


def sweep(barrier, temperature=300.0, statistics="boltzmann", voltage=0.4):
    """Return U in V, simulated J and the analytic J, in A/m²."""
    device = {**EMITTING, "phi_L": barrier, "phi_R": barrier, "T": temperature}
    data = ramp(device, voltage, statistics=statistics)
    area = values_of(device)["W"] * values_of(device)["D"] * 1e-12
    U_T = Boltzmann * temperature / elementary_charge
    law = np.exp if statistics == "boltzmann" else fermi_half
    saturation = RICHARDSON * device["m_n"] * temperature**2 * law(-barrier / U_T)
    U = data["voltage"].values
    return U, data["current"].values / area, saturation * np.tanh(U / (2.0 * U_T))


def draw(axes):
    """Draw J(U) for three barriers and two temperatures."""
    for color, barrier in zip(("C0", "C1", "C2"), (0.15, 0.25, 0.35), strict=True):
        for style, temperature in (("-", 300.0), ("--", 400.0)):
            U, J, exact = sweep(barrier, temperature)
            label = f"φ = {barrier:g} eV, {temperature:g} K"
            axes.semilogy(U[1:], exact[1:], style, color=color, label=label)
            axes.semilogy(U[1::4], J[1::4], "o", color=color, markersize=3.5)
    axes.set(xlabel="voltage U (V)", ylabel="current density J (A m$^{-2}$)")
    axes.set_title("Thermionic emission: lines $A T^2 e^{-φ/U_T}\\tanh(U/2U_T)$, points simulated")
    axes.legend(ncols=3, fontsize=7, loc="lower right")
