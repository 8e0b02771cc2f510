"""Newton's method for eight devices, as `drift_diffusion.newton` and `damping` have it for one."""

from typing import Any

import numpy as np

from ..drift_diffusion.damping import (
    LARGEST_STEP,
    SMALLEST_FACTOR,
    UNDERSHOOT,
    UNDERSHOOT_OF_DONORS,
)  # fmt: skip
from ..drift_diffusion.newton import EPSILON
from ..drift_diffusion.unknowns import (
    DROP_N,
    DROP_P,
    DROP_Y,
    ELECTRONS,
    HOLES,
    LEVEL_ROUNDING,
    VACANCIES,
    XI_N,
    XI_P,
    C,
    N,
    P,
    V,
    Y,
)  # fmt: skip
from .assembly import D_X, DONORS, N_X, Z_A
from .device import Lanes
from .elimination import residual
from .functions import logarithm
from .levels import combined
from .vector import Eight, absolute, compiled, inlined, larger, load, select, smaller, store


@compiled
def imbalance(
    a: Lanes, allowed: np.ndarray, a0: np.ndarray, rest: np.ndarray, drift: np.ndarray
) -> None:
    """Fill the current imbalance and the drift of the content, see `newton.imbalance`.

    Args:
        a: Eight devices, after `assemble`.
        allowed: Imbalance allowed, in 1/(m² s), shape [lane].
        a0: Leading coefficients of the time derivatives, in 1/s, shape [lane].
        rest: Filled: the largest imbalance as a multiple of `allowed`, shape [lane].
        drift: Filled: the relative change of the vacancy content in this step, shape [lane].
    """
    z, allow = load(a.constant, Z_A), load(allowed, ())
    scale, rate = z * load(a.constant, N_X), load(a.constant, D_X)
    electronic = vacancies = rounding = worst = total = content = 0.0 * z
    last = a.storage.shape[1] - 1
    for k in range(last + 1):
        electronic = electronic + residual(a, HOLES, k) - residual(a, ELECTRONS, k)
        vacancies = vacancies + scale * residual(a, VACANCIES, k)
        c = absolute(load(a.density, (C, k)))
        if k < last:
            opposing = rate / load(a.h, k) * (1.0 + absolute(z * load(a.w, (DROP_Y, k))))
            opposing = opposing * (c + absolute(load(a.density, (C, k + 1))))
            rounding = larger(rounding, EPSILON * scale * opposing)
        worst = larger(worst, absolute(electronic) / allow)
        worst = larger(worst, absolute(vacancies) / (allow + rounding))
        total = total + load(a.storage, (VACANCIES, k))
        content = content + load(a.cell, k) * c
    store(rest, (), worst)
    store(drift, (), absolute(total) / (load(a0, ()) * content))


@compiled
def undershoot(
    a: Lanes,
    fresh: np.ndarray,
    newest: np.ndarray,
    wider: np.ndarray,
    mean: np.ndarray,
    below: np.ndarray,
) -> None:
    """Fill the mean of the vacancy fraction and how far it may pass below zero in a new step.

    Args:
        a: Eight devices.
        fresh: 1 where a new step begins, else 0, shape [lane].
        newest: 1 in the slot of the newest level, else 0, shape [slot, lane].
        wider: Multiple of the usual undershoot that is allowed, shape [lane].
        mean: Filled, shape [lane].
        below: Filled, shape [lane].
    """
    last, begins = a.cell.shape[0] - 1, load(fresh, ()) > 0.5
    total = 0.0 * load(a.cell, 0)
    for k in range(last + 1):
        c = combined(a.past_density, newest, C, k)
        total = total + absolute(c) * load(a.cell, k)
    total = total / load(a.x, last)
    donors = load(a.constant, DONORS)
    share = UNDERSHOOT_OF_DONORS * donors / (load(a.constant, Z_A) * load(a.constant, N_X))
    store(mean, (), select(begins, total, load(mean, ())))
    allowed = UNDERSHOOT * total
    allowed = load(wider, ()) * select(donors > 0.0, smaller(allowed, share), allowed)
    store(below, (), select(begins, allowed, load(below, ())))


@inlined
def _damped(delta: Eight) -> Any:
    """Return D(δ) = log(1 + δ) and D(δ) − δ, see `damping._damped`."""
    near = absolute(delta) < 1e-3
    extra = delta * delta * (delta * (1.0 / 3.0 - 0.25 * delta) - 0.5)
    far = logarithm(1.0 + larger(delta, SMALLEST_FACTOR - 1.0))
    return select(near, delta + extra, far), select(near, extra, far - delta)


@inlined
def _largest(step: np.ndarray, zero: Eight) -> Any:
    """Return the largest step of y, and 0, or NaN where the step is not finite."""
    largest = broken = zero
    for k in range(step.shape[1]):
        y = load(step, (Y, k))
        others = load(step, (XI_N, k)) + load(step, (XI_P, k)) + load(step, (V, k))
        broken = broken + 0.0 * (y + others)
        largest = larger(largest, absolute(y))
    return largest, broken


@inlined
def _size(a: Lanes, k: int, delta_n: Eight, delta_p: Eight, typical: Eight, relevant: float) -> Any:
    """Return how much a step changes the densities at node k; thin carriers do not count."""
    n, p = load(a.density, (N, k)), load(a.density, (P, k))
    size = absolute(delta_n) * n / (n + relevant)
    size = larger(size, absolute(delta_p) * p / (p + relevant))
    change, present = absolute(load(a.step, (V, k))), absolute(load(a.u, (V, k)))
    return larger(size, change / (present + 1e-3 * typical))


@inlined
def _add(array: np.ndarray, row: int, k: int, change: Eight, where: Eight) -> None:
    """Add to array[row, k] in the lanes `where`."""
    old = load(array, (row, k))
    store(array, (row, k), select(where, old + change, old))


@inlined
def _consistent(
    w: np.ndarray, row: int, k: int, xi: Eight, before: Eight, more: Eight, where: Eight
) -> Any:
    """Add to the drop of ξ over edge k in the lanes `where`, and return ξ of its right node.

    Within rounding the node follows the drop; beyond it the node is the truth.
    """
    old = load(w, (row, k))
    drop = old + more
    follows = before + drop
    near = absolute(xi - follows) < LEVEL_ROUNDING
    store(w, (row, k), select(where, select(near, drop, xi - before), old))
    return select(near, follows, xi)


@compiled
def apply_step(
    a: Lanes,
    change: np.ndarray,
    mean: np.ndarray,
    below: np.ndarray,
    moving: np.ndarray,
    relevant: float,
    norm: np.ndarray,
) -> None:
    """Add the damped step to the states that are `moving`, see `damping.apply_step`.

    Args:
        a: Eight devices, after `substitute`.
        change: Step of beta, shape [lane].
        mean: Mean of the vacancy fraction, shape [lane].
        below: How far it may pass below zero, shape [lane].
        moving: 1 where the step is added, else 0, shape [lane].
        relevant: Density below which carriers do not delay convergence, in m⁻³.
        norm: Filled with the step's norm, NaN where it is not finite, shape [lane].
    """
    u, w, step, drop = a.u, a.w, a.step, a.drop
    last = u.shape[1] - 1
    is_moving, typical, lowest = load(moving, ()) > 0.5, load(mean, ()), -load(below, ())
    largest, broken = _largest(step, 0.0 * typical)
    sound, is_moving = broken >= 0.0, is_moving & (broken >= 0.0)
    fraction = smaller(1.0, LARGEST_STEP / larger(largest, 1e-300))
    size = largest
    last_n = last_p = before_n = before_p = before_y = 0.0 * typical
    for k in range(last + 1):
        dy = fraction * load(step, (Y, k))
        delta_n = dy + fraction * load(step, (XI_N, k))
        delta_p = fraction * load(step, (XI_P, k)) - dy
        damped_n, extra_n = _damped(delta_n)
        damped_p, extra_p = _damped(delta_p)
        size = larger(size, _size(a, k, delta_n, delta_p, typical, relevant))
        v, dv = load(u, (V, k)), load(step, (V, k))
        new_v = smaller(larger(v + fraction * dv, larger(lowest, v - 2.0)), larger(v, 0.5) + 2.0)
        store(u, (V, k), select(is_moving, new_v, v))
        old_y, old_n, old_p = load(u, (Y, k)), load(u, (XI_N, k)), load(u, (XI_P, k))
        y, xi_n, xi_p = old_y + dy, old_n + damped_n - dy, old_p + damped_p + dy
        if k > 0:
            more = -(fraction * load(drop, (Y, k - 1)))
            y = before_y + (load(w, (DROP_Y, k - 1)) + more)
            _add(w, DROP_Y, k - 1, more, is_moving)
            more = extra_n - last_n - fraction * load(drop, (XI_N, k - 1))
            xi_n = _consistent(w, DROP_N, k - 1, xi_n, before_n, more, is_moving)
            more = extra_p - last_p - fraction * load(drop, (XI_P, k - 1))
            xi_p = _consistent(w, DROP_P, k - 1, xi_p, before_p, more, is_moving)
        before_y, before_n, before_p = y, xi_n, xi_p
        store(u, (Y, k), select(is_moving, y, old_y))
        store(u, (XI_N, k), select(is_moving, xi_n, old_n))
        store(u, (XI_P, k), select(is_moving, xi_p, old_p))
        last_n, last_p = extra_n, extra_p
        if k in (0, last):
            column = last if k == 0 else last + 1
            _add(w, DROP_N, column, damped_n, is_moving)
            _add(w, DROP_P, column, damped_p, is_moving)
    beta = load(a.beta, ())
    store(a.beta, (), select(is_moving, beta + fraction * load(change, ()), beta))
    store(norm, (), select(load(moving, ()) > 0.5, select(sound, size, broken), load(norm, ())))
