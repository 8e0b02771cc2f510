"""A cancellation-free elimination of the linearised system.

Eliminating from the left keeps E, the part of the pivot block that is not G, by
E_{k+1} = S′ + G (E + G)⁻¹ (E + H) − H, so a huge conductance G never swallows a small E. This
is the block form of the elimination of Grassmann, Taksar & Heyman (1985),
doi:10.1287/opre.33.5.1107. The drops of ξ over the edges come out to relative accuracy.
"""

import numpy as np
from numba import njit

from .physics import Device
from .system import State, Work, residual


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
            for j in range(4):
                E[i, j] += work.dstorage[k, i, j]
                pivot[i, j] = E[i, j]
                Z[i, j] = E[i, j]
            Z[i, 4] = carried[i, 0] - residual(work, i, k)
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
