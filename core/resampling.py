"""Interpolate curves at other instants of their trajectories, and join curves of any length."""

from collections.abc import Sequence

import numpy as np

from .errors import DynsurError

STRAIGHT = 1e-3  # of a signal's largest modulus: how far it may be from straight pieces of it
EXACT = 1e-9  # likewise: how far a sample on a straight line may be off by rounding


def ends(time: np.ndarray, duration: np.ndarray | None = None) -> np.ndarray:
    """Return the end of each trajectory, shape [n, 1] in s; by default its last instant."""
    return time[:, -1:] if duration is None else np.asarray(duration, float)[:, None]


def resample(x: np.ndarray, y: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Interpolate each row of y over x linearly at `wanted`, one row for all or one each."""
    rows = np.broadcast_to(wanted, (len(x), np.shape(wanted)[-1]))
    return np.stack([np.interp(w, a, b) for w, a, b in zip(rows, x, y, strict=True)])


def resample_smoothly(x: np.ndarray, y: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Interpolate each row of y over x by cubic polynomials that keep it monotone between samples.

    Args:
        x: Places of the samples, increasing, shape [sample], for all rows.
        y: Rows of samples, shape [n, sample].
        wanted: Places of the wanted values, between the first and the last sample, [n, wanted].

    Source: Fritsch & Butland (1984), doi:10.1137/0905021; the slopes are those of scipy's
    PchipInterpolator, whose import alone takes a quarter of a second.
    """
    after = np.clip(np.searchsorted(x, wanted, side="right") - 1, 0, x.size - 2)
    alike = len(y) > 0 and bool((after == after[0]).all())  # whole columns are taken faster
    where = (slice(None), after[0]) if alike else (np.arange(len(y))[:, None], after)
    width = np.diff(x)
    steps = np.diff(y, axis=1) / width
    slopes = _monotone_slopes(width, steps)
    bend = (slopes[:, :-1] + slopes[:, 1:] - 2.0 * steps) / width
    distance, values = wanted - x[after], (bend / width)[where]
    for coefficients in ((steps - slopes[:, :-1]) / width - bend, slopes, y):
        values = values * distance + coefficients[where]
    return values


def _monotone_slopes(h: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Return slopes at the samples with which cubic pieces stay monotone, shape [n, sample].

    Inside, the harmonic mean of both neighbouring slopes, weighted by the widths, or zero at an
    extremum; at both ends a parabola's slope, at most three times that of the last piece.

    Args:
        h: Widths of the pieces, shape [sample - 1].
        d: Slopes of straight pieces, shape [n, sample - 1].
    """
    if h.size == 1:
        return np.repeat(d, 2, axis=1)
    slopes = np.zeros((len(d), h.size + 1))
    near, far = 2.0 * h[1:] + h[:-1], h[1:] + 2.0 * h[:-1]
    turns = np.sign(d[:, :-1]) * np.sign(d[:, 1:]) <= 0.0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        mean = (near + far) / (near / d[:, :-1] + far / d[:, 1:])
    slopes[:, 1:-1] = np.where(turns, 0.0, mean)
    for end, (h0, h1), (d0, d1) in (
        (0, h[:2], d[:, :2].T), (-1, h[:-3:-1], d[:, :-3:-1].T)
    ):  # fmt: skip
        slope = ((2.0 * h0 + h1) * d0 - h0 * d1) / (h0 + h1)
        overshoots = (np.sign(d0) != np.sign(d1)) & (np.abs(slope) > 3.0 * np.abs(d0))
        slope = np.where(overshoots, 3.0 * d0, slope)
        slopes[:, end] = np.where(np.sign(slope) == np.sign(d0), slope, 0.0)
    return slopes


def padded(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Return curves of different lengths as the rows of one array, NaN beyond their ends.

    >>> padded([np.zeros(1), np.ones(2)])
    array([[ 0., nan],
           [ 1.,  1.]])
    """
    whole = np.full((len(rows), max(map(len, rows))), np.nan)
    for row, values in zip(whole, rows, strict=True):
        row[: len(values)] = values
    return whole


def filled(time: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Fill gaps between the known values of one signal along straight lines; its ends stay NaN.

    >>> filled(np.arange(4.0), np.array([np.nan, 1.0, np.nan, 3.0]))
    array([nan,  1.,  2.,  3.])
    """
    known = np.isfinite(values)
    if known.all() or not known.any():
        return values
    return np.interp(time, time[known], values[known], left=np.nan, right=np.nan)


def straight_pieces(time: np.ndarray, values: np.ndarray, allowed: float = STRAIGHT) -> np.ndarray:
    """Return the samples between which few straight lines follow a sampled signal.

    A piecewise-linear signal whose kinks are among the samples is cut at its kinks.

    Args:
        time: Instants, increasing, shape [time], in s.
        values: The signal at them, shape [time].
        allowed: How far the lines may be off a sample, relative to the largest modulus.

    Returns:
        Indices of the samples where lines meet, the first and the last sample included.

    Raises:
        DynsurError: There are fewer than two samples, or as many instants as values are not given.

    >>> straight_pieces(np.arange(6.0), np.array([0.0, 1.0, 2.0, 2.0, 2.0, 1.0])).tolist()
    [0, 2, 4, 5]
    """
    time, values = np.asarray(time), np.asarray(values)
    if time.shape != values.shape or time.ndim != 1 or time.size < 2:
        raise DynsurError(
            "straight pieces need two instants or more and a value at each; got arrays of shape "
            f"{time.shape} and {values.shape}."
        )
    if time.dtype.kind not in "biuf" or values.dtype.kind not in "biuf":
        raise DynsurError("straight pieces need arrays of numbers.")
    if not (np.isfinite(values).all() and (np.diff(time) > 0).all()):
        raise DynsurError("straight pieces need finite values and instants that increase.")
    size = float(np.abs(values).max()) or 1.0
    t, u, last = (time - time[0]) / (time[-1] - time[0]), values / size, len(time) - 1
    left, right = np.diff(t)[:-1], np.diff(t)[1:]
    off_chord = u[1:-1] - (u[:-2] * right + u[2:] * left) / (left + right)
    kinks, before, low, high = [0], 0, -np.inf, np.inf
    for k in [*(np.flatnonzero(np.abs(off_chord) > EXACT) + 1).tolist(), last]:
        start = kinks[-1]
        if before > start and not low <= (u[k] - u[start]) / (t[k] - t[start]) <= high:
            kinks.append(before)
            start, low, high = before, -np.inf, np.inf
        span, rise = t[k] - t[start], u[k] - u[start]
        low, high = max(low, (rise - allowed) / span), min(high, (rise + allowed) / span)
        before = k
    return np.array([*kinks, last])
