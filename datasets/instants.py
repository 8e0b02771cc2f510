"""Place the retained instants where the curves of a store change."""

from collections.abc import Mapping

import numpy as np
from dynsur.core import straight_pieces

SPREAD_EVENLY = 0.5  # share of the instants that is spread evenly
FEW = 0.1  # of the instants: how many turning points of a drive may join them


def where_curves_change(
    phase: np.ndarray,
    drives: Mapping[str, np.ndarray],
    outputs: Mapping[str, np.ndarray],
    count: int,
) -> np.ndarray:
    """Return instants that are closer to each other where outputs change more.

    An interval's share of the instants is the mean of an even share and of its share in
    Σ |Δy| / (max y − min y), summed over samples and outputs. Instants at which the drives of all
    samples turn are retained too, so that straight lines follow the drives.

    Args:
        phase: Time / duration of the samples, shape [sample, time].
        drives: Driven variables by name, each of shape [sample, time].
        outputs: Computed variables by name, each of shape [sample, time].
        count: How many instants to retain, beside turning points.

    Returns:
        Indices into the times, increasing; the first and the last are among them.
    """
    phase, points = np.median(phase, axis=0), phase.shape[1]
    changes = sum(_changes(curves) for curves in outputs.values())
    share = SPREAD_EVENLY / (points - 1) + (1.0 - SPREAD_EVENLY) * changes / np.sum(changes)
    reached = np.concatenate([[0.0], np.cumsum(share)])
    chosen = np.arange(0)
    for wanted in range(count, 2 * points):  # instants may coincide where there are too few
        places = np.interp(np.linspace(0.0, reached[-1], wanted), reached, np.arange(points))
        chosen = np.unique(np.round(places).astype(int))
        if chosen.size >= count:
            break
    for curves in drives.values():
        size = np.abs(curves).max(axis=1, keepdims=True)
        turns = straight_pieces(phase, np.mean(curves / np.where(size, size, 1.0), axis=0))
        chosen = np.union1d(chosen, turns) if turns.size <= FEW * count else chosen
    return chosen


def _changes(curves: np.ndarray) -> np.ndarray:
    """Return the mean change between neighbouring instants, relative to each curve's span."""
    span = np.ptp(curves, axis=1, keepdims=True)
    changes = np.mean(np.abs(np.diff(curves, axis=1)) / np.where(span, span, 1.0), axis=0)
    return changes if changes.any() else np.ones_like(changes)
