"""The terminal current of a time level, and its deviation between the edges."""

import numpy as np
from numba import njit

from ..constants import q
from ..drift_diffusion.device import Device
from ..drift_diffusion.unknowns import ELECTRONS, HOLES, POISSON, VACANCIES, State, Work, Y
from .bdf import Past, combine


@njit(cache=True, error_model="numpy")
def _current(
    device: Device, work: Work, rate: float, displacement: np.ndarray
) -> tuple[float, float]:
    """Return the current into the right contact, in A, and the largest deviation of an edge.

    I = −(W D/L) [∫ j dx + ε d(ψ(0) − ψ(L))/dt], which needs no internal field (Ramo, 1939,
    doi:10.1109/JRPROC.1939.228757).
    """
    edges = device.h.size
    span = device.x[edges]
    # What has left the cells on one side: the flux formula's two opposing terms round it away.
    moved, mean = 0.0, 0.0
    for k in range(edges):
        moved -= work.storage[VACANCIES, k]
        carried = work.flux[HOLES, k] - work.flux[ELECTRONS, k] + device.z_a * device.N_x * moved
        mean += device.h[k] * carried
        displacement[k] += carried
    total = mean / span + device.eps * rate / span
    worst = 0.0
    for k in range(edges):
        worst = max(worst, abs(displacement[k] - total))
    return -q * device.area * total, q * device.area * worst


@njit(cache=True, error_model="numpy")
def measure(
    device: Device, state: State, work: Work, past: Past, a0: float, a: np.ndarray,
    displacement: np.ndarray,
) -> tuple[float, float]:  # fmt: skip
    """Return the current of the new level and its deviation between the edges, in A."""
    combine(past.field, a, displacement)
    ends = (state.u[Y, 0] - state.u[Y, -1]) * a0
    for i in range(a.size):
        ends -= (past.u[i, Y, 0] - past.u[i, Y, -1]) * a[i]
    for k in range(device.h.size):
        displacement[k] = a0 * work.flux[POISSON, k] - displacement[k]
    return _current(device, work, device.U_T * ends, displacement)
