"""The time levels behind a step: BDF2's derivative and the prediction of the next level."""

from typing import NamedTuple

import numpy as np
from numba import njit

from .physics import Device
from .system import State, Work


class Past(NamedTuple):
    """The last three time levels, the newest first.

    Args:
        u: `State.u`, shape [3, 4, node].
        w: `State.w`, shape [3, 3, edge + 2].
        density: n, p in m⁻³ and c, shape [3, 3, node].
        field: Displacement over the edges, shape [3, edge].
        current: Terminal current, in A, shape [3].
        time: Instants, in s, shape [3].
    """

    u: np.ndarray
    w: np.ndarray
    density: np.ndarray
    field: np.ndarray
    current: np.ndarray
    time: np.ndarray


@njit(cache=True, error_model="numpy")
def allocate_past(nodes: int) -> Past:
    """Allocate the levels of a mesh with that many nodes."""
    return Past(
        np.zeros((3, 4, nodes)), np.zeros((3, 3, nodes + 1)), np.zeros((3, 3, nodes)),
        np.zeros((3, nodes - 1)), np.zeros(3), np.zeros(3),
    )  # fmt: skip


@njit(cache=True, error_model="numpy")
def remember(past: Past, state: State, work: Work, current: float, t: float) -> None:
    """Make the present state the newest time level."""
    for level in range(2, 0, -1):
        past.u[level], past.w[level] = past.u[level - 1], past.w[level - 1]
        past.density[level], past.field[level] = past.density[level - 1], past.field[level - 1]
        past.current[level], past.time[level] = past.current[level - 1], past.time[level - 1]
    past.u[0], past.w[0], past.density[0] = state.u, state.w, work.density
    past.field[0], past.current[0], past.time[0] = work.flux[0], current, t


@njit(cache=True, error_model="numpy")
def derivative(h: float, h1: float) -> tuple[float, float, float]:
    """Coefficients a0, a1, a2 of u' = a0 u − a1 u₋₁ + a2 u₋₂; first order if h1 is 0."""
    if h1 == 0.0:
        return 1.0 / h, 1.0 / h, 0.0
    return (2.0 * h + h1) / (h * (h + h1)), (h + h1) / (h * h1), h / (h1 * (h + h1))


@njit(cache=True, error_model="numpy")
def history_of(
    old: np.ndarray, older: np.ndarray, a1: float, a2: float, h: float,
    cell: np.ndarray, negligible: float, out: np.ndarray,
) -> None:  # fmt: skip
    """Known part of the time derivative; kept positive where carriers leave and are negligible."""
    for s in range(3):
        for k in range(cell.size):
            value = a1 * old[s, k] - a2 * older[s, k]
            floor = 0.05 * old[s, k] / h
            if s < 2 and value < floor and cell[k] * old[s, k] / h < negligible:
                value = floor
            out[s, k] = value


@njit(cache=True, error_model="numpy")
def _extrapolate(
    past: np.ndarray, times: np.ndarray, known: int, t: float, out: np.ndarray
) -> None:
    """Extrapolate by the polynomial through the last one, two or three time levels."""
    if known == 1:
        out[:] = past[0]
        return
    a = (t - times[1]) / (times[0] - times[1])
    if known == 2:
        out[:] = a * past[0] + (1.0 - a) * past[1]
        return
    l0 = a * (t - times[2]) / (times[0] - times[2])
    b = (t - times[0]) / (times[1] - times[0])
    l1 = b * (t - times[2]) / (times[1] - times[2])
    l2 = 1.0 - l0 - l1
    out[:] = l0 * past[0] + l1 * past[1] + l2 * past[2]


@njit(cache=True, error_model="numpy")
def _predict_contacts(state: State, u: np.ndarray, w: np.ndarray) -> None:
    """Move η − η_equilibrium of the contacts with the nodes.

    Extrapolated for itself, its rounding against the nodes would grow like a polynomial.
    """
    edges = u.shape[1] - 1
    for side in range(2):
        k = side * edges
        dy = state.u[0, k] - u[0, k]
        state.w[0, edges + side] = w[0, edges + side] + dy + (state.u[1, k] - u[1, k])
        state.w[1, edges + side] = w[1, edges + side] - dy + (state.u[2, k] - u[2, k])


@njit(cache=True, error_model="numpy")
def predict(
    device: Device, past: Past, known: int, t: float, rise: float, state: State, v: np.ndarray
) -> None:
    """Start Newton's iteration: extrapolate, keep the vacancies within reason.

    Args:
        device: The device.
        past: The last time levels.
        known: How many of them lie in this segment of the waveform.
        t: Instant to predict, in s.
        rise: Change of the voltage since the last level, in V.
        state: Filled.
        v: The vacancies' unknown as extrapolated, for the error estimate, shape [node].
    """
    _extrapolate(past.u, past.time, known, t, state.u)
    _extrapolate(past.w, past.time, known, t, state.w)
    v[:] = state.u[3]
    edges = device.h.size
    for k in range(edges + 1):
        old = past.u[0, 3, k]
        state.u[3, k] = min(state.u[3, k], max(old, 0.5) + 0.5)
        if old > 0.0 and state.u[3, k] < 0.3 * old:
            state.u[3, k] = 0.3 * old
    if known == 1:  # after a kink nothing is known of the slope but the voltage's
        reduced_span = device.x[-1] * device.U_T
        for k in range(edges + 1):
            state.u[0, k] += rise * device.x[k] / reduced_span
        for k in range(edges):
            state.w[2, k] += rise * device.h[k] / reduced_span
    _predict_contacts(state, past.u[0], past.w[0])
