"""Recognise in a sampled current the few straight pieces that many samples share."""

import numpy as np
from dynsur.core import Waveform, straight_pieces

DIGITS = 6  # of a shape: equal drives of different cells differ by rounding


def shape_of(time: np.ndarray, current: np.ndarray) -> tuple[Waveform, float, float]:
    """Return the shape of one current, its duration in s and its height in A.

    The current is height · shape(t / duration); the shape ends at 1 and its largest modulus is 1.

    Args:
        time: Instants, increasing from 0, shape [time], in s.
        current: The current, linear between them, shape [time], in A.
    """
    height = float(current[np.argmax(np.abs(current))]) or 1.0
    kept = straight_pieces(time, current)
    times, values = time[kept] / time[-1], current[kept] / height
    rounded = times.round(DIGITS)
    if (np.diff(rounded) > 0).all():
        times = rounded
    shape = Waveform(tuple(times.tolist()), tuple(values.round(DIGITS).tolist()))
    return shape, float(time[-1]), height
