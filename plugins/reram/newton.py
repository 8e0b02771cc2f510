"""One Newton step for the coupled system: assembly and a cancellation-free elimination.

Unknowns at each node: y = ψ/U_T, ξ_n = −φ_n/U_T, ξ_p = φ_p/U_T, v (of n_a/N_x).
Every node reads
S(u) + F_right − F_left = 0 with the flux F linearised as G (x_k − x_{k+1}) + H x_{k+1}.
Eliminating from the left keeps E, the part of the pivot block that is not G, by
E_{k+1} = S′ + G (E + G)⁻¹ (E + H) − H, so a huge conductance G never swallows a small E. This
is the block form of the elimination of Grassmann, Taksar & Heyman (1985),
doi:10.1287/opre.33.5.1107. The drops of ξ over the edges come out to relative accuracy.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from .contacts import lowering
from .flux import carrier_flux, vacancy_flux
from .physics import Device
from .statistics import log_density, vacancy

LEVEL_ROUNDING = 1e-11  # of ξ and η, whose values reach some hundreds
RIGID = 1e25  # 1/V: stiffness of a contact whose barrier does not respond to the field


class State(NamedTuple):
    """The unknowns.

    Args:
        u: y, ξ_n, ξ_p, v at the nodes, shape [4, node].
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


@njit(cache=True, error_model="numpy")
def evaluate(device: Device, state: State, work: Work) -> None:
    """Compute densities at the nodes and fluxes, with derivatives, over the edges."""
    u, w, density, excess = state.u, state.w, work.density, work.excess
    for k in range(device.x.size):
        for s in range(2):
            eta = u[0, k] + u[1, k] if s == 0 else u[2, k] - u[0, k] - device.E_g
            log_f, g = log_density(eta, device.boltzmann)
            density[s, k] = (device.N_c if s == 0 else device.N_v) * math.exp(log_f)
            excess[2 * s, k] = eta - log_f
            excess[2 * s + 1, k] = g
        density[2, k], excess[4, k], excess[5, k], excess[6, k] = vacancy(u[3, k])
    for k in range(device.h.size):
        h = device.h[k]
        dy = w[2, k]
        stiffness = device.eps * device.U_T / h
        work.flux[0, k] = -stiffness * dy
        work.G[k, 0, 0] = stiffness
        for s in range(2):
            diffusion = device.D_n if s == 0 else device.D_p
            start = (density[s, k], excess[2 * s, k], excess[2 * s + 1, k])
            end = (density[s, k + 1], excess[2 * s, k + 1], excess[2 * s + 1, k + 1])
            flux, g_y, g_own, h_y, h_own = carrier_flux(
                diffusion / h, 1.0 - 2.0 * s, dy, w[s, k], start, end
            )
            work.flux[1 + s, k] = flux
            work.G[k, 1 + s, 0], work.G[k, 1 + s, 1] = g_y, g_own
            work.H[k, 1 + s, 0], work.H[k, 1 + s, 1] = h_y, h_own
        left = (density[2, k], excess[4, k], excess[5, k], excess[6, k])
        right = (density[2, k + 1], excess[4, k + 1], excess[5, k + 1], excess[6, k + 1])
        flux, g_y, g_own, h_own = vacancy_flux(device.D_x / h, device.z_a, dy, left, right)
        work.flux[3, k] = flux
        work.G[k, 3, 0], work.G[k, 3, 1] = g_y, g_own
        work.H[k, 3, 1] = h_own


@njit(cache=True, error_model="numpy")
def assemble(
    device: Device,
    state: State,
    work: Work,
    voltage: float,
    equilibrium: np.ndarray,
    a0: float,
    history: np.ndarray,
) -> None:
    """Fill the node terms: charge, storage a0·n − history, emission and barrier lowering.

    Args:
        device: The device.
        state: Where to linearise.
        work: Filled here, after `evaluate`.
        voltage: U of the right contact, in V.
        equilibrium: Density in m⁻³, d log F/dη and η of equilibrium, for each side and for
            electrons and holes, shape [2, 2, 3].
        a0: Leading coefficient of the time derivative, in 1/s.
        history: The derivative's known part for n, p, c, shape [3, node].
    """
    n, p, c = work.density
    last = device.x.size - 1
    for k in range(last + 1):
        cell = device.cell[k]
        dn, dp = n[k] * work.excess[1, k], p[k] * work.excess[3, k]
        charge = device.z_a * device.N_x * c[k] + p[k] - n[k] + device.C
        out_n = out_p = velocity_n = velocity_p = 0.0
        if k in (0, last):
            side = 0 if k == 0 else 1
            velocity_n, velocity_p = device.v_n, device.v_p
            out_n = device.v_n * _surplus(device, state, work, equilibrium, k, side, 0)
            out_p = device.v_p * _surplus(device, state, work, equilibrium, k, side, 1)
        work.storage[0, k] = -cell * charge
        work.storage[1, k] = cell * (a0 * n[k] - history[0, k]) + out_n
        work.storage[2, k] = cell * (a0 * p[k] - history[1, k]) + out_p
        work.storage[3, k] = cell * (a0 * c[k] - history[2, k])
        d = work.dstorage[k]
        d[0, 0], d[0, 1], d[0, 2] = cell * (dn + dp), cell * dn, -cell * dp
        d[0, 3] = -cell * device.z_a * device.N_x * work.excess[4, k]
        d[1, 0] = d[1, 1] = (cell * a0 + velocity_n) * dn
        d[2, 2] = (cell * a0 + velocity_p) * dp
        d[2, 0] = -d[2, 2]
        d[3, 3] = cell * a0 * work.excess[4, k]
        work.border[k] = 0.0
    _contact(device, state, work, 0, 0.0)
    _contact(device, state, work, last, voltage)


@njit(cache=True, error_model="numpy")
def _surplus(
    device: Device, state: State, work: Work, equilibrium: np.ndarray, k: int, side: int, s: int
) -> float:
    """Return n − n_eq of electrons (s = 0) or holes at a contact, exact where they nearly agree."""
    u, column = state.u, device.h.size + side
    density, slope, eta_equilibrium = equilibrium[side, s]
    eta = u[0, k] + u[1, k] if s == 0 else u[2, k] - u[0, k] - device.E_g
    between = eta - eta_equilibrium
    if not abs(state.w[s, column] - between) < LEVEL_ROUNDING:
        state.w[s, column] = between
    deviation = state.w[s, column]
    if abs(deviation) > 1e-3:
        return work.density[s, k] - density
    return density * math.expm1(0.5 * (slope + work.excess[2 * s + 1, k]) * deviation)


@njit(cache=True, error_model="numpy")
def contact_field(device: Device, state: State, work: Work, k: int) -> float:
    """Field that lowers the barrier at node k (first or last), in V/m, after `assemble`.

    It takes in the charge of the half cell, so it is the scheme's own boundary field.
    """
    n, p, c = work.density
    charge = device.z_a * device.N_x * c[k] + p[k] - n[k] + device.C
    if k == 0:
        outer = work.flux[0, 0] - device.cell[0] * charge
        return -outer / device.eps - state.beta[0]
    outer = work.flux[0, k - 1] + device.cell[k] * charge
    return outer / device.eps + state.beta[0]


@njit(cache=True, error_model="numpy")
def _contact(device: Device, state: State, work: Work, k: int, voltage: float) -> None:
    """Turn Poisson's row of a contact into ψ = −φ + Δ(E) + U, scaled like a flux balance."""
    delta, slope = lowering(device.image, contact_field(device, state, work, k))
    phi = device.phi_L if k == 0 else device.phi_R
    misfit = state.u[0, k] - (delta - phi + voltage) / device.U_T
    stiffness = device.eps * device.U_T * (1.0 / slope if slope > 1.0 / RIGID else RIGID)
    # The outer flux of the row is replaced, so what the generic balance adds is taken out.
    balance = work.flux[0, 0] if k == 0 else -work.flux[0, k - 1]
    work.storage[0, k] = stiffness * misfit - balance
    work.dstorage[k, 0, 0] += stiffness
    work.border[k] = device.eps if k == 0 else -device.eps


@njit(cache=True, error_model="numpy")
def _solve_block(matrix: np.ndarray, right: np.ndarray, columns: int) -> None:
    """Solve the 4×4 block in place by elimination with scaled partial pivoting."""
    for i in range(4):
        largest = 0.0
        for j in range(4):
            largest = max(largest, abs(matrix[i, j]))
        scale = 1.0 / largest if largest > 0.0 else 1.0
        for j in range(4):
            matrix[i, j] *= scale
        for j in range(columns):
            right[i, j] *= scale
    for i in range(4):
        pivot = i
        for m in range(i + 1, 4):
            if abs(matrix[m, i]) > abs(matrix[pivot, i]):
                pivot = m
        if pivot != i:
            for j in range(i, 4):
                matrix[i, j], matrix[pivot, j] = matrix[pivot, j], matrix[i, j]
            for j in range(columns):
                right[i, j], right[pivot, j] = right[pivot, j], right[i, j]
        inverse = 1.0 / matrix[i, i]
        for m in range(i + 1, 4):
            factor = matrix[m, i] * inverse
            if factor != 0.0:
                for j in range(i + 1, 4):
                    matrix[m, j] -= factor * matrix[i, j]
                for j in range(columns):
                    right[m, j] -= factor * right[i, j]
    for i in range(3, -1, -1):
        inverse = 1.0 / matrix[i, i]
        for j in range(columns):
            total = right[i, j]
            for m in range(i + 1, 4):
                total -= matrix[i, m] * right[m, j]
            right[i, j] = total * inverse


@njit(cache=True, error_model="numpy")
def eliminate(work: Work) -> None:
    """Eliminate from the left contact to the right one, filling Z of every node."""
    last = work.storage.shape[1] - 1
    E, pivot, carried = np.zeros((4, 4)), np.zeros((4, 4)), np.zeros((4, 2))
    for k in range(last + 1):
        Z = work.Z[k]
        for i in range(4):
            residual = work.storage[i, k]
            if k > 0:
                residual -= work.flux[i, k - 1]
            if k < last:
                residual += work.flux[i, k]
            for j in range(4):
                E[i, j] += work.dstorage[k, i, j]
                pivot[i, j] = E[i, j]
                Z[i, j] = E[i, j]
            Z[i, 4] = carried[i, 0] - residual
            Z[i, 5] = carried[i, 1] - (work.border[k] if i == 0 else 0.0)
        if k == last:
            for i in range(4):
                Z[i, 0], Z[i, 1] = Z[i, 4], Z[i, 5]
            _solve_block(pivot, Z, 2)
            return
        G, H = work.G[k], work.H[k]
        for i in range(4):
            pivot[i, 0] += G[i, 0]
            Z[i, 0] += H[i, 0]
            if i > 0:
                pivot[i, i] += G[i, 1]
                Z[i, i] += H[i, 1]
        _solve_block(pivot, Z, 6)
        for i in range(4):
            own = G[i, 1] if i > 0 else 0.0
            for j in range(4):
                E[i, j] = G[i, 0] * Z[0, j] + own * Z[i, j]
            E[i, 0] -= H[i, 0]
            if i > 0:
                E[i, i] -= H[i, 1]
            carried[i, 0] = G[i, 0] * Z[0, 4] + own * Z[i, 4]
            carried[i, 1] = G[i, 0] * Z[0, 5] + own * Z[i, 5]


@njit(cache=True, error_model="numpy")
def substitute(device: Device, state: State, work: Work, voltage: float) -> float:
    """Substitute back, with the scalar beta solved last; fills step and drop, returns δβ."""
    last = work.storage.shape[1] - 1
    main, border = np.zeros(4), np.zeros(4)
    y_last, y_last_border = work.Z[last, 0, 0], work.Z[last, 0, 1]
    for i in range(4):
        main[i], border[i] = work.Z[last, i, 0], work.Z[last, i, 1]
    new_main, new_border = np.zeros(4), np.zeros(4)
    for k in range(last - 1, -1, -1):
        Z = work.Z[k]
        for i in range(4):
            d_main, d_border = Z[i, 4], Z[i, 5]
            for j in range(4):
                d_main -= Z[i, j] * main[j]
                d_border -= Z[i, j] * border[j]
            new_main[i], new_border[i] = main[i] + d_main, border[i] + d_border
        main[:], border[:] = new_main, new_border
    span, U_T = device.x[last], device.U_T
    ends = state.u[0, last] + y_last - state.u[0, 0] - main[0]
    target = (U_T * ends + device.phi_R - voltage - device.phi_L) / span
    change = (target - state.beta[0]) / (1.0 - U_T * (y_last_border - border[0]) / span)
    for i in range(4):
        work.step[i, last] = work.Z[last, i, 0] + change * work.Z[last, i, 1]
    for k in range(last - 1, -1, -1):
        Z = work.Z[k]
        for i in range(4):
            drop = Z[i, 4] + change * Z[i, 5]
            for j in range(4):
                drop -= Z[i, j] * work.step[j, k + 1]
            work.drop[i, k] = drop
            work.step[i, k] = work.step[i, k + 1] + drop
    return change
