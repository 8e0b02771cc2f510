"""The Huber loss, which a few outliers do not dominate."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynsur.core import DynsurError

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Huber:
    """The mean of e²/(2δ) for |e| < δ and of |e| − δ/2 otherwise, with e = prediction − target.

    Args:
        delta: δ, in the model's own scale.

    Source: Huber (1964), doi:10.1214/aoms/1177703732.
    """

    delta: float = 0.05

    name = "huber"
    description = "squared error of small deviations, absolute error of large ones"

    def __post_init__(self) -> None:
        if self.delta <= 0:
            raise DynsurError(f"loss.delta must be positive; got {self.delta:g}.")

    def __call__(self, prediction: "Tensor", target: "Tensor") -> "Tensor":
        """Return the loss of [batch, time, output] tensors in the model's own scale."""
        from torch.nn.functional import smooth_l1_loss

        return smooth_l1_loss(prediction, target, beta=self.delta)
