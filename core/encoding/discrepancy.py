"""The discrepancy between an output and its estimate, encoded for training and decoded."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .scales import Scale

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Departure:
    """How far an output departs from its closed-form estimate ŷ, on the output's scale g.

    r = sign(ŷ) (g(y) − g(ŷ)) · span, encoded as soft · asinh(r / soft), so that estimates which
    fail altogether do not rule the training. Back, r is cut to what training data showed.

    Args:
        soft: Departure beyond which r is compressed, in the unit of g.
        trust: Share of a predicted departure that is believed: a model of few data errs on
            either side, and where it has learnt nothing the estimate is the better guess. 0
            leaves the choice to the validation part, see `core.evaluation.calibrate`.
        low: Least r of the training data.
        high: Largest r of the training data.
    """

    soft: float
    trust: float
    low: float
    high: float

    @classmethod
    def fit(
        cls, scale: Scale, values: np.ndarray, estimate: np.ndarray, soft: float, trust: float
    ) -> "Departure":
        """Take the range of the departures from training values and estimates."""
        r = _departure(scale, values, estimate)
        return cls(soft, trust, float(r.min()), float(r.max()))

    def forward(self, scale: Scale, values: np.ndarray, estimate: np.ndarray) -> np.ndarray:
        """Encode values beside their estimate."""
        return self.soft * np.arcsinh(_departure(scale, values, estimate) / self.soft)

    def inverse(self, scale: Scale, encoded: np.ndarray, estimate: np.ndarray) -> np.ndarray:
        """Return the values that an encoded departure from `estimate` stands for.

        They do not leave the range of the training data on account of the departure.
        """
        r = np.clip(self.soft * np.sinh(encoded / self.soft), self.low, self.high)
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
    """Return `Departure.inverse` for tensors, in the scale of the output and not yet limited to it.

    sinh is spelt out: export formats offer it for float32 only.

    Args:
        start: The estimate in the scale of the output.
        encoded: The encoded departure.
        sign: 1 where the estimate is zero or positive, −1 where it is negative.
        soft: `soft` of the departure.
        limits: `low` and `high` of the departure.
        step: Trust over the span of the scale.
    """
    x = encoded / soft
    r = (soft * 0.5 * (x.exp() - (-x).exp())).clamp(*limits)
    return start + sign * step * r


def _departure(scale: Scale, values: np.ndarray, estimate: np.ndarray) -> np.ndarray:
    return _sign(estimate) * (scale.forward(values) - scale.forward(estimate)) * scale.span


def _sign(values: np.ndarray) -> np.ndarray:
    return np.where(values >= 0.0, 1.0, -1.0)
