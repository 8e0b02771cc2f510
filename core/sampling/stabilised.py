"""The scale on which readings whose noise grows with them have a noise of 1.

With the standard deviation s(m)² = (r m)² + a² it is T(m) = asinh(r m / a) / r, since dT/dm = 1/s:
linear near zero and logarithmic where the relative noise r outweighs the absolute noise a. See
Bartlett (1947), doi:10.2307/3001536.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Stabilised:
    """The scale T of one output.

    Args:
        relative: r, above 0.
        absolute: a, above 0, in the unit of the output.
    """

    relative: float
    absolute: float

    def forward(self, readings: np.ndarray) -> np.ndarray:
        """Return T of readings."""
        return np.arcsinh(self.relative * readings / self.absolute) / self.relative

    def inverse(self, values: np.ndarray) -> np.ndarray:
        """Return the readings of values of T; infinite where these are absurd."""
        with np.errstate(over="ignore"):
            return self.absolute * np.sinh(self.relative * values) / self.relative

    def deviation(self, readings: np.ndarray) -> np.ndarray:
        """Return s of readings."""
        return np.hypot(self.relative * readings, self.absolute)
