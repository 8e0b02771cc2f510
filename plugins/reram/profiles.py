"""The state over x at the requested times, as an xarray Dataset."""

import numpy as np
import xarray as xr

from .drift_diffusion.statistics import log_density, vacancy
from .solve import Solution


def profiles(solution: Solution, snapshots: np.ndarray) -> xr.Dataset:
    """Turn the kept unknowns into ψ, n, p and n_a over snapshot and x.

    Args:
        solution: A finished one.
        snapshots: The times that were kept, shape [snapshot], in s.
    """
    device, u = solution.device, solution.record.fields
    log_f = np.vectorize(lambda eta: log_density(eta, device.boltzmann)[0])
    fraction = np.vectorize(lambda v: vacancy(v)[0])
    dims = ("snapshot", "x")
    n = device.N_c * np.exp(log_f(u[:, 0] + u[:, 1]))
    p = device.N_v * np.exp(log_f(u[:, 2] - u[:, 0] - device.E_g))
    rows = {
        "potential": (u[:, 0] * device.U_T, "V", "electrostatic potential ψ"),
        "electron_density": (n, "m^-3", "electron density n"),
        "hole_density": (p, "m^-3", "hole density p"),
        "vacancy_density": (fraction(u[:, 3]) * device.N_x, "m^-3", "vacancy density n_a"),
    }
    variables = {k: (dims, a, {"units": s, "long_name": m}) for k, (a, s, m) in rows.items()}
    return xr.Dataset(
        {
            **variables,
            "snapshot_time": ("snapshot", snapshots, {"units": "s", "long_name": "time"}),
            "x": ("x", device.x, {"units": "m", "long_name": "position"}),
        }
    )
