"""The current on the output's time grid."""

import numpy as np
from dynsur.core import Waveform

from .transient import Record


def resample(record: Record, waveform: Waveform, time: np.ndarray) -> np.ndarray:
    """Interpolate the current between the kinks, where displacement current may jump."""
    from scipy.interpolate import PchipInterpolator

    used = slice(1, record.counts[0] + 1)
    t, current, segment = record.time[used], record.current[used], record.segment[used]
    result = np.zeros(time.size)
    for index, (start, end) in enumerate(zip(waveform.times, waveform.times[1:], strict=False)):
        inside = segment == index
        t_s, i_s = t[inside], current[inside]
        wanted = (time > start) & (time <= end * (1 + 1e-12))
        if t_s.size == 1:
            result[wanted] = i_s[0]
        else:
            # The first step after a kink is tiny: its value stands for the right-hand limit.
            t_s, i_s = np.concatenate([[start], t_s]), np.concatenate([[i_s[0]], i_s])
            result[wanted] = PchipInterpolator(t_s, i_s)(np.minimum(time[wanted], t_s[-1]))
    return result
