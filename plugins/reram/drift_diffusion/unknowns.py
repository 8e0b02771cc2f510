"""The unknowns of the coupled system, the arrays it is assembled into, and what both share."""

from typing import NamedTuple

import numpy as np
from numba import njit

from .device import Device

# Rows of `State.u` and `Work.step`: y = ψ/U_T, ξ_n = −φ_n/U_T, ξ_p = φ_p/U_T, v of the vacancies.
Y, XI_N, XI_P, V = range(4)
# Rows of the equations, each beside its own unknown.
POISSON, ELECTRONS, HOLES, VACANCIES = range(4)
# Species: rows of `Work.density`.
N, P, C = range(3)
# Rows of `State.w`: drops of ξ_n, ξ_p and y.
DROP_N, DROP_P, DROP_Y = range(3)
# Rows of `Work.excess`; holes follow electrons two rows later, `GAMMA + 2 * s`.
GAMMA, SLOPE = range(2)
DC_DV, GAMMA_A, DGAMMA_A = range(4, 7)
# Derivatives of a flux, last index of `Work.G` and `Work.H`.
BY_Y, OWN = range(2)
# Columns of `Work.Z` behind the four unknowns.
RESIDUAL, BORDER = range(4, 6)
# Contacts in equilibrium, shape [side, species, 3]: density, d log F/dη and η.
LEFT, RIGHT = range(2)
DENSITY, LOG_SLOPE, LEVEL = range(3)

LEVEL_ROUNDING = 1e-11  # of ξ and η, whose values reach some hundreds


class State(NamedTuple):
    """The unknowns.

    Args:
        u: Y, XI_N, XI_P, V at the nodes, shape [4, node].
        w: Differences of ξ_n, ξ_p and y over the edges, then η − η_equilibrium of electrons and
            holes at the left and the right contact, shape [3, edge + 2].
        beta: (Δ_R − Δ_L)/L, in V/m, shape [1].
    """

    u: np.ndarray
    w: np.ndarray
    beta: np.ndarray


class Work(NamedTuple):
    """Arrays filled by assembly and elimination, allocated once.

    Args:
        density: n, p in m⁻³ and c at the nodes, shape [3, node].
        excess: γ and d log F/dη of electrons and holes; dc/dv, γ and dγ/dv of vacancies,
            shape [7, node].
        flux: Displacement (units of q), electron, hole and vacancy flux, shape [4, edge].
        storage: S, shape [4, node].
        dstorage: S′ by the unknowns, shape [node, 4, 4].
        G: Drop derivatives of the flux, shape [edge, 4, 2]: by y and by the own unknown.
        H: Common-mode derivatives of the flux, the same shape.
        border: Derivative by beta, shape [node].
        Z: (E + G)⁻¹ [E + H | r | b], shape [node, 4, 6].
        step: Update of u, shape [4, node].
        drop: x_k − x_{k+1}, shape [4, edge].
    """

    density: np.ndarray
    excess: np.ndarray
    flux: np.ndarray
    storage: np.ndarray
    dstorage: np.ndarray
    G: np.ndarray
    H: np.ndarray
    border: np.ndarray
    Z: np.ndarray
    step: np.ndarray
    drop: np.ndarray


def allocate(nodes: int) -> Work:
    """Allocate the work arrays of a mesh with that many nodes."""
    edges = nodes - 1
    shapes = ((3, nodes), (7, nodes), (4, edges), (4, nodes), (nodes, 4, 4), (edges, 4, 2),
              (edges, 4, 2), (nodes,), (nodes, 4, 6), (4, nodes), (4, edges))  # fmt: skip
    return Work(*(np.zeros(shape) for shape in shapes))


@njit(cache=True, error_model="numpy", inline="always")
def reduced_level(E_g: float, u: np.ndarray, s: int, k: int) -> float:
    """Return η of electrons (s = N) or holes (s = P) at node k."""
    return u[Y, k] + u[XI_N, k] if s == N else u[XI_P, k] - u[Y, k] - E_g


@njit(cache=True, error_model="numpy", inline="always")
def charge(device: Device, work: Work, k: int) -> float:
    """Return the space charge z_a n_a + p − n + C at node k, in units of q, in m⁻³."""
    n, p, c = work.density
    return device.z_a * device.N_x * c[k] + p[k] - n[k] + device.C


@njit(cache=True, error_model="numpy", inline="always")
def residual(storage: np.ndarray, flux: np.ndarray, i: int, k: int) -> float:
    """Return S + F_right − F_left of equation i at node k."""
    value = storage[i, k]
    if k > 0:
        value -= flux[i, k - 1]
    if k < flux.shape[1]:
        value += flux[i, k]
    return value
