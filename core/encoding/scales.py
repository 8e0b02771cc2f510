"""Scales that map physical quantities to the range in which a network works."""

from dataclasses import dataclass
from typing import Literal

import numpy as np


@dataclass(frozen=True)
class Scale:
    """An invertible map of one quantity x to the model's scale, (g(x) − offset) / span.

    Args:
        name: The quantity.
        kind: The function g. "linear" is g(x) = x and "log" is g(x) = log₁₀ x. "asinh" is
            g(x) = asinh(x/threshold)/ln 10, a signed logarithm that is linear below `threshold`.
        offset: Value of g that is mapped to 0.
        span: Difference of g that is mapped to a difference of 1.
        threshold: Value at which "asinh" turns from linear to logarithmic, in the quantity's unit.
    """

    name: str
    kind: Literal["linear", "log", "asinh"] = "linear"
    offset: float = 0.0
    span: float = 1.0
    threshold: float = 1.0

    @classmethod
    def fit(
        cls,
        name: str,
        values: np.ndarray,
        kind: Literal["linear", "log", "asinh"] = "linear",
        threshold: float = 1.0,
    ) -> "Scale":
        """Fit offset and span so that the finite `values` cover [0, 1].

        A constant is mapped to 0.
        """
        g = _stretched(kind, threshold, np.asarray(values, float))
        g = g[np.isfinite(g)]
        low, high = (float(g.min()), float(g.max())) if g.size else (0.0, 1.0)
        return cls(name, kind, low, high - low if high > low else 1.0, threshold)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map physical values to the model's scale.

        A "log" scale has a lowest value, which lies below the fitted range by the width of that
        range. Smaller values, zero and negative ones included, are mapped to it.
        """
        x = np.asarray(x, float)
        if self.kind == "log":
            x = np.maximum(x, 10.0 ** (self.offset - self.span))
        return (_stretched(self.kind, self.threshold, x) - self.offset) / self.span

    def inverse(self, y: np.ndarray) -> np.ndarray:
        """Map the model's scale back to physical values."""
        g = np.asarray(y, float) * self.span + self.offset
        if self.kind == "log":
            return 10.0**g
        if self.kind == "asinh":
            return self.threshold * np.sinh(g * np.log(10.0))
        return g


def _stretched(kind: str, threshold: float, x: np.ndarray) -> np.ndarray:
    """Return g(x) of a scale."""
    if kind == "log":
        return np.log10(x)
    if kind == "asinh":
        return np.arcsinh(x / threshold) / np.log(10.0)
    return x


PHASE = "phase"  # the input series time / duration, known before any simulation
