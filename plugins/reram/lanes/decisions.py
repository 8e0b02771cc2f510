"""The decisions that each lane takes for itself: the next step, its error, whether it stands."""

import numpy as np

from ..constants import q
from ..transient.attempt import EULER_UNDERSHOOT, NEGLIGIBLE
from ..transient.bdf import LEVELS
from ..transient.integrate import SHORTEST
from ..transient.step_control import choose, growth, next_step
from .assembly import AREA
from .device import Lanes
from .pace import FINISHED, RUNNING, SPENT, STUCK, Limits, Pace, Tasks
from .vector import compiled


@compiled
def lagrange(pace: Pace, count: int, t: float) -> None:
    """Fill the weights of the newest `count` levels in the polynomial through them, at t."""
    level, weight = pace.level, pace.weight
    weight[:] = 0.0
    for i in range(count):
        weight[i] = 1.0
        for j in range(count):
            if j != i:
                weight[i] *= (t - level[j]) / (level[i] - level[j])


@compiled
def derivative(pace: Pace, order: int, t: float) -> float:
    """Return a0 of BDF's derivative u' = a0 u − Σ a_i u_{−1−i} at t, and fill the weights a."""
    lagrange(pace, order, t)
    a0 = 0.0
    for i in range(order):
        a0 += 1.0 / (t - pace.level[i])
        pace.weight[i] /= t - pace.level[i]
    return a0


@compiled
def _spread(pace: Pace, lane: int, ring: np.ndarray) -> None:
    """Write the levels' weights to their slots."""
    for i in range(LEVELS):
        ring[(pace.head[lane] - i) % LEVELS, lane] = pace.weight[i]


@compiled
def _levels(pace: Pace, lane: int) -> None:
    for i in range(LEVELS):
        pace.level[i] = pace.times[(pace.head[lane] - i) % LEVELS, lane]


@compiled
def plan(a: Lanes, pace: Pace, tasks: Tasks, limits: Limits, lane: int) -> None:
    """Choose a lane's next step, with the weights that it needs; `_follow` of one device."""
    task, segment, known = pace.task[lane], pace.segment[lane], pace.known[lane]
    start, end = tasks.times[task, segment], tasks.times[task, segment + 1]
    length, t = end - start, pace.t[lane]
    slope = (tasks.volts[task, segment + 1] - tasks.volts[task, segment]) / length
    h = next_step(t, min(pace.h[lane], limits.longest * length), float(end))
    new_t = end if h == end - t else t + h
    order = 1 if pace.euler[lane] else min(known, pace.best[lane])
    pace.h[lane], pace.end[lane], pace.order[lane], pace.length[lane] = h, new_t, order, new_t - t
    pace.voltage[lane] = tasks.volts[task, segment] + slope * (new_t - start)
    pace.rise[lane] = slope * (new_t - t) if known == 1 else 0.0
    _levels(pace, lane)
    pace.a0[lane] = derivative(pace, order, new_t)
    _spread(pace, lane, pace.history)
    lagrange(pace, min(known, 3), new_t)
    _spread(pace, lane, pace.ahead)
    lagrange(pace, min(known, 3), new_t)
    _spread(pace, lane, pace.second)
    lagrange(pace, 4 if known > LEVELS else 0, new_t)
    _spread(pace, lane, pace.third)
    for slot in range(LEVELS):
        pace.newest[slot, lane] = 1.0 if slot == pace.head[lane] else 0.0
    scale = pace.peak[lane] / (q * a.constant[AREA, lane])
    pace.allowed[lane], pace.negligible[lane] = limits.ends.balance * scale, NEGLIGIBLE * scale
    pace.wider[lane] = EULER_UNDERSHOOT if order == 1 else 1.0
    pace.iteration[lane], pace.norm[lane], pace.previous[lane] = 0, np.inf, np.inf
    pace.fresh[lane], a.beta[lane] = 1.0, pace.beta[lane]


@compiled
def _error(pace: Pace, lane: int, order: int, moved: float, size: float) -> float:
    """Estimate the local error of a step of some order, see `step_control.local_error`."""
    known, t, current = pace.known[lane], pace.end[lane], pace.current[lane]
    ratio = 1.0 / (derivative(pace, order, t) * (t - pace.level[order]))
    count = min(known - 1, order + 1)
    if count < 2:
        return ratio * moved
    lagrange(pace, count, t)
    expected = 0.0
    for i in range(count):
        expected += pace.weight[i] * pace.currents[(pace.head[lane] - i) % LEVELS, lane]
    share = ratio if count > order else 0.5
    return max(ratio * moved, share * (abs(current - expected) / size))


@compiled
def errors(pace: Pace, lane: int) -> tuple[float, float]:
    """Return a lane's local errors of orders 2 and 3."""
    known = pace.known[lane]
    size = max(pace.peak[lane], abs(pace.current[lane]), pace.noise[lane])
    _levels(pace, lane)
    second, third = 0.0, np.inf
    if known > 1:
        second = _error(pace, lane, min(2, known - 1), pace.moved_2[lane], size)
        if pace.order[lane] == 1:
            second = max(second, pace.moved_2[lane])
    if known > LEVELS:
        third = _error(pace, lane, 3, pace.moved_3[lane], size)
    return second, third


@compiled
def judge(a: Lanes, pace: Pace, tasks: Tasks, limits: Limits, lane: int, solved: bool) -> int:
    """Accept a lane's step or shorten it; return how its device stands.

    Args:
        a: Eight devices.
        pace: The lane's `slot` says where an accepted level is to be written.
        tasks: The devices.
        limits: What the time loop keeps to.
        lane: Which lane.
        solved: Whether Newton's method converged.
    """
    task, segment = pace.task[lane], pace.segment[lane]
    length = tasks.times[task, segment + 1] - tasks.times[task, segment]
    tolerance, h, second, third = limits.tolerance, pace.h[lane], 0.0, np.inf
    if solved:
        size = max(pace.peak[lane], abs(pace.current[lane]), pace.noise[lane])
        solved = pace.deviation[lane] <= limits.ends.spread * size
        second, third = errors(pace, lane)
    error = third if pace.order[lane] == 3 else second
    spent = tasks.solves[task] > limits.solves
    if not solved or (error > 1.5 * tolerance and h > SHORTEST * length):
        factor = max(0.2, growth(error, tolerance, max(pace.order[lane], 2))) if solved else 0.25
        pace.h[lane] = h * factor
        if not solved:
            pace.euler[lane] = 1
        pace.best[lane] = 2
        if pace.h[lane] < 1e-9 * length:
            return STUCK
        return SPENT if spent else RUNNING
    if spent or tasks.steps[task] + 1 >= tasks.t.shape[1]:
        return SPENT
    _accept(a, pace, tasks, lane)
    factor, best = choose(second, third if limits.highest > 2 else np.inf, tolerance)
    pace.h[lane], pace.best[lane] = max(h * factor, SHORTEST * length), best
    pace.known[lane] = min(pace.known[lane] + 1, LEVELS + 1)
    return _next_segment(pace, tasks, lane)


@compiled
def _accept(a: Lanes, pace: Pace, tasks: Tasks, lane: int) -> None:
    task, current = pace.task[lane], pace.current[lane]
    if pace.euler[lane] and pace.lowest[lane] >= -0.01 * pace.below[lane] / pace.wider[lane]:
        pace.euler[lane] = 0
    pace.t[lane], pace.beta[lane] = pace.end[lane], a.beta[lane]
    pace.peak[lane] = max(pace.peak[lane], abs(current))
    head = (pace.head[lane] + 1) % LEVELS
    pace.head[lane], pace.slot[lane] = head, float(head)
    pace.times[head, lane], pace.currents[head, lane] = pace.end[lane], current
    step = tasks.steps[task]
    tasks.t[task, step], tasks.current[task, step] = pace.end[lane], current
    tasks.segment[task, step], tasks.steps[task] = pace.segment[lane], step + 1
    tasks.edge_error[task] = max(tasks.edge_error[task], pace.deviation[lane])
    tasks.drift[task] += pace.drift[lane]


@compiled
def _next_segment(pace: Pace, tasks: Tasks, lane: int) -> int:
    """Go on to the drive's next straight piece where this one is done."""
    task, segment = pace.task[lane], pace.segment[lane]
    if pace.t[lane] < tasks.times[task, segment + 1]:
        return RUNNING
    if segment + 2 >= tasks.kinks[task]:
        return FINISHED
    pace.segment[lane] = segment + 1
    length = tasks.times[task, segment + 2] - tasks.times[task, segment + 1]
    pace.h[lane] = max(min(0.02 * pace.h[lane], 1e-2 * length), 1e-6 * length)
    pace.known[lane], pace.best[lane] = 1, 2
    return RUNNING
