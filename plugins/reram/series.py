"""The current on the output's time grid."""

import numpy as np
from dynsur.core import Waveform

from .transient import STEPS, Record


def resample(record: Record, waveform: Waveform, time: np.ndarray) -> np.ndarray:
    """Interpolate the current between the kinks, where displacement current may jump.

    Args:
        record: The steps.
        waveform: What was followed.
        time: Instants wanted, increasing from 0, shape [time], in s.
    """
    from scipy.interpolate import PchipInterpolator

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
        # The first step after a kink is tiny: its value stands for the right-hand limit.
        inside = np.clip(time[wanted], t[first], t[end - 1])
        result[wanted] = PchipInterpolator(t[first:end], current[first:end])(inside)
    return result
