"""The time loop: variable-step BDF2 along a piecewise-linear voltage."""

from typing import NamedTuple

import numpy as np
from numba import njit

from .newton import newton
from .physics import Device, q
from .statistics import vacancy
from .system import State, Work

GROWTH = 2.0  # below 1 + sqrt(2), the limit of zero stability of variable-step BDF2
NEGLIGIBLE = 1e-11  # share of the peak current that a cell's storage may be off by
FLOOR = 1e-18  # A: currents below this are not resolved
NOISE = 1e-13  # of the contacts' emission current: what step control takes for rounding
SHORTEST = 1e-5  # of a segment: what happens faster is not resolved, far below the output grid


class Record(NamedTuple):
    """What the time loop leaves behind, one row a step.

    Args:
        time: Instants, in s.
        current: Terminal current, in A.
        segment: Index of the waveform's segment that the step belongs to.
        edge_error: Largest deviation of an edge's total current from `current`, in A.
        content: Vacancy content ∫c dx, in m.
        fields: y, ξ_n, ξ_p, v at the requested times, shape [snapshot, 4, node].
        counts: Steps, Newton iterations, rejected steps, snapshots taken.
    """

    time: np.ndarray
    current: np.ndarray
    segment: np.ndarray
    edge_error: np.ndarray
    content: np.ndarray
    fields: np.ndarray
    counts: np.ndarray


def allocate_record(steps: int, snapshots: int, nodes: int) -> Record:
    """Allocate room for that many steps and snapshots."""
    return Record(
        np.zeros(steps), np.zeros(steps), np.zeros(steps, np.int64), np.zeros(steps),
        np.zeros(steps), np.zeros((snapshots, 4, nodes)), np.zeros(4, np.int64),
    )  # fmt: skip


@njit(cache=True, error_model="numpy")
def _derivative(h: float, h1: float) -> tuple[float, float, float]:
    """Coefficients a0, a1, a2 of u' = a0 u − a1 u₋₁ + a2 u₋₂; first order if h1 is 0."""
    if h1 == 0.0:
        return 1.0 / h, 1.0 / h, 0.0
    return (2.0 * h + h1) / (h * (h + h1)), (h + h1) / (h * h1), h / (h1 * (h + h1))


@njit(cache=True, error_model="numpy")
def _predict(past: np.ndarray, times: np.ndarray, known: int, t: float, out: np.ndarray) -> None:
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
def _history(
    work: Work, old: np.ndarray, older: np.ndarray, a1: float, a2: float, h: float,
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
def _current(
    device: Device, work: Work, rate: float, displacement: np.ndarray
) -> tuple[float, float]:
    """Terminal current into the right contact, in A, and the largest deviation of an edge.

    I = −(W D/L) [∫ j dx + ε d(ψ(0) − ψ(L))/dt], which needs no field inside (Ramo, 1939,
    doi:10.1109/JRPROC.1939.228757).
    """
    edges = device.h.size
    span = device.x[edges]
    mean = 0.0
    for k in range(edges):
        mean += device.h[k] * _conduction(device, work, k)
    total = mean / span + device.eps * rate / span
    worst = 0.0
    for k in range(edges):
        worst = max(worst, abs(_conduction(device, work, k) + displacement[k] - total))
    return -q * device.area * total, q * device.area * worst


@njit(cache=True, error_model="numpy")
def _conduction(device: Device, work: Work, k: int) -> float:
    f = work.flux
    return f[2, k] - f[1, k] + device.z_a * device.N_x * f[3, k]


@njit(cache=True, error_model="numpy")
def _redistribution(cell: np.ndarray, c: np.ndarray, predicted: np.ndarray) -> float:
    """Relative L1 distance of the fractions c from those of the predicted unknowns v."""
    total = moved = 0.0
    for k in range(cell.size):
        total += cell[k] * abs(c[k])
        moved += cell[k] * abs(c[k] - vacancy(predicted[k])[0])
    return moved / total if total > 0.0 else 0.0


@njit(cache=True, error_model="numpy")
def integrate(
    device: Device,
    state: State,
    work: Work,
    contact: np.ndarray,
    times: np.ndarray,
    volts: np.ndarray,
    snapshots: np.ndarray,
    tolerance: float,
    longest: float,
    record: Record,
) -> float:
    """Follow the waveform from equilibrium, filling `record`.

    Args:
        device: The device.
        state: The equilibrium; overwritten.
        work: Work arrays, evaluated at the equilibrium.
        contact: The contacts in equilibrium, see `assemble`, shape [2, 2, 3].
        times: Kinks of the waveform, in s.
        volts: Values there, in V.
        snapshots: Times at which fields are wanted, increasing, in s.
        tolerance: Local error of a step, relative to the vacancy content and the peak current.
        longest: Largest step, in s.
        record: Filled here.

    Returns:
        The time reached; less than the waveform's end if a step did not converge, or if the
        record is full.
    """
    nodes = device.x.size
    past = np.zeros((3, 4, nodes))
    past_w = np.zeros((3, 3, nodes + 1))
    past_n = np.zeros((3, 3, nodes))
    past_flux = np.zeros((3, nodes - 1))
    past_i, past_t = np.zeros(3), np.zeros(3)
    history, displacement, guess = np.zeros((3, nodes)), np.zeros(nodes - 1), np.zeros((4, nodes))
    past[0], past_w[0], past_n[0] = state.u, state.w, work.density
    past_flux[0] = work.flux[0]
    emission = max(
        device.v_n * max(contact[0, 0, 0], contact[1, 0, 0]),
        device.v_p * max(contact[0, 1, 0], contact[1, 1, 0]),
    )
    t, count, taken = 0.0, 0, 0
    peak, noise = FLOOR, NOISE * q * device.area * emission
    beta = state.beta[0]
    record.content[0] = np.sum(device.cell * work.density[2])
    while taken < snapshots.size and snapshots[taken] <= 0.0:
        record.fields[taken] = state.u
        taken += 1
    h = 0.0
    for segment in range(times.size - 1):
        start, end = times[segment], times[segment + 1]
        slope = (volts[segment + 1] - volts[segment]) / (end - start)
        h = min(1e-3 * (end - start), longest) if h == 0.0 else 0.02 * h
        h = max(min(h, 1e-2 * (end - start)), 1e-6 * (end - start))
        known = 1
        while t < end:
            target = end
            if taken < snapshots.size and snapshots[taken] < end:
                target = snapshots[taken]
            h = min(h, longest)
            if t + 1.01 * h >= target:
                h = target - t
            elif t + 2.0 * h > target:
                h = 0.5 * (target - t)
            new_t = target if h == target - t else t + h
            h1 = past_t[0] - past_t[1] if known > 1 else 0.0
            a0, a1, a2 = _derivative(h, h1)
            voltage = volts[segment] + slope * (new_t - start)
            scale = peak / (q * device.area)
            _history(
                work, past_n[0], past_n[1], a1, a2, h, device.cell, NEGLIGIBLE * scale, history
            )
            _predict(past, past_t, known, new_t, guess)
            state.u[:] = guess
            _predict(past_w, past_t, known, new_t, state.w)
            for k in range(nodes):
                state.u[3, k] = min(state.u[3, k], max(past[0, 3, k], 0.5) + 0.5)
                if past[0, 3, k] > 0.0 and state.u[3, k] < 0.3 * past[0, 3, k]:
                    state.u[3, k] = 0.3 * past[0, 3, k]
            if known == 1:
                for k in range(nodes):
                    state.u[0, k] += slope * h * device.x[k] / (device.x[-1] * device.U_T)
                    state.w[2, k] += (
                        slope * h * device.h[min(k, nodes - 2)] / (device.x[-1] * device.U_T)
                    )
            _predict_contacts(state, past[0], past_w[0])
            state.beta[0] = beta
            used = newton(device, state, work, voltage, contact, a0, history, scale)
            if used < 0:
                h *= 0.25
                record.counts[2] += 1
                if h < 1e-9 * (end - start) or record.counts[2] > 20 * (record.counts[0] + 200):
                    record.counts[3] = taken
                    return t
                continue
            for k in range(nodes - 1):
                displacement[k] = a0 * work.flux[0, k] - a1 * past_flux[0, k] + a2 * past_flux[1, k]
            ends = (state.u[0, 0] - state.u[0, -1]) * a0
            ends -= (past[0, 0, 0] - past[0, 0, -1]) * a1 - (past[1, 0, 0] - past[1, 0, -1]) * a2
            current, deviation = _current(device, work, device.U_T * ends, displacement)
            record.counts[1] += used
            error = h2 = 0.0
            if known > 1:
                if known > 2:
                    h2 = past_t[1] - past_t[2]
                    ratio = h * (h + h1) / ((2.0 * h + h1) * (h + h1 + h2))
                else:
                    ratio = 0.5 * h / (h + h1)
                error = ratio * _redistribution(device.cell, work.density[2], guess[3]) / tolerance
                if known > 2 or count == 0:
                    expected = past_i[0] + (past_i[0] - past_i[1]) * h / h1
                    if known > 3:
                        second = (past_i[0] - past_i[1]) / h1 - (past_i[1] - past_i[2]) / h2
                        expected += second / (h1 + h2) * h * (h + h1)
                        ratio_i = ratio
                    else:
                        ratio_i = 0.5
                    gap = abs(current - expected) / max(peak, abs(current), noise)
                    error = max(error, ratio_i * gap / tolerance)
                if error > 1.5 and h > SHORTEST * (end - start):
                    h *= max(0.2, 0.85 * error ** (-1.0 / 3.0))
                    record.counts[2] += 1
                    continue
            count += 1
            if count >= record.time.size:
                record.counts[3] = taken
                return t
            record.time[count], record.current[count] = new_t, current
            record.segment[count], record.edge_error[count] = segment, deviation
            record.content[count] = np.sum(device.cell * work.density[2])
            record.counts[0] = count
            peak = max(peak, abs(current))
            for level in range(2, 0, -1):
                past[level], past_w[level] = past[level - 1], past_w[level - 1]
                past_n[level], past_flux[level] = past_n[level - 1], past_flux[level - 1]
                past_i[level], past_t[level] = past_i[level - 1], past_t[level - 1]
            past[0], past_w[0], past_n[0] = state.u, state.w, work.density
            past_flux[0], past_i[0], past_t[0] = work.flux[0], current, new_t
            beta = state.beta[0]
            t = new_t
            known = min(known + 1, 4)
            if taken < snapshots.size and t >= snapshots[taken]:
                record.fields[taken] = state.u
                taken += 1
            factor = GROWTH if error == 0.0 else min(GROWTH, 0.85 * error ** (-1.0 / 3.0))
            h = max(h * max(factor, 0.3), SHORTEST * (end - start))
    record.counts[3] = taken
    return t
