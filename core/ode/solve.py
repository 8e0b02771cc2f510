"""Choose the method for each device: batched explicit, batched implicit, or one of scipy's."""

import contextlib
import warnings
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..systems.signals import Signal
from .batched_signals import kind
from .dop853 import RungeKutta8
from .integrator import Method, integrate
from .rodas5p import Rosenbrock5
from .scipy_solver import integrate_alone
from .vector_field import Rhs, agrees, side_by_side

PIECES = 100  # of a drive for which the evaluations allowed suffice; more pieces are allowed more
PROBES = 4  # instants at which each trajectory is held against the right-hand side of one device
TRUSTED = 1024  # devices that f has been held against one by one; from then on SOME of a batch are
SOME = 32


@dataclass(frozen=True)
class Problem:
    """An initial value problem.

    Args:
        values: The parameters p.
        signal: The drive u, or the drives of several inputs.
        start: y at time 0, shape [component].
        time: Wanted instants, increasing from 0, shape [time], in s.
        stops: Instants that no step may cross, from 0 to the end, in s; see `instants.stops`.
        longest: Longest step, in s.
    """

    values: Mapping[str, float]
    signal: Signal
    start: np.ndarray
    time: np.ndarray
    stops: np.ndarray
    longest: float = np.inf

    def allowed(self, budget: int) -> int:
        """Return the number of evaluations allowed: `budget` per hundred pieces of the drive."""
        return int(budget * max(1.0, (self.stops.size - 1) / PIECES))


def solve(
    rhs: Rhs,
    problems: Sequence[Problem],
    *,
    method: str,
    relative: float,
    absolute: np.ndarray,
    budget: int,
) -> tuple[list[np.ndarray], list[str]]:
    """Return y [component, time] of each problem, and why it could not be solved, or "".

    Args:
        rhs: f(t, y, u, p) of one device.
        problems: One per device.
        method: "auto", or a method of `scipy.integrate.solve_ivp`.
        relative: Local error of a step relative to each component.
        absolute: Local error that is always accepted, one value or one per component.
        budget: Evaluations of `rhs` allowed to a device, for each hundred pieces of its drive.
    """
    states: list[np.ndarray] = [np.empty(0)] * len(problems)
    reasons = [""] * len(problems)
    alone = list(range(len(problems)))
    if method == "auto":
        for group in _alike(problems):
            some = [problems[i] for i in group]
            found = _together(rhs, some, relative, absolute, budget)
            for i, f in zip(group, found, strict=True):
                if f is not None:
                    states[i], reasons[i] = f
                    alone.remove(i)
    for i in alone:
        p = problems[i]
        states[i], reasons[i] = integrate_alone(
            rhs, p.start, p.values, p.signal, p.time, p.stops,
            method="LSODA" if method == "auto" else method, longest=p.longest,
            relative=relative, absolute=absolute, budget=p.allowed(budget),
            exhausted=exhausted(p.allowed(budget), budget),
        )  # fmt: skip
    return states, reasons


def exhausted(allowed: int, budget: int) -> str:
    """Return the reason of a spent budget, with the setting that allows more evaluations."""
    return (
        f"{allowed} evaluations did not suffice; allow more with "
        f"--set simulator.evaluations={10 * budget}"
    )


Found = tuple[np.ndarray, str]
_agreed: "weakref.WeakKeyDictionary[Rhs, int]" = weakref.WeakKeyDictionary()  # devices, by f


def _alike(problems: Sequence[Problem]) -> list[list[int]]:
    """Group the problems that share a batch: drives of one kind, states and times of one size."""
    groups: dict[tuple[Any, int, int], list[int]] = {}
    for i, problem in enumerate(problems):
        alike = kind(problem.signal), problem.start.size, problem.time.size
        groups.setdefault(alike, []).append(i)
    return list(groups.values())


def _together(
    rhs: Rhs, problems: Sequence[Problem], relative: float, absolute: np.ndarray, budget: int
) -> list[Found | None]:
    """Integrate devices in a batch; None stands for those that must be integrated alone."""
    absolute = np.broadcast_to(absolute, len(problems[0].start))[:, None]
    explicit, implicit = RungeKutta8(relative, absolute), Rosenbrock5(relative, absolute)
    alone: list[Found | None] = [None] * len(problems)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            held = _to_be_held(rhs, len(problems))
            if not _starts_alike(rhs, [problems[i] for i in held]):
                return alone
            found = _run(rhs, explicit, problems, budget, True)
            stiff = [i for i, f in enumerate(found) if f is None]
            if stiff:
                late = _run(rhs, implicit, [problems[i] for i in stiff], budget, False)
                for i, f in zip(stiff, late, strict=True):
                    found[i] = f
            if not _stays_alike(rhs, [problems[i] for i in held], [found[i] for i in held]):
                return alone
            with contextlib.suppress(TypeError):  # a callable object without a hash
                _agreed[rhs] = _agreed.get(rhs, 0) + len(held)
            return found
        except Exception:  # whatever arrays do to it, one device at a time will tell
            return alone


def _to_be_held(rhs: Rhs, count: int) -> list[int]:
    """Return which devices of a batch f is held against one by one.

    A fit asks for hundreds of batches of one system, and one by one costs more than the batch.
    """
    known = 0
    with contextlib.suppress(TypeError):
        known = _agreed.get(rhs, 0)
    if known < TRUSTED or count <= SOME:
        return list(range(count))
    return np.linspace(0, count - 1, SOME).astype(int).tolist()


def _run(
    rhs: Rhs, method: Method, problems: Sequence[Problem], budget: int, leave_stiff: bool
) -> list[Found | None]:
    """Integrate devices; None stands for those that another method may finish."""
    names = problems[0].values
    values = {name: np.array([p.values[name] for p in problems]) for name in names}
    lanes = side_by_side(rhs, values, [p.signal for p in problems], [p.stops for p in problems])
    start = np.stack([p.start for p in problems], axis=1)
    time = np.stack([p.time for p in problems])
    allowed = np.array([p.allowed(budget) for p in problems])
    longest = np.array([p.longest for p in problems])
    solution = integrate(method, lanes, start, time, allowed, leave_stiff, longest)
    result: list[Found | None] = []
    for state, reason, unfinished, most in zip(
        solution.states, solution.reasons, solution.unfinished, allowed.tolist(), strict=True
    ):
        if unfinished and leave_stiff:
            result.append(None)
        else:
            spent = exhausted(most, budget) if unfinished else ""
            result.append((state, reason or spent))
    return result


def _starts_alike(rhs: Rhs, problems: Sequence[Problem]) -> bool:
    """Return whether f acts element by element near the start of each device.

    The lanes differ in state, drive and instant, which reveals an f that mixes devices.
    """
    shares = np.array([0.0, 0.3, 1.0])
    y = []
    for p in problems:
        size = np.maximum(np.abs(p.start), 1e-3 * np.abs(p.start).max())
        y.append(p.start[:, None] + 0.01 * size[:, None] * shares)
    return _alike_at(rhs, problems, [shares * p.time[-1] for p in problems], y)


def _stays_alike(rhs: Rhs, problems: Sequence[Problem], found: Sequence[Found | None]) -> bool:
    """Return whether f acts element by element along the trajectories."""
    done = [(p, f[0]) for p, f in zip(problems, found, strict=True) if f and not f[1]]
    if not done:
        return True
    places = [np.arange(1, PROBES + 1) * (p.time.size - 1) // PROBES for p, _ in done]
    states = [state[:, k] for (_, state), k in zip(done, places, strict=True)]
    times = [p.time[k] for (p, _), k in zip(done, places, strict=True)]
    return _alike_at(rhs, [p for p, _ in done], times, states)


def _alike_at(
    rhs: Rhs, problems: Sequence[Problem], times: Sequence[np.ndarray], states: Sequence[np.ndarray]
) -> bool:
    """Return whether f of all devices at once equals f of each device alone.

    The instants of a device have shape [k], its states [component, k].
    """
    u = [np.asarray(p.signal(t), float) for p, t in zip(problems, times, strict=True)]
    device = np.repeat(np.arange(len(problems)), len(times[0]))
    values = {
        name: np.array([p.values[name] for p in problems])[device] for name in problems[0].values
    }
    y = np.concatenate(states, axis=1)
    end = np.array([p.time[-1] for p in problems])[device]
    return agrees(
        rhs, np.concatenate(times), y, np.concatenate(u, axis=-1), values, 1e-9 * np.abs(y) / end
    )
