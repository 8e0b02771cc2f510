"""Equilibrium with lowering, against scipy's collocation solver of the Poisson–Boltzmann problem.

(ε ψ′)′ = −q (z_a n_a + p − n + C) with all densities functions of ψ; Δ_L and Δ_R are unknown
parameters of the boundary-value problem, ψ(0) = −φ_L + Δ_L, ψ(L) = −φ_R + Δ_R.
"""

import numpy as np
from dynsur.core import Waveform
from dynsur.plugins.reram import ReRAM
from scipy.integrate import solve_bvp

from .devices import S2, values_of
from .plain import Plain, q

DEVICE = {**S2, "phi_L": 0.25, "phi_R": 0.03}


def collocated():
    """Return the solution of `scipy.integrate.solve_bvp` on x/L in [0, 1], in U_T."""
    values = values_of(DEVICE)
    x = 1e-6 * np.sin(0.5 * np.pi * np.linspace(0, 1, 400)) ** 2
    start = Plain({**values, "lowering": 0}, x)
    plain, U_T, length = Plain(values, start.x), start.U_T, start.x[-1]
    barriers = np.array([values["phi_L"], values["phi_R"]]) / U_T

    def slopes(s, y, delta):
        charge = plain.charge(*plain.densities(U_T * y[0])) + q * values["C"]
        return np.array([y[1], -charge * length**2 / (plain.eps * U_T)])

    def ends(left, right, delta):
        tilt = delta[1] - delta[0]
        fields = np.array([left[1] - tilt, tilt - right[1]]) * U_T / length
        lowered = plain.lowering(fields)[0] / U_T
        potentials = np.array([left[0], right[0]])
        return np.concatenate([potentials + barriers - delta, delta - lowered])

    psi = start.potential(start.equilibrium()) / U_T
    s = start.x / length
    guess = np.array([psi, np.gradient(psi, s)])
    return solve_bvp(slopes, ends, s, guess, p=np.array([1.0, 1.0]), tol=1e-6, max_nodes=40000)


def compare(largest_cell=2.5e-3):
    """Return x in m, the simulated ψ and the collocated ψ there, in V."""
    rest = Waveform((0.0, 1.0), (0.0, 0.0))
    simulator = ReRAM(waveform=rest, fields=2, first_cell=0.05, largest_cell=largest_cell)
    data = simulator.simulate(DEVICE)
    x, solution = data["x"].values, collocated()
    if not solution.success:
        raise RuntimeError(solution.message)
    U_T = Plain(values_of(DEVICE), x).U_T
    return x, data["potential"].values[0], U_T * solution.sol(x / x[-1])[0]


def draw(axes):
    """Draw ψ near both contacts."""
    x, simulated, exact = compare()
    for part, offset, color, name in (
        (x < 4e-8, 0.0, "C0", "from the left contact, φ = 0.25 eV"),
        (x > 9.6e-7, 1e-6, "C1", "from the right contact, φ = 0.03 eV"),
    ):
        distance = 1e9 * np.abs(x[part] - offset)
        axes.semilogx(distance, exact[part], color=color, label=name)
        axes.semilogx(distance, simulated[part], "o", color=color, markersize=4)
    axes.set(xlabel="distance from the contact (nm)", ylabel="potential ψ (V)")
    axes.set_title("Equilibrium with lowering: lines scipy solve_bvp, points simulated")
    axes.legend()
