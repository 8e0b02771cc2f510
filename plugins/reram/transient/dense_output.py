"""Interpolate the current of the time steps at the instants of the output."""

import numpy as np
from dynsur.core import Waveform

from .record import STEPS, Record

DEGREE = 3  # of the time integration


def resample(record: Record, waveform: Waveform, time: np.ndarray) -> np.ndarray:
    """Interpolate the current between the kinks, at which the displacement current may jump.

    Args:
        record: The record of the steps.
        waveform: The voltage waveform.
        time: Wanted instants, increasing from 0, shape [time], in s.
    """
    used = slice(1, record.counts[STEPS] + 1)
    t, current, segment = record.time[used], record.current[used], record.segment[used]
    kinks = np.array(waveform.times)
    result = np.zeros(time.size)
    owner = np.clip(np.searchsorted(kinks, time) - 1, 0, kinks.size - 2)
    for index in np.unique(owner):
        wanted = (owner == index) & (time > 0.0)
        first, end = np.searchsorted(segment, (index, index + 1))
        if end - first == 1:
            result[wanted] = current[first]
            continue
        # Rounding may put a kink past itself: what follows the tiny first step tells the limit.
        inside = np.minimum(time[wanted], t[end - 1])
        result[wanted] = _dense(t[first:end], current[first:end], inside)
    return result


def _dense(t: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Evaluate the polynomial of each step through its end and up to three earlier levels.

    Step control bounds their errors. Later steps do not change them.
    """
    end = np.clip(np.searchsorted(t, wanted), 1, t.size - 1)
    result = np.zeros(wanted.size)
    for count in range(2, DEGREE + 2):
        here = end >= DEGREE if count == DEGREE + 1 else end == count - 1
        levels = end[here, np.newaxis] - np.arange(count)
        nodes, x = t[levels], wanted[here]
        for i in range(count):
            weight = values[levels[:, i]]
            for j in range(count):
                if j != i:
                    weight = weight * (x - nodes[:, j]) / (nodes[:, i] - nodes[:, j])
            result[here] += weight
    return result
