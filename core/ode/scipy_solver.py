"""One initial value problem by scipy's solvers, for right-hand sides that take no arrays."""

import itertools
import warnings
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..systems.signals import Signal
from ..systems.waveforms import Waveform
from .vector_field import Rhs


class _GivenUpError(Exception):
    """The budget of evaluations is spent."""


def integrate_alone(
    rhs: Rhs,
    start: np.ndarray,
    values: Mapping[str, float],
    signal: Signal,
    time: np.ndarray,
    *,
    method: str,
    relative: float,
    absolute: np.ndarray,
    budget: int,
) -> tuple[np.ndarray, str]:
    """Return y [component, time] and why it could not be had, or "".

    Args:
        rhs: f(t, y, u, p) of one device.
        start: y at time 0, shape [component].
        values: The parameters p.
        signal: The drive u.
        time: Wanted instants, the first one 0, shape [time], in s.
        method: Any method of `scipy.integrate.solve_ivp`.
        relative: Local error of a step relative to each component.
        absolute: Local error of a step that is always accepted.
        budget: Evaluations after which to give up.
    """
    from scipy.integrate import solve_ivp

    left = itertools.repeat(None, budget)
    state, columns = start, [start[:, None]]
    for begin, end, drive in _lines(signal):

        def f(
            t: float, y: np.ndarray, drive: Callable[[float], float] = drive
        ) -> Sequence[float] | np.ndarray:
            if next(left, left) is left:
                raise _GivenUpError(f"{budget} evaluations did not suffice, at {t:.4g} s")
            return rhs(t, y, drive(t), values)

        wanted = time[(time > begin) & (time <= end)]
        stops = np.append(wanted[wanted < end], end)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            # What a solver warns about ends in its message, which becomes the reason.
            warnings.simplefilter("ignore")
            try:
                solution = solve_ivp(
                    f,
                    (begin, end),
                    state,
                    method=method,
                    t_eval=stops,
                    rtol=relative,
                    atol=absolute,
                )
            except _GivenUpError as error:
                return start, str(error)
        if not solution.success or not np.isfinite(solution.y).all():
            return start, f"integration stopped after t = {begin:.4g} s: {solution.message}"
        columns.append(solution.y[:, : wanted.size])
        state = solution.y[:, -1]
    return np.concatenate(columns, axis=1), ""


def _lines(signal: Signal) -> "Sequence[tuple[float, float, Callable[[float], float]]]":
    """Return begin, end and drive of each piece of time without a kink."""
    if not isinstance(signal, Waveform):
        return [(0.0, signal.duration, lambda t: float(signal(t)))]
    points = list(zip(signal.times, signal.values, strict=True))
    return [
        (t0, t1, lambda t, t0=t0, u0=u0, slope=(u1 - u0) / (t1 - t0): u0 + slope * (t - t0))
        for (t0, u0), (t1, u1) in itertools.pairwise(points)
    ]
