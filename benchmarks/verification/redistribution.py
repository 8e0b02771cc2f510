"""Vacancies under constant bias come to rest where their quasi-Fermi potential is flat.

n_a = N_x / (1 + e^{z_a (ψ + E_a − φ_a)/U_T}) with one φ_a that keeps their number, while electrons
carry a steady current, j = −q μ_n n ∂ₓφ_n. The independent solution is scipy's collocation of

ψ″ = −q (n_a − n + C)/ε,  φ_n′ = −j/(q μ_n n),  N′ = n_a,  unknown parameters j and φ_a,

with emission at both contacts and N(L) = N_total (holes are negligible here). Where the channel is
neutral both profiles are linear, and the current saturates at 4 q μ_n U_T n̄ / L.
"""

import numpy as np
from dynsur.core import Waveform
from dynsur.plugins.reram import ReRAM
from scipy.integrate import solve_bvp

from .devices import S1, densities, values_of
from .plain import Plain, fermi_half, q

DEVICE = {**S1, "E_a": 0.4}
BIAS, HOLD = 0.15, 600.0  # V, s


def simulated(snapshots=121):
    """Return the trajectory: a short ramp to the bias, then a long hold."""
    waveform = Waveform((0.0, 1.0, HOLD), (0.0, BIAS, BIAS))
    return ReRAM(
        waveform=waveform, fields=snapshots, first_cell=0.05, largest_cell=2.5e-3,
        step_tolerance=1e-4,
    ).simulate(DEVICE)  # fmt: skip


def flatness(data, snapshot=-1):
    """Return φ_a = ψ + E_a + U_T/z_a log(c/(1 − c)) over x, in V."""
    values = values_of(DEVICE)
    U_T = Plain(values, data["x"].values).U_T
    c = densities(data, snapshot)[2] / values["N_x"]
    level = data["potential"].values[snapshot] + values["E_a"]
    return level + U_T * np.log(c / (1.0 - c)) / values["z_a"]


def steady(data):
    """Return the collocated steady state: solution over x/L, and the current in A."""
    v, x = values_of(DEVICE), data["x"].values
    plain = Plain(v, x)
    (N_c, velocity), U_T, L = plain.band("n"), plain.U_T, x[-1]
    n_eq = N_c * fermi_half(-np.array([v["phi_L"], v["phi_R"]]) / U_T)
    total = (plain.cell * densities(data, 0)[2]).sum()
    rate = v["mu_n"] * U_T / L  # m/s: scale of the electron flux

    def species(y, p):
        n = N_c * fermi_half(y[0] - y[2])
        return n, v["N_x"] / (1.0 + np.exp(y[0] + v["E_a"] / U_T - p[1]))

    def slopes(s, y, p):
        n, a = species(y, p)
        charge = a - n + v["C"]
        poisson = -q * charge * L**2 / (plain.eps * U_T)
        return np.array([y[1], poisson, -p[0] * n_eq[0] / n, a * L / total])

    def ends(left, right, p):
        flux = rate * n_eq[0] * p[0]
        out = [flux - velocity * (N_c * fermi_half(left[0] - left[2]) - n_eq[0]),
               flux + velocity * (N_c * fermi_half(right[0] - right[2]) - n_eq[1])]  # fmt: skip
        return np.array([left[0] + v["phi_L"] / U_T, right[0] + (v["phi_R"] - BIAS) / U_T,
                         out[0] / (velocity * n_eq[0]), out[1] / (velocity * n_eq[1]),
                         left[3], right[3] - 1.0])  # fmt: skip

    psi = data["potential"].values[0] / U_T
    s = x / L
    guess = np.array([psi + BIAS / U_T * s, np.gradient(psi, s) + BIAS / U_T, BIAS / U_T * s, s])
    level = np.array([-0.01, v["E_a"] / U_T + np.interp(0.5, s, psi) - 8.0])
    done = solve_bvp(slopes, ends, s, guess, p=level, tol=1e-6, max_nodes=40000)
    if not done.success:
        raise RuntimeError(done.message)
    current = -plain.area * q * rate * n_eq[0] * done.p[0]
    return species(done.sol(s), done.p)[1], current


def saturation(data):
    """Return 4 q μ_n U_T n̄ / L times the area, in A: what the current tends to for large U."""
    values, x = values_of(DEVICE), data["x"].values
    plain = Plain(values, x)
    mean = (plain.cell * densities(data, 0)[2]).sum() / x[-1]
    return 4.0 * q * values["mu_n"] * plain.U_T * mean / x[-1] * plain.area


def draw(axes):
    """Draw the vacancy profile on its way to the steady state."""
    data = simulated()
    x, exact = 1e6 * data["x"].values, steady(data)[0]
    for k, color in ((0, "0.75"), (2, "0.55"), (5, "0.3")):
        seconds = data["snapshot_time"].values[k]
        axes.semilogy(x, densities(data, k)[2], color=color, label=f"t = {seconds:g} s")
    axes.semilogy(x, exact, color="C0", label="steady state, solve_bvp")
    axes.semilogy(x[::12], densities(data, -1)[2][::12], "o", color="C0", markersize=4,
                  label=f"simulated, t = {HOLD:g} s")  # fmt: skip
    axes.set(xlabel="position x (µm)", ylabel="vacancy density $n_a$ (m$^{-3}$)")
    axes.set_title(f"Vacancies under a constant {BIAS:g} V")
    axes.legend(fontsize=8)
