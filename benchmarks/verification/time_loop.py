"""The whole time loop against a plain second implementation on the same mesh.

`plain.Plain` shares no code with the simulator: densities as unknowns, Poisson's equation inside
the right-hand side, scipy's variable-order BDF. What differs is the time error of both.
"""

import numpy as np
from dynsur.plugins.reram import ReRAM

from .devices import S1, S2, values_of
from .plain import Plain

MESH = {"first_cell": 0.5, "largest_cell": 5e-2, "tolerance": 0.04}  # 60 nodes
CASES = {
    "S1, Fermi": (S1, "fermi"),
    "S2 (lowering), Fermi": (S2, "fermi"),
    "S2, $z_a$ = 2, Boltzmann": ({**S2, "z_a": 2.0, "E_a": 0.5}, "boltzmann"),
}


def both(parameters, statistics="fermi", rtol=1e-4, points=201, step=1e-5):
    """Return voltage in V, the simulated and the plain current in A."""
    simulator = ReRAM(points=points, fields=1, statistics=statistics, step_tolerance=step, **MESH)
    data, values = simulator.simulate(parameters), values_of(parameters)
    plain = Plain(values, data["x"].values, statistics == "boltzmann")
    current, _ = plain.sweep(simulator.drive(values), data["time"].values, rtol)
    return data["voltage"].values, data["current"].values, current


def draw(axes):
    """Draw the loops of all cases by both."""
    for color, (name, (parameters, statistics)) in zip(
        ("C0", "C1", "C2"), CASES.items(), strict=True
    ):
        voltage, ours, plain = both(parameters, statistics)
        axes.semilogy(voltage[1:-1], np.abs(plain[1:-1]), color=color, linewidth=1, label=name)
        axes.semilogy(voltage[3:-1:6], np.abs(ours[3:-1:6]), "o", color=color, markersize=3)
    axes.set(xlabel="voltage U (V)", ylabel="|I| (A)", ylim=(1e-8, None))
    axes.set_title("Lines: plain numpy and scipy BDF; points: simulator, on the same mesh")
    axes.legend()
