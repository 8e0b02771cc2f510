"""The time loop: BDF with variable step and order along a piecewise-linear voltage."""

from typing import NamedTuple

import numpy as np
from numba import njit

from ..constants import q
from ..drift_diffusion.damping import mean_and_undershoot
from ..drift_diffusion.device import Device
from ..drift_diffusion.unknowns import DENSITY, LEFT, RIGHT, C, N, P, State, Work
from .attempt import Run, Step, attempt, planned
from .bdf import (
    LEVELS,
    allocate_past,
    remember,
)
from .record import REJECTED, SNAPSHOTS, SOLVES, STEPS, Record, keep_fields, write_step
from .step_control import choose, growth, next_step

FLOOR = 1e-18  # A: currents below this are not resolved
NOISE = 1e-15  # of the contacts' emission current: what currents round to
LONGEST = 1 / 15  # of a segment: what step control may not overlook
SHORTEST = 1e-5  # of a segment: what happens faster is not resolved, far below the output grid


class Pace(NamedTuple):
    """The progress of the time loop and its next step.

    Args:
        t: Time reached, in s.
        h: Next step to try, in s; 0 at the start.
        beta: Lowering of the contacts' barriers, `State.beta`.
        euler: Whether steps have first order until no density is negative.
        peak: Largest |I| so far, in A.
    """

    t: float
    h: float
    beta: float
    euler: bool
    peak: float


@njit(cache=True, error_model="numpy")
def _below_zero(device: Device, c: np.ndarray) -> bool:
    """Return whether negative vacancy densities exceed a hundredth of the tolerance."""
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
    """Integrate along the waveform from equilibrium and fill `record`.

    Args:
        device: The device.
        state: The equilibrium, which is overwritten.
        work: Work arrays, evaluated at the equilibrium.
        contact: The contacts in equilibrium, see `assemble`, shape [2, 2, 3].
        times: Kinks of the waveform, in s.
        volts: Voltage at the kinks, in V.
        snapshots: Times at which the fields are recorded, increasing, in s.
        tolerance: Local error of a step, relative to the vacancy content and the peak current.
        highest: Highest order of a step, 2 or 3.
        solves: Number of linear solves allowed, including those counted in `record`.
        record: The record, which is filled.

    Returns:
        The time reached. It is less than the end of the waveform if a step did not converge, or if
        the allowed solves or the rows of the record are used up.
    """
    nodes = device.x.size
    # Step control must not chase rounding.
    noise = NOISE * q * device.area * _emission(device, contact) / tolerance
    run = Run(
        device, state, work, allocate_past(nodes), contact, np.zeros((3, nodes)),
        np.zeros(nodes - 1), record, snapshots, tolerance, noise, highest, solves,
    )  # fmt: skip
    pace = Pace(0.0, 0.0, state.beta[0], False, FLOOR)
    remember(run.past, state, work, 0.0, pace.t)
    write_step(record, device, work, pace.t, 0, 0.0, 0.0)
    keep_fields(record, state, snapshots, pace.t)
    for segment in range(times.size - 1):
        pace = _follow(run, segment, times, volts, pace)
        if pace.t < times[segment + 1]:
            break
    return pace.t


@njit(cache=True, error_model="numpy")
def _follow(run: Run, segment: int, times: np.ndarray, volts: np.ndarray, pace: Pace) -> Pace:
    """Integrate one segment of the waveform; stop if a step fails or the budget is spent."""
    t, h, beta, euler, peak = pace
    counts, tolerance = run.record.counts, run.tolerance
    start, end = times[segment], times[segment + 1]
    length = end - start
    slope = (volts[segment + 1] - volts[segment]) / length
    h = max(min(0.02 * h, 1e-2 * length), 1e-6 * length) if h > 0.0 else 1e-3 * length
    known, best = 1, 2
    while t < end:
        h, new_t = _next_instant(run, t, min(h, LONGEST * length), end)
        order = 1 if euler else min(known, best)
        run.state.beta[0] = beta
        voltage, rise = volts[segment] + slope * (new_t - start), slope * (new_t - t)
        step = attempt(run, planned(new_t, voltage, rise, order, known), peak)
        error = step.third if order == 3 else step.second
        if not step.solved or (error > 1.5 * tolerance and h > SHORTEST * length):
            h *= max(0.2, growth(error, tolerance, max(order, 2))) if step.solved else 0.25
            counts[REJECTED] += 1
            euler, best = euler or not step.solved, 2
            if h < 1e-9 * length or counts[SOLVES] > run.solves:
                break
            continue
        if counts[STEPS] + 1 >= run.record.time.size or counts[SOLVES] > run.solves:
            break
        t, beta, peak = new_t, run.state.beta[0], max(peak, abs(step.current))
        # Higher orders may ask for densities below zero, where Newton's method gets stuck.
        euler = euler and _below_zero(run.device, run.work.density[C])
        _accept(run, step, segment)
        third = step.third if run.highest > 2 else np.inf
        factor, best = choose(step.second, third, tolerance)
        h = max(h * factor, SHORTEST * length)
        known = min(known + 1, LEVELS + 1)
    return Pace(t, h, beta, euler, peak)


@njit(cache=True, error_model="numpy")
def _next_instant(run: Run, t: float, h: float, end: float) -> tuple[float, float]:
    """Return the step to try and its end, which does not pass the next snapshot or `end`."""
    taken = run.record.counts[SNAPSHOTS]
    target = min(end, float(run.snapshots[taken])) if taken < run.snapshots.size else end
    h = next_step(t, h, target)
    return h, (target if h == target - t else t + h)


@njit(cache=True, error_model="numpy")
def _accept(run: Run, step: Step, segment: int) -> None:
    run.record.counts[STEPS] += 1
    write_step(run.record, run.device, run.work, step.t, segment, step.current, step.deviation)
    keep_fields(run.record, run.state, run.snapshots, step.t)
    remember(run.past, run.state, run.work, step.current, step.t)


@njit(cache=True, error_model="numpy")
def _emission(device: Device, contact: np.ndarray) -> float:
    """Return the larger emission of the two contacts in equilibrium, in 1/(m² s)."""
    n, p = contact[:, N, DENSITY], contact[:, P, DENSITY]
    return max(device.v_n * max(n[LEFT], n[RIGHT]), device.v_p * max(p[LEFT], p[RIGHT]))
