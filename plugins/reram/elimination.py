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

COLUMNS = 12  # of the augmented block, two of them to fill vector registers


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _reduce(block: np.ndarray, scale: np.ndarray) -> None:
    """Turn [A | B], A of 4 columns, into [1 | A⁻¹ B] by Gauss and Jordan with scaled pivots."""
    for i in range(4):
        largest = 0.0
        for j in range(4):
            largest = max(largest, abs(block[i, j]))
        scale[i] = 1.0 / largest if largest > 0.0 else 1.0
    for i in range(4):
        pivot, best = i, abs(block[i, i]) * scale[i]
        for m in range(i + 1, 4):
            if abs(block[m, i]) * scale[m] > best:
                pivot, best = m, abs(block[m, i]) * scale[m]
        if pivot != i:
            for j in range(COLUMNS):
                block[i, j], block[pivot, j] = block[pivot, j], block[i, j]
            scale[pivot] = scale[i]
        inverse = 1.0 / block[i, i]
        for j in range(COLUMNS):
            block[i, j] *= inverse
        for m in range(4):
            if m != i:
                factor = block[m, i]
                for j in range(COLUMNS):
                    block[m, j] -= factor * block[i, j]


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def eliminate(work: Work) -> None:
    """Eliminate from the left contact to the right one, filling Z of every node."""
    storage, flux, dstorage, Z = work.storage, work.flux, work.dstorage, work.Z
    G, H = work.G, work.H
    last = storage.shape[1] - 1
    # Rows of `carried` are [E | r | b], rows of `block` [E + G | E + H | r | b].
    carried, block, scale = np.zeros((4, 6)), np.zeros((4, COLUMNS)), np.zeros(4)
    for k in range(last + 1):
        for i in range(4):
            for j in range(4):
                carried[i, j] += dstorage[k, i, j]
                block[i, j] = carried[i, j]
            carried[i, 4] -= residual(storage, flux, i, k)
        carried[0, 5] -= work.border[k]
        for i in range(4):
            for j in range(6):
                block[i, 4 + j] = carried[i, j]
        if k == last:
            _reduce(block, scale)
            for i in range(4):
                Z[k, i, 0], Z[k, i, 1] = block[i, 8], block[i, 9]
            return
        block[0, 0] += G[k, 0, 0]
        block[0, 4] += H[k, 0, 0]
        for i in range(1, 4):
            block[i, 0] += G[k, i, 0]
            block[i, i] += G[k, i, 1]
            block[i, 4] += H[k, i, 0]
            block[i, 4 + i] += H[k, i, 1]
        _reduce(block, scale)
        for i in range(4):
            by_y, own = G[k, i, 0], (G[k, i, 1] if i > 0 else 0.0)
            for j in range(6):
                Z[k, i, j] = block[i, 4 + j]
                carried[i, j] = by_y * block[0, 4 + j] + own * block[i, 4 + j]
            carried[i, 0] -= H[k, i, 0]
            if i > 0:
                carried[i, i] -= H[k, i, 1]


@njit(cache=True, error_model="numpy")
def substitute(device: Device, state: State, work: Work, voltage: float) -> float:
    """Substitute back, with the scalar beta solved last; fills step and drop, returns δβ."""
    Z, step, drops = work.Z, work.step, work.drop
    last = step.shape[1] - 1
    main, border = np.zeros(4), np.zeros(4)
    y_last, y_last_border = Z[last, 0, 0], Z[last, 0, 1]
    for i in range(4):
        main[i], border[i] = Z[last, i, 0], Z[last, i, 1]
    new_main, new_border = np.zeros(4), np.zeros(4)
    for k in range(last - 1, -1, -1):
        for i in range(4):
            d_main, d_border = Z[k, i, 4], Z[k, i, 5]
            for j in range(4):
                d_main -= Z[k, i, j] * main[j]
                d_border -= Z[k, i, j] * border[j]
            new_main[i], new_border[i] = main[i] + d_main, border[i] + d_border
        main[:], border[:] = new_main, new_border
    span, U_T = device.x[last], device.U_T
    ends = state.u[0, last] + y_last - state.u[0, 0] - main[0]
    target = (U_T * ends + device.phi_R - voltage - device.phi_L) / span
    change = (target - state.beta[0]) / (1.0 - U_T * (y_last_border - border[0]) / span)
    for i in range(4):
        step[i, last] = Z[last, i, 0] + change * Z[last, i, 1]
    for k in range(last - 1, -1, -1):
        for i in range(4):
            drop = Z[k, i, 4] + change * Z[k, i, 5]
            for j in range(4):
                drop -= Z[k, i, j] * step[j, k + 1]
            drops[i, k] = drop
            step[i, k] = step[i, k + 1] + drop
    return change
