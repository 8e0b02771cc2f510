"""The scale on which a quantity is analysed."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

WIDE = 100.0  # ratio of large to small systems above which an output is analysed in decades


@dataclass(frozen=True)
class Scaling:
    """A scale: "linear", "log10" (taken already) or "signed decades", asinh(y/size)/ln 10.

    Args:
        name: The scale.
        size: The size at which signed decades turn linear, in the output's unit.
    """

    name: Literal["linear", "log10", "signed decades"]
    size: float = 1.0

    @classmethod
    def of_series(cls, values: np.ndarray) -> "Scaling":
        """Return the scale of an output over time, [system, phase].

        It is that of signed decades where the peaks of 90 % of the systems span two decades.
        """
        peaks = np.abs(values).max(axis=1, initial=0.0)
        peaks = peaks[np.isfinite(peaks) & (peaks > 0)]
        if not peaks.size:
            return cls("linear")
        low, high = np.quantile(peaks, [0.05, 0.95])
        return cls("signed decades", float(low)) if high > WIDE * low else cls("linear")

    def __call__(self, values: np.ndarray, shifts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return values and small shifts of them on the scale."""
        if self.name != "signed decades":
            return values, shifts
        slope = 1.0 / (np.log(10.0) * np.hypot(values, self.size))
        return np.arcsinh(values / self.size) / np.log(10.0), shifts * slope
