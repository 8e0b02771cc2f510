"""Conduction and displacement current change places along x; their sum does not.

A ramp as short as the dielectric relaxation time. Everything is recomputed from the returned
densities and potential by the plain reference: j from its fluxes, ∂D/∂t by central differences.
"""

import numpy as np
from dynsur.core import Waveform
from dynsur.plugins.reram import ReRAM

from .devices import S1, densities, values_of
from .plain import Plain, q

RAMP, END, STEPS = 1e-11, 2e-11, 401  # s


def edge_currents(instant=180):
    """Return x of the edges in m, −A j and −A ∂D/∂t over them, and the simulated I, in A."""
    waveform = Waveform((0.0, RAMP, END), (0.0, 1.0, 1.0))
    simulator = ReRAM(
        waveform=waveform, points=STEPS, fields=STEPS, first_cell=0.2, largest_cell=1e-2,
        step_tolerance=1e-6,
    )  # fmt: skip
    data = simulator.simulate(S1)
    plain = Plain(values_of(S1), data["x"].values)
    psi, t = data["potential"].values, data["snapshot_time"].values
    D = -plain.eps * np.diff(psi, axis=1) / plain.h
    change = (D[instant + 1] - D[instant - 1]) / (t[instant + 1] - t[instant - 1])
    n, p, a = plain.fluxes(*densities(data, instant), D[instant])
    middle = 0.5 * (plain.x[1:] + plain.x[:-1])
    conduction = q * (p - n + plain.values["z_a"] * a)
    return middle, -plain.area * conduction, -plain.area * change, data["current"].values[instant]


def draw(axes):
    """Draw both parts and their sum along the channel."""
    x, conduction, displacement, current = edge_currents()
    axes.plot(1e6 * x, 1e6 * conduction, label="conduction, $-A\\,(j_n + j_p + j_a)$")
    axes.plot(1e6 * x, 1e6 * displacement, label="displacement, $-A\\,∂_t D$")
    axes.plot(1e6 * x, 1e6 * (conduction + displacement), "o", markersize=3, label="their sum")
    axes.axhline(1e6 * current, color="black", linewidth=1, label="simulated I")
    axes.set(xlabel="position x (µm)", ylabel="current (µA)")
    axes.set_title("The total current is the same on every edge (9 ps into a 10 ps ramp)")
    axes.legend(fontsize=8)
