"""Integrate one initial value problem with scipy, for functions that accept no arrays."""

import itertools
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..systems.instants import CLOSE
from ..systems.signals import RateOf, Signal, parts_of
from ..systems.waveforms import Waveform
from .vector_field import Rhs, of_one


class _GivenUpError(Exception):
    """The budget of evaluations is spent."""


def integrate_alone(
    rhs: Rhs,
    start: np.ndarray,
    values: Mapping[str, float],
    signal: Signal,
    time: np.ndarray,
    stops: np.ndarray,
    *,
    method: str,
    relative: float,
    absolute: np.ndarray,
    budget: int,
    exhausted: str,
    longest: float = np.inf,
) -> tuple[np.ndarray, str]:
    """Return y [component, time] of one device, and why the integration failed, or "".

    Args:
        rhs: f(t, y, u, p) of one device.
        start: y at time 0, shape [component].
        values: The parameters p.
        signal: The drive u.
        time: Wanted instants, shape [time], in s; the first one is 0.
        stops: Instants that no step may cross, from 0 to the end, in s.
        method: Any method of `scipy.integrate.solve_ivp`.
        relative: Local error of a step relative to each component.
        absolute: Local error of a step that is always accepted.
        budget: Number of evaluations after which the integration is given up.
        exhausted: The reason to give in that case.
        longest: The longest step, in s.
    """
    left = itertools.repeat(None, budget)
    state, columns = start, [start[:, None]]
    for begin, end, drive in _pieces(signal, stops):

        def f(
            t: float, y: np.ndarray, drive: Callable[[float], Any] = drive
        ) -> Sequence[float] | np.ndarray:
            if next(left, left) is left:
                raise _GivenUpError(f"at {t:.4g} s, {exhausted}")
            return rhs(t, y, drive(t), values)

        wanted = time[(time > begin) & (time <= end)]
        if end - begin <= 2.0 * CLOSE * signal.duration:  # a jump: too short for a solver
            columns.extend([state[:, None]] * wanted.size)
            continue
        asked = np.append(wanted[wanted < end], end)
        try:
            solution = _quietly(
                f, (begin, end), state, method=method, t_eval=asked, rtol=relative, atol=absolute,
                max_step=longest,
            )  # fmt: skip
        except _GivenUpError as error:
            return start, str(error)
        if not solution.success or not np.isfinite(solution.y).all():
            return start, f"integration stopped after t = {begin:.4g} s: {solution.message}"
        columns.append(solution.y[:, : wanted.size])
        state = solution.y[:, -1]
    return np.concatenate(columns, axis=1), ""


def _quietly(*args: Any, **options: Any) -> Any:
    """Call `scipy.integrate.solve_ivp` without its warnings, which its message repeats."""
    from scipy.integrate import solve_ivp

    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return solve_ivp(*args, **options)


def _pieces(
    signal: Signal, stops: np.ndarray
) -> "Sequence[tuple[float, float, Callable[[float], Any]]]":
    """Return the beginning, the end and the drive of each interval between two stops."""
    if not isinstance(signal, Waveform):
        # A rate at the end of an interval is that of the interval, not of the next one.
        sided = any(isinstance(part, RateOf) for part in parts_of(signal))
        short = CLOSE * signal.duration if sided else 0.0
        return [
            (t0, t1, lambda t, t0=t0, t1=t1: of_one(signal(min(max(t, t0), t1 - short))))
            for t0, t1 in itertools.pairwise(stops.tolist())
        ]
    points = list(zip(signal.times, signal.values, strict=True))
    return [
        (t0, t1, lambda t, t0=t0, u0=u0, slope=(u1 - u0) / (t1 - t0): u0 + slope * (t - t0))
        for (t0, u0), (t1, u1) in itertools.pairwise(points)
    ]
