"""Draw the loops of docs/memristors.md: `make pictures`.

Usage: python benchmarks/pictures/memristors.py [NAME ...]
"""

import dataclasses
import sys

import numpy as np
from dynsur.core import triangle
from dynsur.core.registry import host
from matplotlib import pyplot as plt
from truths import FOLDER, STYLE

LOOPS = {
    "linear-ion-drift": {"$t_p$ = 1.5 s": {}, "0.5 s": {"t_p": 0.5}, "0.15 s": {"t_p": 0.15}},
    "simmons": {"$t_p$ = 4 s": {}, "40 ms": {"t_p": 0.04}},
    "team": {
        "rectangular window": {"window": 0.0},
        "Biolek's, $p$ = 1": {"p": 1.0},
        "TEAM's own": {"window": 2.0},
    },
    "vteam": {"$t_p$ = 200 ns": {}, "400 ns": {"t_p": 400.0}, "50 ns": {"t_p": 50.0}},
    "yakopcic": {"$t_p$ = 10 ms": {}, "3 ms": {"t_p": 3e-3}, "1 ms": {"t_p": 1e-3}},
}
WINDOWS = ("none", "Joglekar", "Biolek", "Prodromakis")


def lobe(period, x_0=0.3):
    """Return the area of the first lobe of a linear ion drift's loop, in W."""
    system = host().simulator("linear-ion-drift")
    system = dataclasses.replace(system, waveform=triangle(1.0, period), points=401)
    data = system.simulate({"x_0": x_0})
    half = slice(0, 201)
    return abs(np.trapezoid(data["current"].values[half], data["voltage"].values[half]))


def draw(name, axes):
    """Draw loops and states of one system."""
    system = host().simulator(name)
    loop, state = axes[:2]
    for label, settings in LOOPS[name].items():
        data = system.simulate(settings)
        loop.plot(data["voltage"], 1e3 * data["current"], label=label)
        state.plot(2.0 * data["time"] / data["time"][-1], data["state"], label=label)
    variable = system.outputs[1]
    loop.set(xlabel="voltage [V]", ylabel="current [mA]", title=system.description)
    state.set(xlabel="periods", ylabel=f"{variable.long_name} [{variable.units}]")
    loop.legend()
    if name == "linear-ion-drift":
        windows(system, axes[2])
        frequencies(axes[3])


def windows(system, axes):
    """Draw the loops of the four windows."""
    for kind, label in enumerate(WINDOWS):
        data = system.simulate({"window": float(kind), "x_0": 0.3, "t_p": 1.0})
        axes.plot(data["voltage"], 1e3 * data["current"], label=label)
    axes.set(xlabel="voltage [V]", ylabel="current [mA]", title="windows, $p$ = 2")
    axes.legend()


def frequencies(axes):
    """Draw the area of a lobe over the frequency."""
    f = np.logspace(0.0, 3.0, 13)
    area = np.array([lobe(1.0 / each) for each in f])
    axes.loglog(f, area, "o", markersize=4, label="simulated")
    axes.loglog(f, area[-1] * f[-1] / f, color="gray", label="slope −1")
    axes.set(xlabel="frequency [Hz]", ylabel="area of a lobe [W]", title="collapse as 1/f")
    axes.legend()


if __name__ == "__main__":
    plt.rcParams.update(STYLE)
    for name in sys.argv[1:] or LOOPS:
        panels = 4 if name == "linear-ion-drift" else 2
        size = (3.7 * panels, 3.3)
        figure, axes = plt.subplots(1, panels, figsize=size, layout="constrained")
        draw(name, axes)
        figure.savefig(FOLDER / f"memristor-{name}.png", dpi=90)
        plt.close(figure)
