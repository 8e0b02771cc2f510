"""The barrier lowering is the fixed point of Δ = √(q E/(4π ε_i ε_0)).

E is the contact field of a second Poisson problem: the same space charge between contacts without
lowering. It is solved here explicitly, from the densities that the simulator returns.
"""

import numpy as np
from dynsur.plugins.reram import ReRAM

from .devices import S2, densities, values_of
from .plain import Plain, q


def along_a_cycle(snapshots=81):
    """Return t in s and Δ_L, Δ_R in V: of the simulated ψ, and of the second Poisson problem."""
    data = ReRAM(fields=snapshots, largest_cell=5e-3).simulate(S2)
    values, t = values_of(S2), data["snapshot_time"].values
    voltage = ReRAM().drive(values)(t)
    plain = Plain(values, data["x"].values)
    psi, contacts = data["potential"].values, np.array([values["phi_L"], values["phi_R"]])
    simulated = psi[:, [0, -1]] + contacts - np.stack([0.0 * voltage, voltage], axis=1)
    explicit = np.zeros_like(simulated)
    for i, U in enumerate(voltage):
        charge = plain.charge(*densities(data, i)) + q * values["C"]
        D = plain.displacement(charge, -contacts[0], U - contacts[1])
        explicit[i] = [plain.lowering(E)[0] for E in plain.contact_fields(D, charge)]
    return t, simulated, explicit


def draw(axes):
    """Draw Δ of both contacts along a cycle."""
    t, simulated, explicit = along_a_cycle()
    for side, color in ((0, "C0"), (1, "C1")):
        name = "left" if side == 0 else "right"
        axes.plot(t, 1e3 * explicit[:, side], color=color, label=f"{name}: second Poisson problem")
        axes.plot(t[::2], 1e3 * simulated[::2, side], "o", color=color, markersize=3.5,
                  label=f"{name}: simulated ψ")  # fmt: skip
    axes.set(xlabel="time t (s)", ylabel="barrier lowering Δ (mV)")
    axes.set_title("Image-charge lowering along a cycle of S2")
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(0.08, 0.3))
