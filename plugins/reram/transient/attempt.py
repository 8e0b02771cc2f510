"""One time step: Newton's method, the current at its end, and the local errors."""

from typing import NamedTuple

import numpy as np
from numba import njit

from ..constants import q
from ..drift_diffusion.damping import mean_and_undershoot
from ..drift_diffusion.device import Device
from ..drift_diffusion.newton import newton
from ..drift_diffusion.unknowns import C, State, Work
from .bdf import LEVELS, Past, derivative, extrapolation, history_of, predict
from .record import SOLVES, Record
from .step_control import local_error, redistribution
from .terminal_current import measure

NEGLIGIBLE = 1e-11  # share of the peak current that a cell's storage may be off by
SPREAD = 5e-7  # of the peak: how far the current of a step may differ between edges
EULER_UNDERSHOOT = 4.0  # times that of BDF2


class Step(NamedTuple):
    """A time step: its request and then its result.

    Args:
        t: End of the step, in s.
        voltage: U at the end, in V.
        rise: Change of U over the step, in V.
        order: Order of BDF; order 1 keeps densities positive.
        known: Number of time levels in this segment of the waveform.
        solved: Whether Newton's method converged to one current on all edges.
        current: I at the end, in A.
        deviation: Largest deviation of an edge's current from I, in A.
        second: Estimated local error of a step of order 2.
        third: Estimated local error of a step of order 3; infinite if too few levels are known.
    """

    t: float
    voltage: float
    rise: float
    order: int
    known: int
    solved: bool
    current: float
    deviation: float
    second: float
    third: float


class Run(NamedTuple):
    """The arrays and limits that all steps along a waveform share.

    Args:
        device: The device.
        state: The present time level.
        work: Work arrays.
        past: The last time levels.
        contact: The contacts in equilibrium, see `assemble`.
        history: Known part of the time derivative, shape [3, node].
        displacement: Total current over the edges, shape [edge].
        record: The record, which is filled step by step.
        snapshots: Times at which the fields are recorded, in s.
        tolerance: Local error of a step.
        noise: Current that step control cannot resolve, in A.
        highest: Highest order of a step.
        solves: Number of linear solves allowed.
    """

    device: Device
    state: State
    work: Work
    past: Past
    contact: np.ndarray
    history: np.ndarray
    displacement: np.ndarray
    record: Record
    snapshots: np.ndarray
    tolerance: float
    noise: float
    highest: int
    solves: int


@njit(cache=True, error_model="numpy")
def planned(t: float, voltage: float, rise: float, order: int, known: int) -> Step:
    """Return a step that has not been taken yet."""
    return Step(t, voltage, rise, order, known, False, 0.0, 0.0, 0.0, 0.0)


@njit(cache=True, error_model="numpy")
def attempt(run: Run, step: Step, peak: float) -> Step:
    """Solve the time level at the end of a step, and return the step with its result.

    Args:
        run: The run, whose state and work arrays are filled with the level.
        step: The requested step.
        peak: Largest |I| so far, in A.
    """
    device, work, past, order, known, t = (
        run.device, run.work, run.past, step.order, step.known, step.t,
    )  # fmt: skip
    h, scale = t - past.time[0], peak / (q * device.area)
    a0, a = derivative(past.time, order, t)
    history_of(past.density, a, h, device.cell, NEGLIGIBLE * scale, run.history)
    predict(device, past, known, t, step.rise, run.state)
    mean, below = mean_and_undershoot(device, past.density[0, C])
    below *= EULER_UNDERSHOOT if order == 1 else 1.0  # to begin from what higher orders left
    used = newton(
        device, run.state, work, step.voltage, run.contact, a0, run.history, scale, mean, below
    )
    run.record.counts[SOLVES] += abs(used)
    if used < 0:
        return step
    current, deviation = measure(device, run.state, work, past, a0, a, run.displacement)
    size = max(peak, abs(current), run.noise)
    second, third = _errors(run, step, current, size)
    return Step(
        t, step.voltage, step.rise, order, known, deviation <= SPREAD * size, current, deviation,
        second, third,
    )  # fmt: skip


@njit(cache=True, error_model="numpy")
def _errors(run: Run, step: Step, current: float, size: float) -> tuple[float, float]:
    """Return the local errors of orders 2 and 3; that of a current is relative to `size`."""
    device, work, past, known, t = run.device, run.work, run.past, step.known, step.t
    second, third = 0.0, np.inf
    if known > 1:
        second = local_error(device, work, past, min(2, known - 1), known, t, current, size)
    if known > LEVELS:
        third = local_error(device, work, past, 3, known, t, current, size)
    if step.order == 1 and known > 1:
        weights = extrapolation(past.time, min(3, known), t)
        second = max(second, redistribution(device.cell, work.density[C], past.u, weights))
    return second, third
