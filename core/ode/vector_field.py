"""Evaluate a right-hand side that is written for one device for many devices at once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..systems.instants import stops
from ..systems.signals import Signal
from .batched_signals import Drives, drives

WIDTH = 8  # lanes come in multiples of a processor's vectors, so that a lane's place is no matter

Rhs = Callable[[Any, Any, Any, Mapping[str, Any]], Sequence[Any] | np.ndarray]


class Lanes:
    """The derivative dy/dt of many devices, each at its own instant.

    Args:
        rhs: f(t, y, u, p), which acts on arrays element by element.
        values: Parameters by name, each of shape [device].
        drives: The devices' drives.
        device: The device in each lane.
    """

    def __init__(
        self, rhs: Rhs, values: Mapping[str, np.ndarray], drives: Drives, device: np.ndarray
    ) -> None:
        self.rhs, self.values, self.drives, self.device = rhs, values, drives, device

    def __call__(self, t: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return dy/dt [component, lane] at times t [lane] and states y [component, lane]."""
        slopes = self.rhs(t, y, self.drives(t), self.values)
        result = np.empty_like(y)
        for component, slope in zip(result, slopes, strict=True):
            component[:] = slope
        return result

    def take(self, lanes: np.ndarray) -> "Lanes":
        """Return the given lanes."""
        values = {name: column[lanes] for name, column in self.values.items()}
        return Lanes(self.rhs, values, self.drives.take(lanes), self.device[lanes])


def side_by_side(
    rhs: Rhs,
    values: Mapping[str, np.ndarray],
    signals: Sequence[Signal],
    halts: Sequence[np.ndarray] | None = None,
) -> Lanes:
    """Put devices into lanes; copies of the last one fill them up to a multiple of `WIDTH`.

    Args:
        rhs: f(t, y, u, p).
        values: Parameters by name, each of shape [device].
        signals: The devices' drives.
        halts: The instants of each drive that `stops` returns, if they are known.
    """
    halts = halts or [stops(signal) for signal in signals]
    device = np.arange(len(signals))
    return Lanes(rhs, values, drives(signals, halts), device).take(padded(device))


def padded(lanes: np.ndarray) -> np.ndarray:
    """Repeat the last entry up to a multiple of `WIDTH` entries."""
    return np.pad(lanes, (0, -lanes.size % WIDTH), mode="edge")


def of_one(u: np.ndarray) -> Any:
    """Return the drive of one device at one instant: a number, or one for each input [input]."""
    return float(u) if np.ndim(u) == 0 else np.asarray(u, float)


def agrees(
    rhs: Rhs,
    t: np.ndarray,
    y: np.ndarray,
    u: np.ndarray,
    values: Mapping[str, np.ndarray],
    negligible: np.ndarray,
) -> bool:
    """Return whether f of all devices at once equals f of each device alone.

    Args:
        rhs: f(t, y, u, p).
        t: Instants, shape [device].
        y: States, shape [component, device].
        u: Drives, shape [device], or [input, device] of several inputs.
        values: Parameters by name, each of shape [device].
        negligible: Difference of slopes that does not matter, shape [component, device].
    """
    lanes = padded(np.arange(t.size))
    together = np.empty((len(y), lanes.size))
    some = {name: column[lanes] for name, column in values.items()}
    slopes = rhs(t[lanes], y[:, lanes].copy(), u[..., lanes], some)
    for row, slope in zip(together, slopes, strict=True):
        row[:] = slope
    alone = np.empty(y.shape)
    for i in range(t.size):
        one = {name: float(column[i]) for name, column in values.items()}
        alone[:, i] = rhs(float(t[i]), y[:, i].copy(), of_one(u[..., i]), one)
    together = together[:, : t.size]
    size = np.maximum(np.abs(alone), 1e-3 * np.abs(alone).max(axis=0))
    same = (together == alone) | (np.isnan(together) & np.isnan(alone))
    return bool((same | (np.abs(together - alone) <= 1e-6 * size + negligible)).all())
