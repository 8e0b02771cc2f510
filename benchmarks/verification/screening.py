"""A potential disturbed at a contact decays as e^{−x/λ_D} towards charge neutrality.

1/λ_D² = q/(ε U_T) (g n + p + z_a² n_a (1 − n_a/N_x)), g = d log F/dη.

Source: Debye & Hückel (1923), linearised Poisson–Boltzmann equation.
"""

import numpy as np
from dynsur.core import Waveform
from dynsur.plugins.reram import ReRAM
from scipy.optimize import brentq

from .devices import S1, values_of
from .plain import Plain, q

DISTURBANCE = 1e-3  # of U_T


def neutral(plain):
    """Return ψ of charge neutrality, in V, and the Debye length, in m."""
    v = plain.values

    def charge(psi):
        return plain.charge(*(np.array(plain.densities(np.array([psi]))))).item() + q * v["C"]

    psi = brentq(charge, -v["E_g"], 0.3, xtol=1e-16, rtol=1e-15)
    stiffness = -(charge(psi + 1e-5) - charge(psi - 1e-5)) / 2e-5
    return psi, np.sqrt(plain.eps / stiffness)


def decay(level, doping=1e21, z_a=1.0):
    """Return x in λ_D, (ψ − ψ_bulk)/(ψ(0) − ψ_bulk), simulated, and λ_D in m: analytic, fitted."""
    device = {**S1, "E_a": level, "C": doping, "z_a": z_a}
    psi, length = neutral(Plain(values_of(device), np.linspace(0.0, 1e-6, 3)))
    U_T = Plain(values_of(device), np.linspace(0.0, 1e-6, 3)).U_T
    device |= {"phi_L": -psi - DISTURBANCE * U_T, "phi_R": -psi, "L": 12.0 * length * 1e6}
    rest = Waveform((0.0, 1.0), (0.0, 0.0))
    simulator = ReRAM(waveform=rest, fields=2, first_cell=0.05, largest_cell=2.5e-3)
    data = simulator.simulate(device)
    x, rise = data["x"].values, (data["potential"].values[0] - psi) / (DISTURBANCE * U_T)
    window = (x > 0.5 * length) & (x < 5.0 * length)
    fitted = -1.0 / np.polyfit(x[window], np.log(rise[window]), 1)[0]
    return x / length, rise, length, fitted


def draw(axes):
    """Draw λ_D, fitted and analytic, over the vacancy level."""
    levels = np.linspace(0.15, 0.9, 16)
    for color, z_a in (("C0", 1.0), ("C1", 2.0)):
        lengths = np.array([decay(level, z_a=z_a)[2:] for level in levels])
        axes.semilogy(levels, 1e9 * lengths[:, 0], "-", color=color, label=f"$z_a$ = {z_a:g}")
        axes.semilogy(levels, 1e9 * lengths[:, 1], "o", color=color, markersize=4)
    axes.set(xlabel="vacancy level $E_a$ (eV)", ylabel="Debye length (nm)")
    axes.set_title("Screening: lines λ$_D$ of the neutral densities, points fitted to ψ(x)")
    axes.legend()
