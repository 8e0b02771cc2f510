"""The elimination of eight linearised systems, as `drift_diffusion.block_elimination` does one."""

from typing import Any

import numpy as np

from ..drift_diffusion.block_elimination import DOMINANCE, _reduce
from ..drift_diffusion.unknowns import (
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
    V,
    Y,
)  # fmt: skip
from .assembly import PHI_L, PHI_R, U_T
from .device import Lanes
from .vector import WIDTH, Eight, absolute, compiled, inlined, larger, load, store, which_lanes


@inlined
def residual(a: Lanes, i: int, k: int) -> Any:
    """Return S + F_right − F_left of equation i at node k."""
    value = load(a.storage, (i, k))
    if k > 0:
        value = value - load(a.flux, (i, k - 1))
    if k < a.flux.shape[1]:
        value = value + load(a.flux, (i, k))
    return value


@inlined
def _row(block: np.ndarray, i: int) -> Any:
    """Return a row with the column of y after those of ξ_n, ξ_p and v."""
    return (load(block, (i, XI_N)), load(block, (i, XI_P)), load(block, (i, V)),
            load(block, (i, Y)), load(block, (i, 4)), load(block, (i, 5)), load(block, (i, 6)),
            load(block, (i, 7)), load(block, (i, 8)), load(block, (i, 9)))  # fmt: skip


@inlined
def _size(a: tuple) -> Any:
    return larger(larger(absolute(a[0]), absolute(a[1])), larger(absolute(a[2]), absolute(a[3])))


@inlined
def _times(a: tuple, f: Eight) -> Any:
    return (a[0] * f, a[1] * f, a[2] * f, a[3] * f, a[4] * f, a[5] * f, a[6] * f, a[7] * f,
            a[8] * f, a[9] * f)  # fmt: skip


@inlined
def _minus(a: tuple, f: Eight, b: tuple) -> Any:
    return (a[0] - f * b[0], a[1] - f * b[1], a[2] - f * b[2], a[3] - f * b[3], a[4] - f * b[4],
            a[5] - f * b[5], a[6] - f * b[6], a[7] - f * b[7], a[8] - f * b[8],
            a[9] - f * b[9])  # fmt: skip


@compiled
def _reduce_in_order(block: np.ndarray) -> int:
    """Turn [A | B] into [1 | A⁻¹ B] with the diagonal's pivots; return the lanes of poor pivots.

    The columns of A are kept, so that a lane of poor pivots can be reduced for itself.
    """
    a, b = _row(block, ELECTRONS), _row(block, HOLES)
    c, d = _row(block, VACANCIES), _row(block, POISSON)
    of_a, of_b, of_c, of_d = _size(a), _size(b), _size(c), _size(d)
    pivot = DOMINANCE * absolute(a[0])
    fine = (pivot * of_b >= absolute(b[0]) * of_a) & (pivot * of_c >= absolute(c[0]) * of_a)
    fine = fine & (pivot * of_d >= absolute(d[0]) * of_a)
    a = _times(a, 1.0 / a[0])
    b, c, d = _minus(b, b[0], a), _minus(c, c[0], a), _minus(d, d[0], a)
    pivot = DOMINANCE * absolute(b[1])
    fine = fine & (pivot * of_c >= absolute(c[1]) * of_b)
    fine = fine & (pivot * of_d >= absolute(d[1]) * of_b)
    b = _times(b, 1.0 / b[1])
    a, c, d = _minus(a, a[1], b), _minus(c, c[1], b), _minus(d, d[1], b)
    fine = fine & (DOMINANCE * absolute(c[2]) * of_d >= absolute(d[2]) * of_c)
    c = _times(c, 1.0 / c[2])
    a, b, d = _minus(a, a[2], c), _minus(b, b[2], c), _minus(d, d[2], c)
    d = _times(d, 1.0 / d[3])
    a, b, c = _minus(a, a[3], d), _minus(b, b[3], d), _minus(c, c[3], d)
    _keep(block, ELECTRONS, a)
    _keep(block, HOLES, b)
    _keep(block, VACANCIES, c)
    _keep(block, POISSON, d)
    return which_lanes(~fine)


@inlined
def _keep(block: np.ndarray, i: int, a: tuple) -> None:
    store(block, (i + 4, 4), a[4])
    store(block, (i + 4, 5), a[5])
    store(block, (i + 4, 6), a[6])
    store(block, (i + 4, 7), a[7])
    store(block, (i + 4, 8), a[8])
    store(block, (i + 4, 9), a[9])


@compiled
def _alone(block: np.ndarray, poor: int, one: np.ndarray, scale: np.ndarray) -> None:
    """Reduce the lanes of poor pivots with scaled pivots, each for itself."""
    for lane in range(WIDTH):
        if not (poor >> lane) & 1:
            continue
        one[:] = 0.0
        for i in range(4):
            for j in range(10):
                one[i, j] = block[i, j, lane]
        _reduce(one, scale)
        for i in range(4):
            for j in range(4, 10):
                block[i + 4, j, lane] = one[i, j]


@compiled
def eliminate(a: Lanes) -> None:
    """Eliminate from the left contacts to the right ones, filling Z of every node."""
    block, carried, G, H, Z = a.block, a.carried, a.G, a.H, a.Z
    last = a.storage.shape[1] - 1
    one, scale = a.one, a.scale
    carried[:] = 0.0
    for k in range(last + 1):
        for i in range(4):
            for j in range(4):
                value = load(carried, (i, j)) + load(a.dstorage, (k, i, j))
                store(carried, (i, j), value)
                store(block, (i, j), value)
                store(block, (i, 4 + j), value)
            value = load(carried, (i, RESIDUAL)) - residual(a, i, k)
            store(carried, (i, RESIDUAL), value)
            store(block, (i, 4 + RESIDUAL), value)
        value = load(carried, (POISSON, BORDER)) - load(a.border, k)
        store(carried, (POISSON, BORDER), value)
        for i in range(4):
            store(block, (i, 4 + BORDER), load(carried, (i, BORDER)))
        if k == last:
            poor = _reduce_in_order(block)
            if poor:
                _alone(block, poor, one, scale)
            for i in range(4):
                store(Z, (k, i, 0), load(block, (i + 4, 4 + RESIDUAL)))
                store(Z, (k, i, 1), load(block, (i + 4, 4 + BORDER)))
            return
        store(block, (POISSON, Y), load(block, (POISSON, Y)) + load(G, (k, POISSON, BY_Y)))
        for i in range(1, 4):
            store(block, (i, Y), load(block, (i, Y)) + load(G, (k, i, BY_Y)))
            store(block, (i, i), load(block, (i, i)) + load(G, (k, i, OWN)))
            store(block, (i, 4 + Y), load(block, (i, 4 + Y)) + load(H, (k, i, BY_Y)))
            store(block, (i, 4 + i), load(block, (i, 4 + i)) + load(H, (k, i, OWN)))
        poor = _reduce_in_order(block)
        if poor:
            _alone(block, poor, one, scale)
        for i in range(4):
            by_y = load(G, (k, i, BY_Y))
            for j in range(6):
                value = by_y * load(block, (Y + 4, 4 + j))
                if i > 0:
                    value = value + load(G, (k, i, OWN)) * load(block, (i + 4, 4 + j))
                store(Z, (k, i, j), load(block, (i + 4, 4 + j)))
                store(carried, (i, j), value)
            if i > 0:
                store(carried, (i, Y), load(carried, (i, Y)) - load(H, (k, i, BY_Y)))
                store(carried, (i, i), load(carried, (i, i)) - load(H, (k, i, OWN)))


@compiled
def substitute(a: Lanes, voltage: np.ndarray, change: np.ndarray) -> None:
    """Substitute back, with beta solved last; fills step and drop, and `change` with δβ.

    Args:
        a: Eight devices, after `eliminate`.
        voltage: U of the right contacts, in V, shape [lane].
        change: Filled, shape [lane].
    """
    Z, step, drop = a.Z, a.step, a.drop
    last = step.shape[1] - 1
    y, y_border = load(Z, (last, Y, 0)), load(Z, (last, Y, 1))
    m0, m1 = y, load(Z, (last, 1, 0))
    m2, m3 = load(Z, (last, 2, 0)), load(Z, (last, 3, 0))
    b0, b1 = y_border, load(Z, (last, 1, 1))
    b2, b3 = load(Z, (last, 2, 1)), load(Z, (last, 3, 1))
    for k in range(last - 1, -1, -1):
        d0, e0 = _ahead(Z, k, 0, m0, m1, m2, m3, b0, b1, b2, b3)
        d1, e1 = _ahead(Z, k, 1, m0, m1, m2, m3, b0, b1, b2, b3)
        d2, e2 = _ahead(Z, k, 2, m0, m1, m2, m3, b0, b1, b2, b3)
        d3, e3 = _ahead(Z, k, 3, m0, m1, m2, m3, b0, b1, b2, b3)
        m0, m1, m2, m3 = m0 + d0, m1 + d1, m2 + d2, m3 + d3
        b0, b1, b2, b3 = b0 + e0, b1 + e1, b2 + e2, b3 + e3
    span, thermal = load(a.x, last), load(a.constant, U_T)
    ends = load(a.u, (Y, last)) + y - load(a.u, (Y, 0)) - m0
    phi = load(a.constant, PHI_R) - load(voltage, ()) - load(a.constant, PHI_L)
    target = (thermal * ends + phi) / span
    delta = (target - load(a.beta, ())) / (1.0 - thermal * (y_border - b0) / span)
    store(change, (), delta)
    s0 = load(Z, (last, 0, 0)) + delta * load(Z, (last, 0, 1))
    s1 = load(Z, (last, 1, 0)) + delta * load(Z, (last, 1, 1))
    s2 = load(Z, (last, 2, 0)) + delta * load(Z, (last, 2, 1))
    s3 = load(Z, (last, 3, 0)) + delta * load(Z, (last, 3, 1))
    _put(step, last, s0, s1, s2, s3)
    for k in range(last - 1, -1, -1):
        d0, d1 = _back(Z, k, 0, delta, s0, s1, s2, s3), _back(Z, k, 1, delta, s0, s1, s2, s3)
        d2, d3 = _back(Z, k, 2, delta, s0, s1, s2, s3), _back(Z, k, 3, delta, s0, s1, s2, s3)
        _put(drop, k, d0, d1, d2, d3)
        s0, s1, s2, s3 = s0 + d0, s1 + d1, s2 + d2, s3 + d3
        _put(step, k, s0, s1, s2, s3)


@inlined
def _put(array: np.ndarray, k: int, x0: Eight, x1: Eight, x2: Eight, x3: Eight) -> None:
    store(array, (0, k), x0)
    store(array, (1, k), x1)
    store(array, (2, k), x2)
    store(array, (3, k), x3)


@inlined
def _ahead(
    Z: np.ndarray,
    k: int,
    i: int,
    m0: Eight,
    m1: Eight,
    m2: Eight,
    m3: Eight,
    b0: Eight,
    b1: Eight,
    b2: Eight,
    b3: Eight,
) -> Any:
    """Return the drop of unknown i over edge k, without beta's part and that part."""
    z0, z1, z2, z3 = load(Z, (k, i, 0)), load(Z, (k, i, 1)), load(Z, (k, i, 2)), load(Z, (k, i, 3))
    main = load(Z, (k, i, RESIDUAL)) - z0 * m0 - z1 * m1 - z2 * m2 - z3 * m3
    border = load(Z, (k, i, BORDER)) - z0 * b0 - z1 * b1 - z2 * b2 - z3 * b3
    return main, border


@inlined
def _back(
    Z: np.ndarray, k: int, i: int, change: Eight, s0: Eight, s1: Eight, s2: Eight, s3: Eight
) -> Any:
    """Return the drop of unknown i over edge k."""
    value = load(Z, (k, i, RESIDUAL)) + change * load(Z, (k, i, BORDER))
    value = value - load(Z, (k, i, 0)) * s0 - load(Z, (k, i, 1)) * s1
    return value - load(Z, (k, i, 2)) * s2 - load(Z, (k, i, 3)) * s3
