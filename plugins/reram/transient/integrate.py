"""The time loop: BDF of variable step and order along a piecewise-linear voltage."""

from typing import NamedTuple

import numpy as np
from numba import njit

from ..constants import q
from ..drift_diffusion.damping import mean_and_undershoot
from ..drift_diffusion.device import Device
from ..drift_diffusion.newton import newton
from ..drift_diffusion.unknowns import State, Work
from .bdf import (
    LEVELS,
    Past,
    allocate_past,
    derivative,
    extrapolation,
    history_of,
    predict,
    remember,
)
from .record import REJECTED, SNAPSHOTS, SOLVES, STEPS, Record, keep_fields, write_step
from .step_control import choose, growth, local_error, next_step, redistribution
from .terminal_current import measure

NEGLIGIBLE = 1e-11  # share of the peak current that a cell's storage may be off by
FLOOR = 1e-18  # A: currents below this are not resolved
SPREAD = 5e-7  # of the peak: how far the current of a step may differ between edges
NOISE = 1e-15  # of the contacts' emission current: what currents round to
EULER_UNDERSHOOT = 4.0  # times that of BDF2
LONGEST = 1 / 15  # of a segment: what step control may not overlook
SHORTEST = 1e-5  # of a segment: what happens faster is not resolved, far below the output grid


class Pace(NamedTuple):
    """Where the time loop is and how fast it goes.

    Args:
        t: Time reached, in s.
        h: Step tried next, in s; 0 at the start.
        beta: The lowering of the contacts' barriers, `State.beta`.
        euler: Whether steps are of first order until no density is below zero.
        peak: Largest |I| so far, in A.
    """

    t: float
    h: float
    beta: float
    euler: bool
    peak: float


@njit(cache=True, error_model="numpy")
def _attempt(
    device: Device, state: State, work: Work, past: Past, contact: np.ndarray, scratch: tuple,
    record: Record, known: int, order: int, t: float, drive: tuple, peak: float, noise: float,
) -> tuple[bool, float, float, float, float]:  # fmt: skip
    """Solve the level at t.

    Args:
        device: The device.
        state: Filled with the level.
        work: Work arrays.
        past: The last time levels.
        contact: The contacts in equilibrium, see `assemble`.
        scratch: History [3, node], displacement [edge].
        record: Its counts are kept.
        known: How many levels lie in this segment.
        order: Of the step; 1 keeps densities positive.
        t: Instant, in s.
        drive: Voltage at t, and its rise since the last level, in V.
        peak: Largest current so far, in A.
        noise: Current that step control cannot resolve, in A.

    Returns:
        Whether Newton's method converged to one current on all edges; the current and its
        deviation over the edges, in A; and the estimated errors of orders 2 and 3, the latter
        infinite where too few levels are known.
    """
    history, displacement = scratch
    voltage, rise = drive
    h, scale = t - past.time[0], peak / (q * device.area)
    a0, a = derivative(past.time, order, t)
    history_of(past.density, a, h, device.cell, NEGLIGIBLE * scale, history)
    predict(device, past, known, t, rise, state)
    mean, below = mean_and_undershoot(device, past.density[0, 2])
    below *= EULER_UNDERSHOOT if order == 1 else 1.0  # to begin from what higher orders left
    used = newton(device, state, work, voltage, contact, a0, history, scale, mean, below)
    record.counts[SOLVES] += abs(used)
    if used < 0:
        return False, 0.0, 0.0, 0.0, 0.0
    current, deviation = measure(device, state, work, past, a0, a, displacement)
    size = max(peak, abs(current), noise)
    second, third = 0.0, np.inf
    if known > 1:
        second = local_error(device, work, past, min(2, known - 1), known, t, current, size)
    if known > LEVELS:
        third = local_error(device, work, past, 3, known, t, current, size)
    if order == 1 and known > 1:
        weights = extrapolation(past.time, min(3, known), t)
        second = max(second, redistribution(device.cell, work.density[2], past.u, weights))
    return deviation <= SPREAD * size, current, deviation, second, third


@njit(cache=True, error_model="numpy")
def _below_zero(device: Device, c: np.ndarray) -> bool:
    """Whether vacancies are below zero by more than a hundredth of what is tolerated."""
    return np.min(c) < -0.01 * mean_and_undershoot(device, c)[1]


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
    highest: int,
    solves: int,
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
        highest: Highest order of a step, 2 or 3.
        solves: Linear solves allowed, those already counted in `record` included.
        record: Filled here.

    Returns:
        The time reached; less than the waveform's end if a step did not converge, or if the
        allowed solves or the record are used up.
    """
    nodes = device.x.size
    past = allocate_past(nodes)
    scratch = (np.zeros((3, nodes)), np.zeros(nodes - 1))
    # Step control must not chase rounding.
    noise = NOISE * q * device.area * _emission(device, contact) / tolerance
    pace = Pace(0.0, 0.0, state.beta[0], False, FLOOR)
    remember(past, state, work, 0.0, pace.t)
    write_step(record, device, work, pace.t, 0, 0.0, 0.0)
    keep_fields(record, state, snapshots, pace.t)
    limits = (tolerance, noise, highest, solves)
    for segment in range(times.size - 1):
        pace = _follow(
            device, state, work, past, contact, scratch, record, segment, times, volts, snapshots,
            pace, limits,
        )  # fmt: skip
        if pace.t < times[segment + 1]:
            break
    return pace.t


@njit(cache=True, error_model="numpy")
def _follow(
    device: Device,
    state: State,
    work: Work,
    past: Past,
    contact: np.ndarray,
    scratch: tuple[np.ndarray, np.ndarray],
    record: Record,
    segment: int,
    times: np.ndarray,
    volts: np.ndarray,
    snapshots: np.ndarray,
    pace: Pace,
    limits: tuple[float, float, int, int],
) -> Pace:
    """Follow one straight piece of the waveform; less far if a step fails or the budget is spent.

    `limits` are the tolerance, the noise of the current, the highest order and the linear solves.
    """
    t, h, beta, euler, peak = pace
    tolerance, noise, highest, solves = limits
    start, end = times[segment], times[segment + 1]
    length = end - start
    slope = (volts[segment + 1] - volts[segment]) / length
    h = max(min(0.02 * h, 1e-2 * length), 1e-6 * length) if h > 0.0 else 1e-3 * length
    known, best = 1, 2
    while t < end:
        taken = record.counts[SNAPSHOTS]
        target = min(end, snapshots[taken]) if taken < snapshots.size else end
        h = next_step(t, min(h, LONGEST * length), target)
        new_t = target if h == target - t else t + h
        drive = (volts[segment] + slope * (new_t - start), slope * (new_t - t))
        order = 1 if euler else min(known, best)
        state.beta[0] = beta
        solved, current, deviation, second, third = _attempt(
            device, state, work, past, contact, scratch, record, known, order, new_t, drive,
            peak, noise,
        )  # fmt: skip
        error = third if order == 3 else second
        if not solved or (error > 1.5 * tolerance and h > SHORTEST * length):
            h *= max(0.2, growth(error, tolerance, max(order, 2))) if solved else 0.25
            record.counts[REJECTED] += 1
            euler, best = euler or not solved, 2
            if h < 1e-9 * length or record.counts[SOLVES] > solves:
                break
            continue
        if record.counts[STEPS] + 1 >= record.time.size or record.counts[SOLVES] > solves:
            break
        t, beta = new_t, state.beta[0]
        # Higher orders may ask for densities below zero, where Newton's method gets stuck.
        euler = euler and _below_zero(device, work.density[2])
        record.counts[STEPS] += 1
        write_step(record, device, work, t, segment, current, deviation)
        keep_fields(record, state, snapshots, t)
        remember(past, state, work, current, t)
        peak = max(peak, abs(current))
        factor, best = choose(second, third if highest > 2 else np.inf, tolerance)
        h = max(h * factor, SHORTEST * length)
        known = min(known + 1, LEVELS + 1)
    return Pace(t, h, beta, euler, peak)


@njit(cache=True, error_model="numpy")
def _emission(device: Device, contact: np.ndarray) -> float:
    """Return the larger contact's emission in equilibrium, in 1/(m² s)."""
    electrons = device.v_n * max(contact[0, 0, 0], contact[1, 0, 0])
    return max(electrons, device.v_p * max(contact[0, 1, 0], contact[1, 1, 0]))
