"""The time loops of many devices, eight at a time: a lane that is done takes the next device."""

import math

import numpy as np
from numba import njit

from ..constants import q
from ..drift_diffusion.device import Device
from ..drift_diffusion.newton import ROUNDING, STALLED_BALANCE, STALLED_DRIFT, STALLED_STEP
from ..drift_diffusion.poisson_boltzmann import solve_equilibrium
from ..drift_diffusion.unknowns import POISSON, State, Work
from ..transient.integrate import FLOOR, NOISE, _emission
from .assembly import AREA, assemble, evaluate
from .decisions import judge, plan
from .device import Lanes
from .elimination import eliminate, substitute
from .levels import measure, predict, recall, redistribution, remember
from .newton import apply_step, imbalance, undershoot
from .pace import (
    RUNNING,
    STUCK,
    Ends,
    Limits,
    Pace,
    Tasks,
)  # fmt: skip
from .vector import WIDTH, compiled

NOWHERE, FAILED = -1.0, -2.0  # `Pace.slot` where no level is written


@njit(cache=True, error_model="numpy", nogil=True)
def follow(
    a: Lanes,
    pace: Pace,
    tasks: Tasks,
    limits: Limits,
    state: State,
    work: Work,
    contact: np.ndarray,
) -> None:
    """Solve all devices, filling what `tasks` records of them.

    Args:
        a: Eight devices; overwritten.
        pace: Their time loops; overwritten.
        tasks: The devices.
        limits: What the time loops keep to.
        state: Scratch for one device.
        work: Likewise.
        contact: Likewise.
    """
    waiting = 0
    for lane in range(WIDTH):
        waiting = _take(a, pace, tasks, limits, lane, waiting, state, work, contact)
    while _left(pace):
        if _starts(pace):
            recall(a, pace.fresh, pace.history, pace.newest, pace.length, pace.negligible)
            predict(a, pace.fresh, pace.ahead, pace.newest, pace.rise)
            undershoot(a, pace.fresh, pace.newest, pace.wider, pace.mean, pace.below)
        evaluate(a)
        assemble(a, pace.voltage, pace.a0)
        if _near(pace, limits.ends):
            imbalance(a, pace.allowed, pace.a0, pace.rest, pace.drift)
        ended, solved = _ended(pace, limits.ends)
        if solved:
            measure(a, pace.a0, pace.history, pace.current, pace.deviation)
            redistribution(a, pace.second, pace.third, pace.moved_2, pace.moved_3, pace.lowest)
        if ended:
            _judge_all(a, pace, tasks, limits)
            remember(a, pace.slot)
            for lane in range(WIDTH):
                if pace.task[lane] < 0:
                    waiting = _take(a, pace, tasks, limits, lane, waiting, state, work, contact)
                elif pace.moving[lane] == 0.0:
                    plan(a, pace, tasks, limits, lane)
        if _moves(pace, tasks):
            eliminate(a)
            substitute(a, pace.voltage, pace.change)
            relevant = limits.ends.relevant
            apply_step(a, pace.change, pace.mean, pace.below, pace.moving, relevant, pace.norm)


@njit(cache=True, error_model="numpy")
def _take(
    a: Lanes,
    pace: Pace,
    tasks: Tasks,
    limits: Limits,
    lane: int,
    waiting: int,
    state: State,
    work: Work,
    contact: np.ndarray,
) -> int:
    """Put the next waiting device that has an equilibrium into a lane; return who waits then."""
    while waiting < tasks.status.size:
        task = waiting
        waiting += 1
        x, of = tasks.x[task], tasks.constants[task]
        h = x[1:] - x[:-1]
        cell = np.zeros(x.size)
        cell[:-1] += 0.5 * h
        cell[1:] += 0.5 * h
        device = Device(
            of[0], of[1], of[2], of[3], of[4], of[5], of[6], of[7], of[8], of[9], of[10], of[11],
            of[12], of[13], of[14], of[15], of[16], of[17] > 0.5, of[18], x, h, cell,
        )  # fmt: skip
        if not solve_equilibrium(device, state, work, contact):
            tasks.status[task] = STUCK
            continue
        a.constant[:, lane] = of
        a.x[:, lane], a.h[:, lane], a.cell[:, lane] = x, h, cell
        a.contact[:, :, :, lane] = contact
        a.u[:, :, lane], a.w[:, :, lane], a.beta[lane] = state.u, state.w, state.beta[0]
        a.past_u[0, :, :, lane], a.past_w[0, :, :, lane] = state.u, state.w
        a.past_density[0, :, :, lane] = work.density
        a.past_field[0, :, lane] = work.flux[POISSON]
        _start(pace, lane, task, state.beta[0])
        pace.h[lane] = 1e-3 * (tasks.times[task, 1] - tasks.times[task, 0])
        pace.noise[lane] = NOISE * q * of[AREA] * _emission(device, contact) / limits.tolerance
        plan(a, pace, tasks, limits, lane)
        return waiting
    return waiting


@compiled
def _start(pace: Pace, lane: int, task: int, beta: float) -> None:
    pace.task[lane], pace.segment[lane], pace.head[lane], pace.euler[lane] = task, 0, 0, 0
    pace.known[lane], pace.best[lane] = 1, 2
    pace.t[lane], pace.beta[lane], pace.peak[lane] = 0.0, beta, FLOOR
    for slot in range(pace.times.shape[0]):  # distinct times, so that no weight divides by zero
        pace.times[slot, lane], pace.currents[slot, lane] = -float(slot), 0.0


@compiled
def _left(pace: Pace) -> bool:
    """Return whether any lane has a device; all that have one are moving from here."""
    left = False
    for lane in range(WIDTH):
        pace.moving[lane] = 1.0 if pace.task[lane] >= 0 else 0.0
        left = left or pace.task[lane] >= 0
    return left


@compiled
def _starts(pace: Pace) -> bool:
    """Return whether a step begins in any lane."""
    starts = False
    for lane in range(WIDTH):
        starts = starts or pace.fresh[lane] > 0.0
    return starts


@compiled
def _near(pace: Pace, ends: Ends) -> bool:
    """Return whether the iteration of any lane may have converged."""
    near = False
    for lane in range(WIDTH):
        norm = pace.norm[lane]
        near = near or norm < ends.update or (pace.iteration[lane] >= 8 and norm < STALLED_STEP)
    return near


@compiled
def _ended(pace: Pace, ends: Ends) -> tuple[bool, bool]:
    """Stop the lanes whose iteration has ended.

    Returns:
        Whether there is any, and whether any of them converged. A lane's `moving` is 0 then, and
        its `slot` `FAILED` where it did not converge.
    """
    found = solved = False
    for lane in range(WIDTH):
        pace.slot[lane], pace.fresh[lane] = NOWHERE, 0.0
        if pace.task[lane] < 0:
            continue
        norm, count = pace.norm[lane], pace.iteration[lane]
        rest, drift = pace.rest[lane], pace.drift[lane]
        done = False
        if norm < ends.update or (count >= 8 and norm < STALLED_STEP):
            done = rest <= 1.0 and drift <= ends.content
            done = done or max(norm, pace.previous[lane]) < ROUNDING
            stalled = rest <= STALLED_BALANCE and drift <= max(STALLED_DRIFT, ends.content)
            done = done or (count >= 8 and stalled)
        failed = not done and (count >= ends.iterations or math.isnan(norm))
        if done or failed:
            pace.moving[lane] = 0.0
            pace.slot[lane] = FAILED if failed else NOWHERE
            found, solved = True, solved or done
    return found, solved


@compiled
def _judge_all(a: Lanes, pace: Pace, tasks: Tasks, limits: Limits) -> None:
    """Accept or shorten the steps whose iteration has ended; release the devices that are done."""
    for lane in range(WIDTH):
        if pace.task[lane] < 0 or pace.moving[lane] > 0.0:
            continue
        solved = pace.slot[lane] == NOWHERE
        pace.slot[lane] = NOWHERE
        stands = judge(a, pace, tasks, limits, lane, solved)
        if stands != RUNNING:
            tasks.status[pace.task[lane]] = stands
            pace.task[lane] = -1


@compiled
def _moves(pace: Pace, tasks: Tasks) -> bool:
    """Count an iteration in the lanes that are moving; return whether any is."""
    moves = False
    for lane in range(WIDTH):
        if pace.moving[lane] > 0.0:
            moves = True
            pace.previous[lane] = pace.norm[lane]
            pace.iteration[lane] += 1
            tasks.solves[pace.task[lane]] += 1
    return moves
