"""The devices and settings that the truths are computed with."""

from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
from dynsur.core import Waveform
from dynsur.plugins.reram import TABLE_1, ReRAM

# Spetzler et al. (2023), doi:10.1002/aelm.202300635: S1 without lowering, ±13 V at 5 V/s.
S1 = {
    "E_g": 1.3, "phi_L": 0.001, "phi_R": 0.001, "eps_r": 10, "eps_i": 10, "m_n": 0.55,
    "m_p": 0.71, "mu_n": 2.5e-4, "mu_p": 2.5e-4, "mu_x": 5e-14, "E_a": 0.32, "L": 1.0,
    "U_max": 13.0, "t_p": 10.4, "lowering": 0,
}  # fmt: skip
# The same source: S2 with lowering, ±10 V at 5 V/s.
S2 = {
    **S1, "phi_L": 0.144, "phi_R": 0.110, "mu_n": 2.15e-3, "mu_p": 2.15e-3, "mu_x": 1.15e-13,
    "E_a": 0.33, "U_max": 10.0, "t_p": 8.0, "lowering": 1,
}  # fmt: skip

FINE = {"first_cell": 0.05, "largest_cell": 2.5e-3, "step_tolerance": 1e-4}
IMMOBILE = 1e-25  # m²/(V s): vacancies that do not move within a sweep
CARRIERS = ("electron_density", "hole_density", "vacancy_density")


def values_of(parameters):
    """Return every parameter of Table 1's space, defaults included."""
    return TABLE_1.values(parameters)


def ramp(parameters, voltage, seconds=10.0, points=51, **settings):
    """Simulate a slow ramp 0 → voltage on a fine mesh."""
    waveform = Waveform((0.0, seconds), (0.0, voltage))
    return ReRAM(waveform=waveform, points=points, **{**FINE, **settings}).simulate(parameters)


def densities(data, snapshot):
    """Return n, p, n_a of a snapshot, shape [3, node], in m⁻³."""
    return np.array([data[name].values[snapshot] for name in CARRIERS])


@contextmanager
def mesh(x):
    """Let the simulator use the nodes x, in m, in place of its own."""
    with patch("dynsur.plugins.reram.solve.graded_mesh", lambda *_: np.array(x)):
        yield


def published_mesh(length=1e-6):
    """Return the 189 nodes of the published runs: cells grow from 5e-4 L to 2e-2 L in the middle.

    Source: D. Abdel, numerical examples to doi:10.48550/arXiv.2412.15065.
    """
    cells = np.geomspace(5e-4, 2e-2, 94)
    x = np.concatenate([[0.0], np.cumsum(np.concatenate([cells, cells[::-1]]))])
    return x * (length / x[-1])
