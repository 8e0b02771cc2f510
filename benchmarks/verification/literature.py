"""The literature sets S1 and S2: published curves, ours on the published mesh, ours converged.

The published runs use 189 nodes (cells of 0.5 nm at the contacts, 20 nm in the middle), implicit
Euler, and for lowering the field of the first cell. What is kept here of their second cycles
are single points of the plotted data.

Source: Spetzler et al. (2023), doi:10.1002/aelm.202300635; data published with D. Abdel's examples,
github.com/dilaraabdel/VacancyAssistedChargeTransport.jl.
"""

import numpy as np
from dynsur.plugins.reram import ReRAM

from .devices import S1, S2, mesh, published_mesh

SETS = {"S1": S1, "S2": S2}
PANELS = 2
# Second cycle in its order: U in V, |I| in A.
PUBLISHED = {
    "S1": [
        (1.0163, 4.788e-07), (1.9667, 1.5631e-06), (3.0356, 3.7120e-06), (4.0099, 6.3640e-06),
        (5.0445, 9.7150e-06), (6.0308, 1.3287e-05), (7.0261, 1.7140e-05), (8.0106, 2.0999e-05),
        (9.0873, 2.4731e-05), (9.9967, 2.7114e-05), (10.9459, 2.8601e-05), (11.6788, 2.8943e-05),
        (12.5739, 2.8312e-05), (12.0565, 2.1153e-05), (10.9478, 1.5087e-05), (10.0141, 1.1323e-05),
        (8.9516, 8.2108e-06), (8.0354, 6.2454e-06), (7.0233, 4.6077e-06), (6.0130, 3.3616e-06),
        (4.9636, 2.3596e-06), (3.9790, 1.6192e-06), (3.0404, 1.0527e-06), (1.9932, 5.5500e-07),
        (1.0470, 2.2003e-07), (-0.9951, 2.5974e-07), (-1.9929, 8.9866e-07), (-3.0358, 2.1899e-06),
        (-4.0053, 4.0430e-06), (-5.0092, 6.5208e-06), (-5.9946, 9.4463e-06), (-6.9769, 1.3072e-05),
        (-8.0019, 1.6648e-05), (-8.9554, 2.0486e-05), (-10.0088, 2.4563e-05),
        (-10.9941, 2.7740e-05), (-11.9927, 2.9941e-05), (-12.9873, 3.0804e-05),
        (-11.9731, 2.5127e-05), (-10.9941, 1.9781e-05), (-10.0059, 1.5096e-05),
        (-8.9837, 1.1231e-05), (-7.9657, 8.2937e-06), (-6.9952, 6.1689e-06),
        (-5.9908, 4.4814e-06), (-4.9692, 3.1620e-06), (-3.9880, 2.1711e-06),
        (-3.0310, 1.4031e-06), (-1.9526, 7.2731e-07), (-1.0130, 2.8784e-07),
    ],
    "S2": [
        (1.0179, 2.7088e-06), (1.9898, 9.5502e-06), (2.9475, 2.1307e-05), (3.9475, 3.8727e-05),
        (4.9475, 6.0726e-05), (5.9475, 8.5371e-05), (6.9475, 1.0423e-04), (7.9475, 1.1075e-04),
        (8.9475, 1.1356e-04), (9.9475, 1.1488e-04), (9.0525, 9.2948e-05), (8.0525, 6.5514e-05),
        (7.0525, 4.4582e-05), (6.0525, 3.0093e-05), (5.0525, 2.0167e-05), (4.0525, 1.3201e-05),
        (3.0525, 8.1542e-06), (2.0525, 4.4193e-06), (1.0525, 1.6890e-06), (-0.9653, 2.8466e-06),
        (-1.9371, 1.0313e-05), (-2.8948, 2.3086e-05), (-3.8948, 4.1188e-05), (-4.8948, 6.3928e-05),
        (-5.8948, 9.0506e-05), (-6.8948, 1.1870e-04), (-7.8948, 1.3779e-04), (-8.6448, 1.4176e-04),
        (-9.8948, 1.2814e-04), (-9.1052, 8.4967e-05), (-8.1052, 5.4088e-05), (-7.1052, 3.5280e-05),
        (-6.1052, 2.3556e-05), (-5.1052, 1.5817e-05), (-4.1052, 1.0410e-05), (-3.1052, 6.4633e-06),
        (-2.1052, 3.5158e-06), (-1.1052, 1.3563e-06),
    ],
}  # fmt: skip


def cycles(name, nodes=None, **settings):
    """Return U in V and I in A of two cycles, on the simulator's mesh or on the given nodes."""
    simulator = ReRAM(**{"cycles": 2, "points": 2001, **settings})
    if nodes is None:
        data = simulator.simulate(SETS[name])
    else:
        with mesh(nodes):
            data = simulator.simulate(SETS[name])
    return data["voltage"].values, data["current"].values


def converged(name):
    """Return both cycles on a mesh and with steps fine enough to leave 0.1 % of the peak."""
    return cycles(name, first_cell=0.05, largest_cell=1.25e-3, step_tolerance=3e-5)


def at_published(name, voltage, current):
    """Return |I| of a second cycle at the published voltages, branch by branch, in A."""
    points = np.array(PUBLISHED[name])
    turns = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(voltage[1000:])))])
    peak = np.abs(voltage).max()
    path, branch = np.zeros(len(points)), 0
    rises = np.diff(points[:, 0], prepend=0.0) > 0.0
    for k, U in enumerate(points[:, 0]):
        if rises[k] == (branch == 1):  # the sweep has turned at +peak, then at −peak
            branch += 1
        path[k] = (U, 2 * peak - U, 4 * peak + U)[branch]
    return np.interp(path, turns, np.abs(current[1000:]))


def draw(axes):
    """Draw the second cycles, a set a panel."""
    for panel, (color, name) in zip(axes, (("C0", "S1"), ("C1", "S2")), strict=True):
        points = np.array(PUBLISHED[name])
        voltage, current = converged(name)
        coarse = cycles(name, published_mesh())[1]
        panel.plot(voltage[1000:], 1e6 * np.abs(current[1000:]), color=color, linewidth=1.2,
                  label="converged")  # fmt: skip
        panel.plot(voltage[1000:], 1e6 * np.abs(coarse[1000:]), "--", color="black", linewidth=1.2,
                  label="published mesh")  # fmt: skip
        panel.plot(points[:, 0], 1e6 * points[:, 1], "o", color="black", markersize=3,
                  label="published")  # fmt: skip
        panel.set(xlabel="voltage U (V)", ylabel="|I| (µA)")
        panel.set_title(f"{name}, second cycle")
        panel.legend(loc="upper center")
