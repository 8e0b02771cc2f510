"""A cancellation-free elimination of the linearised system.

Eliminating from the left keeps E, the part of the pivot block that is not G, by
E_{k+1} = S′ + G (E + G)⁻¹ (E + H) − H, so a huge conductance G never swallows a small E. This
is the block form of the elimination of Grassmann, Taksar & Heyman (1985),
doi:10.1287/opre.33.5.1107. The drops of ξ over the edges come out to relative accuracy.
"""

import numpy as np
from numba import njit

from .device import Device
from .unknowns import (
    BORDER,
    BY_Y,
    ELECTRONS,
    HOLES,
    OWN,
    POISSON,
    RESIDUAL,
    VACANCIES,
    XI_N,
    XI_P,
    State,
    V,
    Work,
    Y,
    residual,
)

COLUMNS = 12  # of the augmented block, two of them to fill vector registers
DOMINANCE = 10.0  # a pivot is good if no other is larger by this factor, relative to its row


@njit(cache=True, error_model="numpy", inline="always")
def _row(block: np.ndarray, i: int) -> tuple:
    """Return a row with the column of y after those of ξ_n, ξ_p and v."""
    return (block[i, XI_N], block[i, XI_P], block[i, V], block[i, Y], block[i, 4], block[i, 5],
            block[i, 6], block[i, 7], block[i, 8], block[i, 9])  # fmt: skip


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _size(a: tuple) -> float:
    return max(max(abs(a[0]), abs(a[1])), max(abs(a[2]), abs(a[3])))


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _times(a: tuple, f: float) -> tuple:
    return (a[0] * f, a[1] * f, a[2] * f, a[3] * f, a[4] * f, a[5] * f, a[6] * f, a[7] * f,
            a[8] * f, a[9] * f)  # fmt: skip


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _minus(a: tuple, f: float, b: tuple) -> tuple:
    return (a[0] - f * b[0], a[1] - f * b[1], a[2] - f * b[2], a[3] - f * b[3], a[4] - f * b[4],
            a[5] - f * b[5], a[6] - f * b[6], a[7] - f * b[7], a[8] - f * b[8],
            a[9] - f * b[9])  # fmt: skip


@njit(cache=True, error_model="numpy", fastmath={"contract"}, inline="always")
def _reduce_in_order(block: np.ndarray) -> bool:
    """Do what `_reduce` does with the diagonal's pivots, Poisson's last, in half the time.

    Returns:
        Whether these pivots are good ones, as nearly always; else nothing has happened.
    """
    a, b = _row(block, ELECTRONS), _row(block, HOLES)
    c, d = _row(block, VACANCIES), _row(block, POISSON)
    of_a, of_b, of_c, of_d = _size(a), _size(b), _size(c), _size(d)
    pivot = DOMINANCE * abs(a[0])
    fine = pivot * of_b >= abs(b[0]) * of_a and pivot * of_c >= abs(c[0]) * of_a
    fine = fine and pivot * of_d >= abs(d[0]) * of_a
    a = _times(a, 1.0 / a[0])
    b, c, d = _minus(b, b[0], a), _minus(c, c[0], a), _minus(d, d[0], a)
    pivot = DOMINANCE * abs(b[1])
    fine = fine and pivot * of_c >= abs(c[1]) * of_b and pivot * of_d >= abs(d[1]) * of_b
    b = _times(b, 1.0 / b[1])
    a, c, d = _minus(a, a[1], b), _minus(c, c[1], b), _minus(d, d[1], b)
    fine = fine and DOMINANCE * abs(c[2]) * of_d >= abs(d[2]) * of_c
    if not fine:
        return False
    c = _times(c, 1.0 / c[2])
    a, b, d = _minus(a, a[2], c), _minus(b, b[2], c), _minus(d, d[2], c)
    d = _times(d, 1.0 / d[3])
    a, b, c = _minus(a, a[3], d), _minus(b, b[3], d), _minus(c, c[3], d)
    for j in range(4, 10):
        block[ELECTRONS, j], block[HOLES, j] = a[j], b[j]
        block[VACANCIES, j], block[POISSON, j] = c[j], d[j]
    return True


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
    # The last node's Z keeps its solution and its border's in columns 0 and 1.
    # Rows of `carried` are [E | r | b], rows of `block` [E + G | E + H | r | b].
    carried, block, scale = np.zeros((4, 6)), np.zeros((4, COLUMNS)), np.zeros(4)
    for k in range(last + 1):
        for i in range(4):
            for j in range(4):
                carried[i, j] += dstorage[k, i, j]
                block[i, j] = carried[i, j]
            carried[i, RESIDUAL] -= residual(storage, flux, i, k)
        carried[POISSON, BORDER] -= work.border[k]
        for i in range(4):
            for j in range(6):
                block[i, 4 + j] = carried[i, j]
        if k == last:
            _reduce(block, scale)
            for i in range(4):
                Z[k, i, 0], Z[k, i, 1] = block[i, 4 + RESIDUAL], block[i, 4 + BORDER]
            return
        block[POISSON, Y] += G[k, POISSON, BY_Y]
        block[POISSON, 4 + Y] += H[k, POISSON, BY_Y]
        for i in range(1, 4):
            block[i, Y] += G[k, i, BY_Y]
            block[i, i] += G[k, i, OWN]
            block[i, 4 + Y] += H[k, i, BY_Y]
            block[i, 4 + i] += H[k, i, OWN]
        if not _reduce_in_order(block):
            _reduce(block, scale)
        for i in range(4):
            by_y, own = G[k, i, BY_Y], (G[k, i, OWN] if i > 0 else 0.0)
            for j in range(6):
                Z[k, i, j] = block[i, 4 + j]
                carried[i, j] = by_y * block[Y, 4 + j] + own * block[i, 4 + j]
            carried[i, Y] -= H[k, i, BY_Y]
            if i > 0:
                carried[i, i] -= H[k, i, OWN]


@njit(cache=True, error_model="numpy")
def substitute(device: Device, state: State, work: Work, voltage: float) -> float:
    """Substitute back, with the scalar beta solved last; fills step and drop, returns δβ."""
    Z, step, drops = work.Z, work.step, work.drop
    last = step.shape[1] - 1
    main, border = np.zeros(4), np.zeros(4)
    y_last, y_last_border = Z[last, Y, 0], Z[last, Y, 1]
    for i in range(4):
        main[i], border[i] = Z[last, i, 0], Z[last, i, 1]
    new_main, new_border = np.zeros(4), np.zeros(4)
    for k in range(last - 1, -1, -1):
        for i in range(4):
            d_main, d_border = Z[k, i, RESIDUAL], Z[k, i, BORDER]
            for j in range(4):
                d_main -= Z[k, i, j] * main[j]
                d_border -= Z[k, i, j] * border[j]
            new_main[i], new_border[i] = main[i] + d_main, border[i] + d_border
        main[:], border[:] = new_main, new_border
    span, U_T = device.x[last], device.U_T
    ends = state.u[Y, last] + y_last - state.u[Y, 0] - main[Y]
    target = (U_T * ends + device.phi_R - voltage - device.phi_L) / span
    change = (target - state.beta[0]) / (1.0 - U_T * (y_last_border - border[Y]) / span)
    for i in range(4):
        step[i, last] = Z[last, i, 0] + change * Z[last, i, 1]
    for k in range(last - 1, -1, -1):
        for i in range(4):
            drop = Z[k, i, RESIDUAL] + change * Z[k, i, BORDER]
            for j in range(4):
                drop -= Z[k, i, j] * step[j, k + 1]
            drops[i, k] = drop
            step[i, k] = step[i, k + 1] + drop
    return change
