"""Where the time loop of each lane is, what it keeps to, and the devices that wait for a lane."""

from typing import NamedTuple

import numpy as np

from ..drift_diffusion.damping import RELEVANT
from ..drift_diffusion.newton import (
    BALANCE_TOLERANCE,
    CONTENT_TOLERANCE,
    ITERATIONS,
    UPDATE_TOLERANCE,
)  # fmt: skip
from ..transient.attempt import SPREAD
from ..transient.bdf import LEVELS
from .vector import WIDTH

RUNNING, FINISHED, STUCK, SPENT = range(4)  # `status` of a device


class Ends(NamedTuple):
    """When Newton's iteration of a time level has converged.

    Args:
        update: Last update accepted, 1 is one U_T; quadratic convergence leaves its square.
        balance: Current imbalance accepted, relative to the largest current so far.
        content: Drift of the vacancy content accepted in a step, relative.
        spread: How far the current of a level may differ between edges, relative to the peak.
        iterations: Linear solves allowed for one time level.
        relevant: Density below which carriers do not delay convergence, in m⁻³.
    """

    update: float
    balance: float
    content: float
    spread: float
    iterations: int
    relevant: float


# As the solver of one device has it.
EXACT = Ends(
    UPDATE_TOLERANCE, BALANCE_TOLERANCE, CONTENT_TOLERANCE, SPREAD, ITERATIONS, RELEVANT
)  # fmt: skip


class Limits(NamedTuple):
    """What a time loop keeps to.

    Args:
        ends: When Newton's iteration of a time level has converged.
        tolerance: Local error of a step, relative to the vacancy content and the peak current.
        longest: Longest step, as a share of a straight piece of the drive.
        solves: Linear solves allowed for a device.
        highest: Highest order of a step, 2 or 3.
    """

    ends: Ends
    tolerance: float
    longest: float
    solves: int
    highest: int


class Tasks(NamedTuple):
    """The devices to be solved, and what is recorded of them.

    Args:
        constants: In the order of `CONSTANTS`, shape [device, constant].
        x: Nodes, in m, shape [device, node].
        times: Kinks of the drives, in s, shape [device, kink].
        volts: Values there, in V, shape [device, kink].
        kinks: How many of them a device has, shape [device].
        t: Filled: the instants of the steps, in s, shape [device, step].
        current: Filled: the currents there, in A, shape [device, step].
        segment: Filled: the straight piece that each step belongs to, shape [device, step].
        steps: Filled: how many there are, shape [device].
        solves: Filled: linear solves, shape [device].
        edge_error: Filled: largest deviation of an edge's current, in A, shape [device].
        drift: Filled: relative changes of the vacancy content, added up, shape [device].
        status: Filled: how a device ended, shape [device].
    """

    constants: np.ndarray
    x: np.ndarray
    times: np.ndarray
    volts: np.ndarray
    kinks: np.ndarray
    t: np.ndarray
    current: np.ndarray
    segment: np.ndarray
    steps: np.ndarray
    solves: np.ndarray
    edge_error: np.ndarray
    drift: np.ndarray
    status: np.ndarray


class Pace(NamedTuple):
    """The state of eight time loops; every array is of shape [lane] unless said otherwise.

    Args:
        task: Which device, −1 for none.
        segment: Which straight piece of its drive.
        known: How many time levels lie in it.
        best: The order that step control asks for.
        order: Of the present step.
        euler: 1 where steps are of first order until no density is below zero.
        iteration: Linear solves of the present step.
        head: Slot of the newest time level.
        t: Time reached, in s.
        h: Step tried next, in s.
        beta: `State.beta` at t.
        peak: Largest |I| so far, in A.
        noise: Current that step control cannot resolve, in A.
        end: End of the present step, in s.
        voltage: U there, in V.
        a0: Leading coefficient of the derivative there, in 1/s.
        rise: Change of U over the step where its slope is new, else 0, in V.
        length: Length of the step, in s.
        allowed: Imbalance allowed, in 1/(m² s).
        negligible: Storage that a cell may be off by, in 1/(m² s).
        norm: Of the last update; infinite before the first.
        previous: Of the update before.
        mean: Mean of the vacancy fraction.
        below: How far it may pass below zero.
        wider: Multiple of the usual undershoot that is allowed.
        fresh: 1 where a step begins.
        moving: 1 where an update is wanted.
        slot: Where the present level is written; −1 for nowhere.
        change: Update of beta.
        rest: Imbalance over what is allowed.
        drift: Of the content.
        current: At the end of the step, in A.
        deviation: Largest deviation of an edge from it, in A.
        moved_2: Error of the vacancies at order 2.
        moved_3: The same at order 3.
        lowest: Least vacancy fraction.
        times: Of the levels, in s, shape [slot, lane].
        currents: Of the levels, in A, shape [slot, lane].
        history: Weights of the derivative, shape [slot, lane].
        ahead: Weights of the prediction, shape [slot, lane].
        second: Weights that judge order 2, shape [slot, lane].
        third: Weights that judge order 3, shape [slot, lane].
        newest: 1 in the newest slot, shape [slot, lane].
        level: Scratch: times of the levels, the newest first, shape [level].
        weight: Scratch: weights of the levels, shape [level].
    """

    task: np.ndarray
    segment: np.ndarray
    known: np.ndarray
    best: np.ndarray
    order: np.ndarray
    euler: np.ndarray
    iteration: np.ndarray
    head: np.ndarray
    t: np.ndarray
    h: np.ndarray
    beta: np.ndarray
    peak: np.ndarray
    noise: np.ndarray
    end: np.ndarray
    voltage: np.ndarray
    a0: np.ndarray
    rise: np.ndarray
    length: np.ndarray
    allowed: np.ndarray
    negligible: np.ndarray
    norm: np.ndarray
    previous: np.ndarray
    mean: np.ndarray
    below: np.ndarray
    wider: np.ndarray
    fresh: np.ndarray
    moving: np.ndarray
    slot: np.ndarray
    change: np.ndarray
    rest: np.ndarray
    drift: np.ndarray
    current: np.ndarray
    deviation: np.ndarray
    moved_2: np.ndarray
    moved_3: np.ndarray
    lowest: np.ndarray
    times: np.ndarray
    currents: np.ndarray
    history: np.ndarray
    ahead: np.ndarray
    second: np.ndarray
    third: np.ndarray
    newest: np.ndarray
    level: np.ndarray
    weight: np.ndarray


def allocate_pace() -> Pace:
    """Allocate the state of eight time loops, none of which has a device."""
    whole = [np.zeros(WIDTH, np.int64) for _ in range(8)]
    real = [np.ones(WIDTH) for _ in range(28)]
    rings = [np.zeros((LEVELS, WIDTH)) for _ in range(7)]
    pace = Pace._make([*whole, *real, *rings, np.zeros(LEVELS), np.zeros(LEVELS)])
    pace.task[:] = -1
    pace.moving[:] = pace.fresh[:] = 0.0
    return pace
