"""What is known of a device in closed form, beside the solver."""

import numpy as np
from dynsur.plugins.reram import TABLE_1, ReRAM

from .devices import S2, values_of

PANELS = 3
DRAWS, SEED = 150, 7
PLASMA = {
    "E_g": 0.89, "phi_L": 1.78, "phi_R": 0.46, "mu_n": 200.0, "mu_p": 0.2, "E_a": 2.5, "L": 0.8,
    "U_max": 11.0, "eps_r": 5.0,
}  # fmt: skip
MOVING = {**S2, "phi_L": 0.05, "phi_R": 0.2}


def loop(device):
    """Return U in V and the current of the solver and in closed form, in A."""
    data = ReRAM(points=401, tolerance=0.03).simulate(device)
    columns = {name: np.array([value]) for name, value in values_of(device).items()}
    voltage, time = data["voltage"].values[None], data["time"].values[None]
    known = ReRAM().estimate(columns, {"voltage": voltage}, time)
    return data["voltage"].values, data["current"].values, known["current"][0]


def peaks():
    """Return the largest |I| of draws of Table 1, solved and in closed form, in A."""
    columns = TABLE_1.sample(seed=SEED, start=0, count=DRAWS)
    draws = [{name: float(column[i]) for name, column in columns.items()} for i in range(DRAWS)]
    loops = [loop(device)[1:] for device in draws]
    return np.abs(np.array(loops)).max(axis=2).T


def draw(axes):
    """Draw two loops, and the peak currents of many devices."""
    titles = "Electrons pile up, holes pass", "Vacancies move (near S2)"
    for ax, device, title in zip(axes, (PLASMA, MOVING), titles, strict=False):
        U, solved, known = loop(device)
        ax.plot(U, solved, "k-", label="solver")
        ax.plot(U, known, "C1--", label="closed form")
        ax.set(title=title, xlabel="voltage U (V)", ylabel="current I (A)")
        ax.legend()
    solved, known = peaks()
    axes[2].loglog([1e-17, 1.0], [1e-17, 1.0], color="0.6", linewidth=0.8)
    axes[2].loglog(solved, known, "C1o", markersize=3)
    axes[2].set(title=f"Peak currents of {DRAWS} draws of Table 1", xlabel="solver (A)")
    axes[2].set_ylabel("closed form (A)")
