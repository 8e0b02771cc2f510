"""Integrate many initial value problems at once, each with its own steps and error control."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from .step import Step
from .vector_field import WIDTH, Lanes, padded

SAFETY, SHRINK, GROW = 0.9, 0.2, 8.0
SEEN_STIFF, SEEN_OTHERWISE = 15, 6  # steps in a row, Hairer and Wanner 1996, section IV.2
WORTH = 200  # steps still to go, below which a stiff device is finished as it is


class Method(Protocol):
    """A one-step method with an error estimate and dense output, such as `RungeKutta8`."""

    order: int
    evaluations: float

    def step(self, f: Lanes, t: Any, y: Any, h: Any, slope: Any) -> Step: ...  # noqa: D102

    @property
    def interpolate(self) -> Callable[[Any, Any, Any], np.ndarray]: ...  # noqa: D102


@dataclass(frozen=True)
class Solution:
    """The result of each device.

    Args:
        states: y at the wanted instants, shape [device, component, time].
        reasons: Why the integration of each device failed, or "".
        unfinished: Whether another method may finish the device, because it is stiff or because
            its budget is spent, shape [device].
    """

    states: np.ndarray
    reasons: list[str]
    unfinished: np.ndarray


def integrate(
    method: Method,
    lanes: Lanes,
    start: np.ndarray,
    time: np.ndarray,
    budget: np.ndarray,
    leave_stiff: bool = False,
    longest: np.ndarray | None = None,
) -> Solution:
    """Integrate devices, each over its own time.

    The result of a device does not depend on the other devices, to the last bit.

    Args:
        method: The method that makes the steps.
        lanes: The devices' right-hand sides.
        start: y at the first instant, shape [component, device].
        time: Wanted instants, increasing from 0, shape [device, time], in s.
        budget: Evaluations of each device's right-hand side, shape [device].
        leave_stiff: Whether to stop the integration of devices that look stiff.
        longest: Longest step of each device, shape [device], in s; unlimited by default.
    """
    most = np.full(len(time), np.inf) if longest is None else longest
    run = _Run(method, lanes, start, time, np.broadcast_to(budget, len(time)), leave_stiff, most)
    while run.lanes.device.size:
        run.advance()
    return Solution(np.moveaxis(run.found, 2, 1), run.reasons, run.unfinished)


class _Run:
    """The state of an integration, by lane; its results are kept by device."""

    def __init__(
        self,
        method: Method,
        lanes: Lanes,
        start: np.ndarray,
        time: np.ndarray,
        budget: np.ndarray,
        leave_stiff: bool,
        longest: np.ndarray,
    ) -> None:
        count = len(time)
        self.longest = longest
        self.method, self.lanes, self.time, self.budget = method, lanes, time, budget
        self.leave_stiff = leave_stiff
        self.found = np.full((*time.shape, len(start)), np.nan)
        self.found[:, 0] = start.T
        self.reasons = [""] * count
        self.unfinished = np.zeros(count, bool)
        self.phases = _phases(time)
        self.alike = bool((self.phases == self.phases[0]).all())
        device = lanes.device
        self.alive = np.arange(device.size) < count
        self.end = time[device, -1]
        self.t, self.y = np.zeros(device.size), start.take(device, axis=1)
        self.slope = lanes(self.t, self.y)
        self.h = method_start(method, self.end, self.y, self.slope)
        self.written = np.ones(device.size, int)
        self.spent = np.ones(device.size)
        self.stiff = np.zeros(device.size, int)
        self.other = np.zeros(device.size, int)
        self.rejected = np.zeros(device.size, bool)
        finite = np.isfinite(self.slope)
        self._drop(
            np.asarray(~finite.all(axis=0)),
            lambda _: "the right-hand side is not finite at the start",
        )
        self._compact()

    def advance(self) -> None:
        """Try a step in every lane."""
        room = self.lanes.drives.stop - self.t
        # The last two steps before a kink share what is left, lest a sliver remains.
        wanted = np.minimum(self.h, self.longest[self.lanes.device])
        h = np.where(wanted >= room, room, np.where(2.0 * wanted > room, 0.5 * room, wanted))
        step = self.method.step(self.lanes, self.t, self.y, h, self.slope)
        self.spent += self.method.evaluations
        passed = self.alive & (step.error <= 1.0) & np.isfinite(step.state).all(axis=0)
        arrived = passed & (h == room)
        after = np.where(arrived, self.lanes.drives.stop, self.t + h)
        self._write(step, passed, after, h)
        if self.leave_stiff:
            self._watch(step, passed)
        self._control(step.error, passed, h)
        self.t = np.where(passed, after, self.t)
        self.y = np.where(passed, step.state, self.y)
        self.slope = np.where(passed, step.slope, self.slope)
        self.lanes.drives.advance(arrived)
        if self.lanes.drives.jumps and arrived.any():
            self.slope = np.where(arrived, self.lanes(self.t, self.y), self.slope)
        self._judge(passed)
        self._compact()

    def _write(self, step: Step, passed: np.ndarray, after: np.ndarray, h: np.ndarray) -> None:
        """Write the states at the wanted instants that the steps have passed."""
        phase = np.where(after >= self.end, 1.0, after / self.end)
        reached = self._reached(phase)
        count = np.where(passed, np.maximum(reached - self.written, 0), 0)
        if not count.any():
            return
        lane = np.repeat(np.arange(count.size), count)
        place = np.arange(lane.size) - np.repeat(np.cumsum(count) - count, count)
        index, device = self.written[lane] + place, self.lanes.device[lane]
        share = (self.time[device, index] - self.t[lane]) / h[lane]
        coefficients = step.dense()[:, :, lane]
        values = self.method.interpolate(coefficients, self.y[:, lane], share)
        self.found[device, index] = values.T
        self.written = self.written + count

    def _reached(self, phase: np.ndarray) -> np.ndarray:
        """Return how many wanted instants of each lane lie at or before its phase."""
        if self.alike:
            return np.searchsorted(self.phases[0], phase, side="right")
        low, high = np.zeros(phase.size, int), np.full(phase.size, self.phases.shape[1])
        while (low < high).any():
            middle = np.minimum((low + high) // 2, self.phases.shape[1] - 1)
            before = (self.phases[self.lanes.device, middle] <= phase) & (low < high)
            low, high = np.where(before, middle + 1, low), np.where(before, high, middle)
        return low

    def _control(self, error: np.ndarray, passed: np.ndarray, h: np.ndarray) -> None:
        """Choose the length of the next steps."""
        wanted = SAFETY * np.maximum(error, 1e-30) ** (-1.0 / (self.method.order + 1))
        most = np.where(self.rejected, 1.0, GROW)
        factor = np.clip(np.where(np.isfinite(error), wanted, SHRINK), SHRINK, most)
        grown = h * factor
        # A step cut short by a kink says little about how long the next may be.
        grown = np.where(factor >= GROW, np.maximum(grown, self.h), grown)
        self.h = np.where(passed, grown, h * np.minimum(factor, 0.9))
        self.rejected = ~passed

    def _watch(self, step: Step, passed: np.ndarray) -> None:
        """Count the steps whose length is limited by stability rather than by accuracy."""
        held = passed & (step.stiffness > 1.0)
        free = passed & ~held
        self.stiff = self.stiff + held
        self.other = np.where(held, 0, self.other + free)
        self.stiff = np.where(self.other >= SEEN_OTHERWISE, 0, self.stiff)

    def _judge(self, passed: np.ndarray) -> None:
        """Release the lanes of devices that have finished or failed."""
        self.alive = self.alive & (self.t < self.end)
        least = 16.0 * np.spacing(np.maximum(self.t, 1e-18 * self.end))
        self._drop(
            ~passed & (self.h < least),
            lambda lane: f"the solution seems singular after t = {self.t[lane]:.6g} s",
        )
        over = self.alive & (self.spent >= self.budget[self.lanes.device])
        if self.leave_stiff:
            over |= self.alive & (self.stiff >= SEEN_STIFF) & (self.end - self.t > WORTH * self.h)
        self.unfinished[self.lanes.device[over]] = True
        self.alive = self.alive & ~over

    def _drop(self, lost: np.ndarray, reason: Callable[[int], str]) -> None:
        for lane in np.flatnonzero(self.alive & lost):
            self.reasons[self.lanes.device[lane]] = reason(int(lane))
        self.alive = self.alive & ~lost

    def _compact(self) -> None:
        """Remove idle lanes once there are as many as one width."""
        count = int(np.count_nonzero(self.alive))
        if count + -count % WIDTH == self.alive.size:
            return
        kept = padded(np.flatnonzero(self.alive))
        alive = np.arange(kept.size) < count
        self.lanes = self.lanes.take(kept)
        self.y, self.slope = self.y.take(kept, axis=1), self.slope.take(kept, axis=1)
        for name in ("end", "t", "h", "written", "spent", "stiff", "other", "rejected"):
            setattr(self, name, getattr(self, name)[kept])
        self.alive = alive


def _phases(time: np.ndarray) -> np.ndarray:
    """Return the wanted instants divided by the end, shape [device, time].

    Equally spaced instants give exact fractions.
    """
    end, points = time[:, -1:], time.shape[1]
    equal = (time == np.linspace(0.0, end[:, 0], points, axis=1)).all(axis=1)
    phases = time / end
    phases[equal] = np.linspace(0.0, 1.0, points)
    return phases


def method_start(method: Method, end: np.ndarray, y: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Guess a first step from the state and its slope; the error control corrects it."""
    size, rate = np.abs(y).max(axis=0), np.abs(slope).max(axis=0)
    guess = 0.01 * size / np.where(rate > 0.0, rate, 1.0)
    guess = np.where((rate > 0.0) & (guess > 0.0) & np.isfinite(guess), guess, 1e-6 * end)
    return np.minimum(guess, 0.01 * end)
