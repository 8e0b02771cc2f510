"""Interpolate curves at other instants of their trajectories."""

import numpy as np


def ends(time: np.ndarray, duration: np.ndarray | None = None) -> np.ndarray:
    """Return the end of each trajectory, shape [n, 1] in s; by default its last instant."""
    return time[:, -1:] if duration is None else np.asarray(duration, float)[:, None]


def resample(x: np.ndarray, y: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Interpolate each row of y over x linearly at `wanted`, one row for all or one each."""
    rows = np.broadcast_to(wanted, (len(x), np.shape(wanted)[-1]))
    return np.stack([np.interp(w, a, b) for w, a, b in zip(rows, x, y, strict=True)])
