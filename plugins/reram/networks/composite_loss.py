"""The paper's composite loss, equations 1 to 4."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynsur.core import DynsurError

if TYPE_CHECKING:
    from torch import Tensor


def mse(prediction: "Tensor", target: "Tensor") -> "Tensor":
    """Return the mean squared error (1/n) Σ (y_pred − y_true)², equation 1."""
    return ((prediction - target) ** 2).mean()


def gradient_error(prediction: "Tensor", target: "Tensor") -> "Tensor":
    """Return the error of the change between consecutive points, equation 2.

    (1/(n−1)) Σ (|y_pred,i+1 − y_pred,i| − |y_true,i+1 − y_true,i|)², along time, axis 1.
    """
    change = prediction.diff(dim=1).abs() - target.diff(dim=1).abs()
    return (change**2).mean()


def peaks(target: "Tensor", threshold: float) -> "Tensor":
    """Mark the points where the data change significantly: 1 at a peak, 0 elsewhere.

    A point is a peak if the modulus of its central difference (one-sided at the ends) exceeds
    `threshold` times the largest one of its curve. The paper does not say which difference it
    takes; the central one has a value at each point.

    Args:
        target: Simulated outputs [batch, time, output].
        threshold: Multiple of the largest gradient, in [0, 1).
    """
    import torch

    (slope,) = torch.gradient(target, dim=1)
    slope = slope.abs()
    return (slope > threshold * slope.amax(dim=1, keepdim=True)).to(target.dtype)


def peak_mse(prediction: "Tensor", target: "Tensor", weight: float, threshold: float) -> "Tensor":
    """Return the squared error at the peaks (1/n) Σ w_peak (y_pred − y_true)² peak, equation 3."""
    return (weight * (prediction - target) ** 2 * peaks(target, threshold)).mean()


@dataclass(frozen=True)
class CompositeLoss:
    """The loss α·MSE + (1 − α)·gradient error + peak MSE, equation 4.

    The paper gives no values for the weights; the defaults are our choice.

    Args:
        alpha: α, the weight of the MSE.
        peak_weight: w_peak.
        peak_threshold: Multiple of a curve's largest gradient above which a point is a peak.

    Source: Zamankhani (2024), section 4.2.
    """

    alpha: float = 0.5
    peak_weight: float = 0.5
    peak_threshold: float = 0.5

    name = "composite"
    description = "the paper's loss: MSE, gradient error and peak MSE"

    def __post_init__(self) -> None:
        if not 0 <= self.alpha <= 1 or self.peak_weight < 0 or not 0 <= self.peak_threshold < 1:
            raise DynsurError(
                "loss.alpha must lie in [0, 1], loss.peak_weight must not be negative and "
                f"loss.peak_threshold must lie in [0, 1); got {self.alpha:g}, "
                f"{self.peak_weight:g} and {self.peak_threshold:g}."
            )

    def __call__(self, prediction: "Tensor", target: "Tensor") -> "Tensor":
        """Return the loss of [batch, time, output] tensors in the model's own scale."""
        return (
            self.alpha * mse(prediction, target)
            + (1 - self.alpha) * gradient_error(prediction, target)
            + peak_mse(prediction, target, self.peak_weight, self.peak_threshold)
        )
