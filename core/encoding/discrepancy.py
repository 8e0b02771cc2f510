"""The discrepancy between an output and its estimate, encoded for training and decoded."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .scales import Scale

RARE = 1e-3  # share of the training departures beyond either limit

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Departure:
    """The departure of an output y from its base ŷ, on the output's scale g.

    The departure r = sign(ŷ) (g(y) − g(ŷ)) · span is encoded as soft · asinh(r / soft) / size, so
    that curves whose base fails altogether do not dominate the training. On decoding, r is limited
    to the range of the training data.

    Args:
        soft: Departure beyond which r is compressed, in the unit of g.
        trust: Factor by which predicted departures are multiplied. A model trained on few data
            errs on either side, so that a factor below 1 reduces its error. With 0 the factor is
            fitted on the validation part; see `core.evaluation.calibrate`.
        low: Smallest r of the training data, a thousandth of which are smaller still.
        high: Largest r of the training data, likewise. A few departures by decades would allow all.
        size: What an encoded departure of 1 stands for: the root mean square of the training data's
            compressed departures, whatever the accuracy of the base.
    """

    soft: float
    trust: float
    low: float
    high: float
    size: float = 1.0

    @classmethod
    def fit(
        cls, scale: Scale, values: np.ndarray, estimate: np.ndarray, soft: float, trust: float
    ) -> "Departure":
        """Fit `low`, `high` and `size` to training values and their estimates."""
        r = _departure(scale, values, estimate)
        size = float(np.sqrt(np.mean(_compressed(r, soft) ** 2)))
        low = np.quantile(r, RARE, method="lower")
        high = np.quantile(r, 1.0 - RARE, method="higher")
        return cls(soft, trust, float(low), float(high), size or 1.0)

    def forward(self, scale: Scale, values: np.ndarray, estimate: np.ndarray) -> np.ndarray:
        """Encode the departures of values from their estimates."""
        return _compressed(_departure(scale, values, estimate), self.soft) / self.size

    def inverse(self, scale: Scale, encoded: np.ndarray, estimate: np.ndarray) -> np.ndarray:
        """Return the values for an estimate and an encoded departure from it.

        The departure alone never moves a value out of the range of the training data.
        """
        with np.errstate(over="ignore"):  # the limits take care of infinity
            r = np.clip(self.soft * np.sinh(encoded * self.size / self.soft), self.low, self.high)
        shift = _sign(estimate) * self.trust * r / scale.span
        start = scale.forward(estimate)
        least, most = np.minimum(start, 0.0), np.maximum(start, 1.0)
        return scale.inverse(np.clip(start + shift, least, most))


def departed(
    start: "Tensor",
    encoded: "Tensor",
    sign: "Tensor",
    soft: "Tensor | float",
    limits: tuple[Any, Any],
    step: "Tensor | float",
) -> "Tensor":
    """Return `Departure.inverse` for tensors, on the scale of the output and without its limits.

    sinh is written with exponentials, since export formats offer it for float32 only.

    Args:
        start: The estimate on the scale of the output.
        encoded: The encoded departure times its `size`.
        sign: 1 where the estimate is zero or positive, −1 where it is negative.
        soft: `soft` of the departure.
        limits: `low` and `high` of the departure.
        step: The trust divided by the span of the scale.
    """
    x = encoded / soft
    r = (soft * 0.5 * (x.exp() - (-x).exp())).clamp(*limits)
    return start + sign * step * r


def _compressed(r: np.ndarray, soft: float) -> np.ndarray:
    return soft * np.arcsinh(r / soft)


def _departure(scale: Scale, values: np.ndarray, estimate: np.ndarray) -> np.ndarray:
    return _sign(estimate) * (scale.forward(values) - scale.forward(estimate)) * scale.span


def _sign(values: np.ndarray) -> np.ndarray:
    return np.where(values >= 0.0, 1.0, -1.0)
