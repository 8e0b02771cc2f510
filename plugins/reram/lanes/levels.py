"""The time levels of eight devices in rings of slots: prediction, history, current, errors.

A weight of a level stands in the slot of that level, and unused slots have the weight 0, so that
one sum over the slots serves devices whose newest levels lie in different ones.
"""

from typing import Any

import numpy as np

from ..constants import q
from ..drift_diffusion.unknowns import (
    DROP_N,
    DROP_P,
    DROP_Y,
    ELECTRONS,
    HOLES,
    POISSON,
    VACANCIES,
    XI_N,
    XI_P,
    C,
    V,
    Y,
)  # fmt: skip
from ..transient.bdf import LEVELS
from .assembly import AREA, EPS, N_X, U_T, Z_A, vacancy
from .device import Lanes
from .vector import (
    Eight,
    absolute,
    compiled,
    inlined,
    larger,
    load,
    select,
    smaller,
    store,
    which_lanes,
)  # fmt: skip


@inlined
def combined(past: np.ndarray, weights: np.ndarray, row: int, k: int) -> Any:
    """Return the weighted sum over the slots of a row at node k."""
    value = load(weights, 0) * load(past, (0, row, k))
    value = value + load(weights, 1) * load(past, (1, row, k))
    value = value + load(weights, 2) * load(past, (2, row, k))
    return value + load(weights, 3) * load(past, (3, row, k))


@compiled
def remember(a: Lanes, slot: np.ndarray) -> None:
    """Write the present states and densities into slots.

    Args:
        a: Eight devices.
        slot: The slot of each lane; −1 where nothing is written; shape [lane].
    """
    chosen = load(slot, ())
    nodes = a.u.shape[1]
    for s in range(LEVELS):
        here = absolute(chosen - float(s)) < 0.5
        if which_lanes(here) == 0:
            continue
        for k in range(nodes):
            for row in range(4):
                _put(a.past_u, s, row, k, here, load(a.u, (row, k)))
            for row in range(3):
                _put(a.past_density, s, row, k, here, load(a.density, (row, k)))
        for k in range(nodes + 1):
            for row in range(3):
                _put(a.past_w, s, row, k, here, load(a.w, (row, k)))
        for k in range(nodes - 1):
            old = load(a.past_field, (s, k))
            store(a.past_field, (s, k), select(here, load(a.flux, (POISSON, k)), old))


@inlined
def _put(past: np.ndarray, s: int, row: int, k: int, here: Eight, value: Eight) -> None:
    store(past, (s, row, k), select(here, value, load(past, (s, row, k))))


@compiled
def recall(
    a: Lanes,
    fresh: np.ndarray,
    history: np.ndarray,
    newest: np.ndarray,
    h: np.ndarray,
    negligible: np.ndarray,
) -> None:
    """Fill the known part of the time derivative of the lanes that are `fresh`, see `bdf`.

    Args:
        a: Eight devices.
        fresh: 1 where a new step begins, else 0, shape [lane].
        history: Weights of BDF's derivative, shape [slot, lane].
        newest: 1 in the newest slot, else 0, shape [slot, lane].
        h: Length of the step, in s, shape [lane].
        negligible: Storage that a cell may be off by, in 1/(m² s), shape [lane].
    """
    begins, per_h, small = load(fresh, ()) > 0.5, 1.0 / load(h, ()), load(negligible, ())
    for k in range(a.cell.shape[0]):
        cell = load(a.cell, k)
        for s in range(3):
            value = combined(a.past_density, history, s, k)
            if s != C:
                rate = combined(a.past_density, newest, s, k) * per_h
                lost = (value < 0.05 * rate) & (cell * rate < small)
                value = select(lost, 0.05 * rate, value)
            store(a.history, (s, k), select(begins, value, load(a.history, (s, k))))


@compiled
def predict(
    a: Lanes, fresh: np.ndarray, weights: np.ndarray, newest: np.ndarray, rise: np.ndarray
) -> None:
    """Extrapolate the states of the lanes that are `fresh`, see `bdf.predict`.

    Args:
        a: Eight devices.
        fresh: 1 where a new step begins, else 0, shape [lane].
        weights: Of the extrapolation, shape [slot, lane].
        newest: 1 in the newest slot, else 0, shape [slot, lane].
        rise: Change of the voltage over the step, in V, where nothing else is known of its slope,
            else 0, shape [lane].
    """
    begins, edges = load(fresh, ()) > 0.5, a.h.shape[0]
    slope = load(rise, ()) / (load(a.x, edges) * load(a.constant, U_T))
    for k in range(edges + 1):
        y = combined(a.past_u, weights, Y, k) + slope * load(a.x, k)
        xi_n, xi_p = combined(a.past_u, weights, XI_N, k), combined(a.past_u, weights, XI_P, k)
        v, old = combined(a.past_u, weights, V, k), combined(a.past_u, newest, V, k)
        v = smaller(v, larger(old, 0.5) + 0.5)
        v = select(old > 0.0, larger(v, 0.3 * old), v)
        if k in (0, edges):
            column = edges if k == 0 else edges + 1
            dy = y - combined(a.past_u, newest, Y, k)
            moved = dy + xi_n - combined(a.past_u, newest, XI_N, k)
            value = combined(a.past_w, newest, DROP_N, column) + moved
            store(a.w, (DROP_N, column), select(begins, value, load(a.w, (DROP_N, column))))
            moved = xi_p - combined(a.past_u, newest, XI_P, k) - dy
            value = combined(a.past_w, newest, DROP_P, column) + moved
            store(a.w, (DROP_P, column), select(begins, value, load(a.w, (DROP_P, column))))
        store(a.u, (Y, k), select(begins, y, load(a.u, (Y, k))))
        store(a.u, (XI_N, k), select(begins, xi_n, load(a.u, (XI_N, k))))
        store(a.u, (XI_P, k), select(begins, xi_p, load(a.u, (XI_P, k))))
        store(a.u, (V, k), select(begins, v, load(a.u, (V, k))))
    for k in range(edges):
        for row in range(3):
            value = combined(a.past_w, weights, row, k)
            if row == DROP_Y:
                value = value + slope * load(a.h, k)
            store(a.w, (row, k), select(begins, value, load(a.w, (row, k))))


@compiled
def measure(
    a: Lanes, a0: np.ndarray, history: np.ndarray, current: np.ndarray, deviation: np.ndarray
) -> None:
    """Fill the terminal currents and how far they differ between edges, see `terminal_current`.

    Args:
        a: Eight devices, solved.
        a0: Leading coefficients of the time derivatives, in 1/s, shape [lane].
        history: Weights of the derivative, shape [slot, lane].
        current: Filled, in A, shape [lane].
        deviation: Filled, in A, shape [lane].
    """
    of, edges, rate = a.constant, a.h.shape[0], load(a0, ())
    ends = (load(a.u, (Y, 0)) - load(a.u, (Y, edges))) * rate
    ends = ends - combined(a.past_u, history, Y, 0) + combined(a.past_u, history, Y, edges)
    span, charge = load(a.x, edges), load(of, Z_A) * load(of, N_X)
    moved = mean = worst = 0.0 * rate
    for k in range(edges):
        moved = moved - load(a.storage, (VACANCIES, k))
        carried = load(a.flux, (HOLES, k)) - load(a.flux, (ELECTRONS, k)) + charge * moved
        mean = mean + load(a.h, k) * carried
        past = load(history, 0) * load(a.past_field, (0, k))
        past = past + load(history, 1) * load(a.past_field, (1, k))
        past = past + load(history, 2) * load(a.past_field, (2, k))
        past = past + load(history, 3) * load(a.past_field, (3, k))
        store(a.displacement, k, rate * load(a.flux, (POISSON, k)) - past + carried)
    total = (mean + load(of, EPS) * load(of, U_T) * ends) / span
    for k in range(edges):
        worst = larger(worst, absolute(load(a.displacement, k) - total))
    area = q * load(of, AREA)
    store(current, (), -(area * total))
    store(deviation, (), area * worst)


@compiled
def redistribution(
    a: Lanes,
    second: np.ndarray,
    third: np.ndarray,
    moved_2: np.ndarray,
    moved_3: np.ndarray,
    lowest: np.ndarray,
) -> None:
    """Fill by how much the vacancies differ from polynomials of the past, see `step_control`.

    Args:
        a: Eight devices, solved.
        second: Weights of the extrapolation that a step of order 2 is judged by, [slot, lane].
        third: Those of order 3.
        moved_2: Filled, relative to the content, shape [lane].
        moved_3: Filled likewise.
        lowest: Filled with the least vacancy fraction, shape [lane].
    """
    total = off_2 = off_3 = 0.0 * load(a.cell, 0)
    least = load(a.density, (C, 0))
    for k in range(a.cell.shape[0]):
        cell, c = load(a.cell, k), load(a.density, (C, k))
        least = smaller(least, c)
        total = total + cell * absolute(c)
        off_2 = off_2 + cell * absolute(c - vacancy(combined(a.past_u, second, V, k))[0])
        off_3 = off_3 + cell * absolute(c - vacancy(combined(a.past_u, third, V, k))[0])
    safe = larger(total, 1e-300)
    store(moved_2, (), off_2 / safe)
    store(moved_3, (), off_3 / safe)
    store(lowest, (), least)
