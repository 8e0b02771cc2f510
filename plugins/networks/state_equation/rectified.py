"""Outputs that are the modulus of a linear response, such as a rectified speed: |v|.

A linear equation says nothing of them, since v and −v look alike. Their signs are found by
alternating between a linear response and the signs that it has, from many random responses. Of
linear phase retrieval this is the real case (Netrapalli, Jain & Sanghavi 2013, arXiv:1306.0160).
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from .module import Network

UNITS = 8  # tanh units that stand for one modulus, two for each place
LONGEST = 150  # instants of a response
MOST_ROWS = 3000  # instants that are looked at
STARTS, ROUNDS = 150, 60  # random responses, and how often each is improved at most
RIDGE = 1e-2  # relative to the mean square of the regressors
UNEXPLAINED = 0.1  # of the variance by a linear response, from which signs are looked for
BETTER = 0.25  # squared error in that of a linear response, below which an output is a modulus
FLOOR = 0.01  # quantile of the output that stands for v = 0
NEAREST, FARTHEST = 0.03, 0.9  # places of the units, in the largest |v|


@dataclass(frozen=True)
class Signed:
    """Outputs with their signs.

    Args:
        y: The outputs v, [record, time, output]; as they were where an output is no modulus.
        moduli: Which outputs are a modulus, [output].
        floor: The value of each output at v = 0, [output].
    """

    y: np.ndarray
    moduli: np.ndarray
    floor: np.ndarray


def signed(u: np.ndarray, y: np.ndarray, seed: int = 0) -> Signed | None:
    """Return the outputs with signs, or None where none is explained far better by a modulus.

    Args:
        u: Inputs [record, time, input].
        y: Outputs [record, time, output]; NaN where nothing is known.
        seed: Of the random responses.
    """
    length = min(LONGEST, u.shape[1] // 2)
    if length < 2:
        return None
    past = _past(u, length)
    found, moduli = y.copy(), np.zeros(y.shape[2], bool)
    floor = np.nanquantile(y, FLOOR, axis=(0, 1))
    for k in range(y.shape[2]):
        size = y[..., k] - floor[k]
        rows = np.argwhere(np.isfinite(size) & (np.arange(u.shape[1]) >= length // 2))
        rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_ROWS)).astype(int)]
        if len(rows) < 20:
            continue
        regressors = np.stack([_row(past, record, t) for record, t in rows])
        response = _response(regressors, size[tuple(rows.T)], u.shape[2], length, seed)
        if response is not None:
            moduli[k] = True
            for record in range(len(y)):
                v = np.array([_row(past, record, t) @ response for t in range(u.shape[1])])
                found[record, :, k] = np.where(v < 0.0, -1.0, 1.0) * size[record]
    return Signed(found, moduli, floor) if moduli.any() else None


def _past(u: np.ndarray, length: int) -> np.ndarray:
    """Return views of the inputs up to each instant, [record, time, input, lag]."""
    before = np.repeat(u[:, :1], length - 1, axis=1)
    return sliding_window_view(np.concatenate([before, u], axis=1), length, axis=1)


def _row(past: np.ndarray, record: int, t: int) -> np.ndarray:
    return np.append(past[record, t].ravel(), 1.0)


def _response(
    regressors: np.ndarray, size: np.ndarray, inputs: int, length: int, seed: int
) -> np.ndarray | None:
    """Return the response whose modulus explains `size`, or None if a linear one does as well."""
    rows, columns = regressors.shape
    ridge = RIDGE * np.mean(regressors**2) * rows * np.eye(columns)
    solved = np.linalg.solve(regressors.T @ regressors + ridge, regressors.T)
    mean = size.mean()
    linear = float(np.mean((regressors @ (solved @ (size - mean)) - (size - mean)) ** 2))
    if linear < UNEXPLAINED * size.var():
        return None
    rng = np.random.default_rng(seed)
    best, least = None, np.inf
    lags = np.arange(length)[::-1]
    for _ in range(STARTS):
        decay = np.exp(rng.uniform(np.log(2.0), np.log(length / 2)))
        turn = np.cos(rng.uniform(0.0, 1.0) * lags / decay + rng.uniform(0.0, 2 * np.pi))
        first = np.outer(rng.standard_normal(inputs), np.exp(-lags / decay) * turn)
        response = np.append(first.ravel(), 0.0)
        signs = np.zeros(rows)
        for _ in range(ROUNDS):
            new = np.where(regressors @ response < 0.0, -1.0, 1.0)
            if np.array_equal(new, signs):
                break
            signs, response = new, solved @ (new * size)
        error = float(np.mean((np.abs(regressors @ response) - size) ** 2))
        if error < least:
            best, least = response, error
    return best if least < BETTER * linear else None


def modulus_units(largest: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return slopes, offsets and weights of tanh units, and a constant, whose sum is nearly |v|.

    |v| ≈ constant + Σ weight · tanh(slope · v + offset) for |v| up to `largest`; the error is 0.2 %
    of it (root mean square).
    """
    places = np.geomspace(NEAREST, FARTHEST, UNITS // 2)
    v = np.linspace(-1.1, 1.1, 2201)
    centres = np.concatenate([places, -places])
    slopes = 1.0 / np.abs(centres)
    sums = np.tanh(slopes * (v[:, None] - centres))
    pairs = sums[:, : UNITS // 2] - sums[:, UNITS // 2 :]
    found = np.linalg.lstsq(np.column_stack([pairs, np.ones_like(v)]), np.abs(v), rcond=1e-9)[0]
    weights = np.concatenate([found[:-1], -found[:-1]]) * largest
    return slopes / largest, -slopes * centres, weights, float(found[-1] * largest)


@torch.no_grad()
def fold(member: Network, moduli: Signed) -> None:
    """Turn linear outputs v into moduli |v| by tanh units that had no part so far."""
    first = len(member.e) - member.idle
    for k in np.flatnonzero(moduli.moduli):
        largest = float(np.nanmax(np.abs(moduli.y[..., k])))
        slopes, offsets, weights, constant = map(torch.as_tensor, modulus_units(largest))
        units = slice(first, first + len(slopes))
        first += len(slopes)
        member.E[units] = slopes[:, None] * member.C[k]
        member.F[units] = slopes[:, None] * member.D[k]
        member.e[units] = slopes * member.d[k] + offsets
        member.w[k, units] = weights
        member.C[k], member.D[k] = 0.0, 0.0
        member.d[k] = constant + moduli.floor[k]
