"""Observed orders: the error of I(t) over a cycle of S1 against mesh and against time steps.

Every cell is halved, so the mesh error should fall fourfold; the time error should fall with the
third power of the number of steps, the order most steps take.
"""

import numpy as np
from dynsur.plugins.reram import ReRAM

from .devices import S1, mesh

COARSE = {"first_cell": 1.0, "largest_cell": 3e-2}
CYCLE = {"points": 201, "fields": 1}


def _curve(x=None, **settings):
    simulator = ReRAM(**{**CYCLE, **settings})
    if x is None:
        return simulator.simulate(S1)
    with mesh(x):
        return simulator.simulate(S1)


def in_space(halvings=4):
    """Return numbers of nodes and errors relative to peak, without the finest mesh's own."""
    x = _curve(**COARSE)["x"].values
    nodes, curves = [], []
    for _ in range(halvings + 1):
        curves.append(_curve(x, step_tolerance=3e-5)["current"].values)
        nodes.append(x.size)
        x = np.sort(np.append(x, 0.5 * (x[1:] + x[:-1])))
    best = curves[-1] + (curves[-1] - curves[-2]) / 3.0  # Richardson's extrapolation
    errors = [np.abs(curve - best).max() / np.abs(best).max() for curve in curves[:-1]]
    return np.array(nodes[:-1]), np.array(errors)


def in_time(tolerances=(3e-5, 1e-5, 3e-6, 1e-6), reference=1e-7):
    """Return numbers of steps and errors relative to peak, on one mesh."""
    best = _curve(step_tolerance=reference, **COARSE)["current"].values
    runs = [_curve(step_tolerance=tolerance, **COARSE) for tolerance in tolerances]
    errors = [np.abs(run["current"].values - best).max() / np.abs(best).max() for run in runs]
    return np.array([run.attrs["steps"] for run in runs]), np.array(errors)


def slope(size, errors):
    """Return the order: minus the slope of log error over log size."""
    return -np.polyfit(np.log(size), np.log(errors), 1)[0]


def draw(axes):
    """Draw both errors with lines of slopes −2 and −3."""
    for (size, errors), color, name, order in (
        (in_space(), "C0", "mesh nodes", 2), (in_time(), "C1", "time steps", 3),
    ):  # fmt: skip
        label = f"{name}, order {slope(size[-3:], errors[-3:]):.2f}"
        axes.loglog(size, errors, "o", color=color, label=label)
        axes.loglog(size, errors[-1] * (size[-1] / size) ** order, color=color, linewidth=1)
    ticks = [100, 200, 400, 800, 1600]
    axes.set_xticks(ticks, labels=[str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set(xlabel="number of nodes, of steps", ylabel="error of I(t), relative to peak")
    axes.set_title("Convergence on S1; lines have slopes −2 and −3")
    axes.legend()
