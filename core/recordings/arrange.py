"""Bring records to one shape: pad unequal ones, or resample them onto a common clock if asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import DynsurError
from ..resampling import padded, resample
from .record import Record

STEADY = 0.1  # of the interval, by which an instant of a steady clock may be off


@dataclass(frozen=True)
class Arranged:
    """Records as arrays of one shape.

    Args:
        time: Instants from 0, shape [record, time], in s; NaN beyond the end of a record.
        values: Inputs and outputs by name, each of shape [record, time]; NaN beyond the end.
        lengths: Number of samples of each record, shape [record].
        step: Interval of all records, in s; 0 if they have no common one.
        errors: Where records were resampled, by name the largest deviation of the new samples'
            straight lines from a recorded value, in the range of the variable.
    """

    time: np.ndarray
    values: dict[str, np.ndarray]
    lengths: np.ndarray
    step: float
    errors: dict[str, float]


LONGEST = 10**8  # samples of a record that is resampled, 0.8 GB of each variable


def arranged(records: Sequence[Record], step: float | None = None) -> Arranged:
    """Return records as arrays of one shape.

    Args:
        records: The records, all with the same variables.
        step: Interval of the common clock onto which to resample them, in s; None keeps the
            recorded instants, and pads shorter records with NaN.

    Raises:
        DynsurError: The interval is longer than a record.
    """
    errors: dict[str, float] = {}
    if step is not None:
        resampled = [_on_clock(record, step) for record in records]
        errors = _errors(records, resampled)
        records = resampled
    lengths = np.array([record.time.size for record in records])
    names = list(records[0].values)

    return Arranged(
        padded([record.time for record in records]),
        {name: padded([record.values[name] for record in records]) for name in names},
        lengths,
        step or common_step(records),
        errors,
    )


def common_step(records: Sequence[Record]) -> float:
    """Return the interval that all records share, in s, or 0 if they have no common one."""
    steps = [steady_step(record.time) for record in records]
    allowed = [STEADY / record.time.size for record in records]
    same = all(abs(s / steps[0] - 1) <= a for s, a in zip(steps, allowed, strict=True) if steps[0])
    return steps[0] if all(steps) and same else 0.0


def steady_step(time: np.ndarray) -> float:
    """Return the interval of a clock, in s, or 0 if it is not steady."""
    step = float((time[-1] - time[0]) / (time.size - 1))
    off = np.abs(time - time[0] - step * np.arange(time.size)).max()
    # A decimal number that was meant, as 0.001 in a file of times with few digits.
    return float(f"{step:.9g}") if off <= STEADY * step else 0.0


def _on_clock(record: Record, step: float) -> Record:
    count = int(np.floor(record.time[-1] / step * (1 + 1e-9))) + 1
    if count > LONGEST:
        raise DynsurError(
            f"'{record.source}' lasts {record.time[-1]:g} s, {count:.3g} intervals of {step:g} s; "
            "give a longer interval."
        )
    if count < 2:
        raise DynsurError(
            f"'{record.source}' lasts {record.time[-1]:g} s, less than the {step:g} s of "
            "--resample; give a shorter interval."
        )
    instants = step * np.arange(count)
    values = {
        name: _interpolated(record.time, column, instants) for name, column in record.values.items()
    }
    return Record(instants, values, record.units, record.source, record.sha256, record.summary)


def _interpolated(time: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Interpolate along straight lines; NaN where a neighbour is missing."""
    after = np.clip(np.searchsorted(time, wanted, side="left"), 1, time.size - 1)
    known = np.isfinite(values)
    if not known.any():
        return np.full(wanted.size, np.nan)
    found = np.interp(wanted, time[known], values[known])
    exact = time[after] == wanted
    lacking = ~known[after] | (~known[after - 1] & ~exact)
    return np.where(lacking & ~((wanted == time[0]) & known[0]), np.nan, found)


def _errors(records: Sequence[Record], resampled: Sequence[Record]) -> dict[str, float]:
    """Return by name how far straight lines between the new samples miss a recorded value."""
    return {name: _error(records, resampled, name) for name in records[0].values}


def _error(records: Sequence[Record], resampled: Sequence[Record], name: str) -> float:
    spans: list[np.ndarray] = []
    worst = 0.0
    for record, new in zip(records, resampled, strict=True):
        values: Mapping[str, np.ndarray] = record.values
        spans.append(values[name])
        inside = record.time <= new.time[-1]
        back = resample(new.time[None], new.values[name][None], record.time[inside])[0]
        off = np.abs(back - values[name][inside])
        worst = max(worst, float(np.nanmax(off)) if np.isfinite(off).any() else 0.0)
    known = np.concatenate(spans)
    span = float(np.nanmax(known) - np.nanmin(known)) if np.isfinite(known).any() else 0.0
    return worst / span if span else 0.0
