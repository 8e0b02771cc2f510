"""The state over x at the requested times, as an xarray Dataset."""

import numpy as np
import xarray as xr
from numba import njit

from .drift_diffusion.statistics import log_density, vacancy
from .drift_diffusion.unknowns import XI_N, XI_P, V, Y
from .solve import Solution


def profiles(solution: Solution, snapshots: np.ndarray) -> xr.Dataset:
    """Return ψ, n, p and n_a over snapshot and x from the recorded unknowns.

    No density is negative. Methods of higher order in time leave small negative densities in
    depleted zones, which are filled from the nearest vacancies without a change of the vacancy
    content; see `filled`.

    Args:
        solution: A finished solution.
        snapshots: Recorded times, shape [snapshot], in s.
    """
    device, u = solution.device, solution.record.fields
    log_f = np.vectorize(lambda eta: log_density(eta, device.boltzmann)[0])
    fraction = np.vectorize(lambda v: vacancy(v)[0])
    dims = ("snapshot", "x")
    n = device.N_c * np.exp(log_f(u[:, Y] + u[:, XI_N]))
    p = device.N_v * np.exp(log_f(u[:, XI_P] - u[:, Y] - device.E_g))
    n_a = np.array([filled(c, device.cell) for c in fraction(u[:, V])]) * device.N_x
    rows = {
        "potential": (u[:, Y] * device.U_T, "V", "electrostatic potential ψ"),
        "electron_density": (n, "m^-3", "electron density n"),
        "hole_density": (p, "m^-3", "hole density p"),
        "vacancy_density": (n_a, "m^-3", "vacancy density n_a"),
    }
    variables = {k: (dims, a, {"units": s, "long_name": m}) for k, (a, s, m) in rows.items()}
    return xr.Dataset(
        variables,
        coords={
            "snapshot_time": ("snapshot", snapshots, {"units": "s", "long_name": "time"}),
            "x": ("x", device.x, {"units": "m", "long_name": "position"}),
        },
    )


def filled(density: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """Return a density without negative values and with the same content ∑ density · cell.

    A zone with a negative content is emptied, and its deficit is taken from the nodes next to it.
    Their shares are those in which a random walk from the place of the deficit would end at either,
    so that the nearer node gives more. Nodes far from such a zone keep their values exactly.

    Args:
        density: Density at the nodes, shape [node], in any unit; its total content is positive.
        cell: Control volumes, shape [node], in m.
    """
    before = density * cell
    after = _without_deficits(before)
    return np.where(after == before, density, after / cell)


@njit(cache=True, error_model="numpy")
def _without_deficits(content: np.ndarray) -> np.ndarray:
    kept, size = content.copy(), content.size
    k = 0
    while k < size:
        if not kept[k] < 0.0:
            k += 1
            continue
        left, right = k - 1, k + 1  # the nodes beside the zone
        while left >= 0 and kept[left] <= 0.0:
            left -= 1
        while right < size and kept[right] <= 0.0:
            right += 1
        to_left = to_right = 0.0
        for i in range(left + 1, right):
            share = (i - left) / (right - left)
            if right == size or left < 0:
                share = 1.0 if left < 0 else 0.0
            to_left += (1.0 - share) * kept[i]
            to_right += share * kept[i]
            kept[i] = 0.0
        if right < size:
            kept[right] += to_right
        if left >= 0:
            kept[left] += to_left
        k = max(left, 0)  # either may have gone below zero now
    return kept
