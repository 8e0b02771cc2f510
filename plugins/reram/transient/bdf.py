"""The past time levels of BDF: the time derivative and the prediction of the next level."""

from typing import NamedTuple

import numpy as np
from numba import njit

from ..drift_diffusion.device import Device
from ..drift_diffusion.unknowns import (
    DROP_N,
    DROP_P,
    DROP_Y,
    POISSON,
    XI_N,
    XI_P,
    N,
    P,
    State,
    V,
    Work,
    Y,
)

LEVELS = 4  # kept: a step of third order follows three, its error estimate one more


class Past(NamedTuple):
    """The last time levels, the newest first.

    Args:
        u: `State.u`, shape [level, 4, node].
        w: `State.w`, shape [level, 3, edge + 2].
        density: n, p in m⁻³ and c, shape [level, 3, node].
        field: Displacement over the edges, shape [level, edge].
        current: Terminal current, in A, shape [level].
        time: Instants, in s, shape [level].
    """

    u: np.ndarray
    w: np.ndarray
    density: np.ndarray
    field: np.ndarray
    current: np.ndarray
    time: np.ndarray


@njit(cache=True, error_model="numpy")
def allocate_past(nodes: int) -> Past:
    """Allocate the time levels for a mesh of that many nodes."""
    return Past(
        np.zeros((LEVELS, 4, nodes)), np.zeros((LEVELS, 3, nodes + 1)),
        np.zeros((LEVELS, 3, nodes)), np.zeros((LEVELS, nodes - 1)), np.zeros(LEVELS),
        np.zeros(LEVELS),
    )  # fmt: skip


@njit(cache=True, error_model="numpy")
def remember(past: Past, state: State, work: Work, current: float, t: float) -> None:
    """Make the present state the newest time level."""
    for level in range(LEVELS - 1, 0, -1):
        past.u[level], past.w[level] = past.u[level - 1], past.w[level - 1]
        past.density[level], past.field[level] = past.density[level - 1], past.field[level - 1]
        past.current[level], past.time[level] = past.current[level - 1], past.time[level - 1]
    past.u[0], past.w[0], past.density[0] = state.u, state.w, work.density
    past.field[0], past.current[0], past.time[0] = work.flux[POISSON], current, t


@njit(cache=True, error_model="numpy")
def extrapolation(times: np.ndarray, count: int, t: float) -> np.ndarray:
    """Return the weights of the last `count` levels in the value at t of their polynomial."""
    weights = np.ones(count)
    for i in range(count):
        for j in range(count):
            if j != i:
                weights[i] *= (t - times[j]) / (times[i] - times[j])
    return weights


@njit(cache=True, error_model="numpy")
def derivative(times: np.ndarray, order: int, t: float) -> tuple[float, np.ndarray]:
    """Return a0 and a of the BDF derivative u' = a0 u − Σ a_i u_{−1−i} of an order at t."""
    weights = extrapolation(times, order, t)
    a0 = 0.0
    for i in range(order):
        a0 += 1.0 / (t - times[i])
        weights[i] /= t - times[i]
    return a0, weights


@njit(cache=True, error_model="numpy")
def combine(past: np.ndarray, weights: np.ndarray, out: np.ndarray) -> None:
    """Fill `out` with the weighted sum of the last levels."""
    out[...] = weights[0] * past[0]
    for i in range(1, weights.size):
        out += weights[i] * past[i]


@njit(cache=True, error_model="numpy")
def history_of(
    density: np.ndarray, a: np.ndarray, h: float, cell: np.ndarray, negligible: float,
    out: np.ndarray,
) -> None:  # fmt: skip
    """Return the known part of the time derivative.

    It is kept positive where carriers leave and are negligible.
    """
    combine(density, a, out)
    for s in (N, P):
        for k in range(cell.size):
            old = density[0, s, k]
            floor = 0.05 * old / h
            if out[s, k] < floor and cell[k] * old / h < negligible:
                out[s, k] = floor


@njit(cache=True, error_model="numpy")
def _predict_contacts(state: State, u: np.ndarray, w: np.ndarray) -> None:
    """Move η − η_equilibrium of the contacts with the nodes.

    If it were extrapolated on its own, its rounding errors would grow like a polynomial.
    """
    edges = u.shape[1] - 1
    for side in range(2):
        k = side * edges
        column = edges + side
        dy = state.u[Y, k] - u[Y, k]
        state.w[DROP_N, column] = w[DROP_N, column] + dy + (state.u[XI_N, k] - u[XI_N, k])
        state.w[DROP_P, column] = w[DROP_P, column] - dy + (state.u[XI_P, k] - u[XI_P, k])


@njit(cache=True, error_model="numpy")
def predict(device: Device, past: Past, known: int, t: float, rise: float, state: State) -> None:
    """Predict the start of Newton's iteration by extrapolation, with limited vacancies.

    Args:
        device: The device.
        past: The last time levels.
        known: Number of them in this segment of the waveform.
        t: Instant to predict, in s.
        rise: Change of the voltage since the last level, in V.
        state: The state, which is overwritten.
    """
    # By three levels: a fourth amplifies rounding, and Newton then fails on 1 % of Table 1's box.
    weights = extrapolation(past.time, min(known, 3), t)
    combine(past.u, weights, state.u)
    combine(past.w, weights, state.w)
    edges = device.h.size
    for k in range(edges + 1):
        old = past.u[0, V, k]
        state.u[V, k] = min(state.u[V, k], max(old, 0.5) + 0.5)
        if old > 0.0 and state.u[V, k] < 0.3 * old:
            state.u[V, k] = 0.3 * old
    if known == 1:  # after a kink nothing is known of the slope but the voltage's
        reduced_span = device.x[-1] * device.U_T
        for k in range(edges + 1):
            state.u[Y, k] += rise * device.x[k] / reduced_span
        for k in range(edges):
            state.w[DROP_Y, k] += rise * device.h[k] / reduced_span
    _predict_contacts(state, past.u[0], past.w[0])
