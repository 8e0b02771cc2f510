"""The scales as a torch module, in float64."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .scales import Scale

DECADE = math.log(10.0)


class Scales(nn.Module):
    """`Scale.forward` and `Scale.inverse` for the channels in the last dimension, in float64.

    asinh and sinh are written with logarithms and exponentials, since runtimes offer them for
    float32 only.

    Args:
        scales: One for each channel.
    """

    offset: Tensor
    span: Tensor
    threshold: Tensor
    least: Tensor
    is_log: Tensor
    is_asinh: Tensor

    def __init__(self, scales: Sequence[Scale]) -> None:
        super().__init__()
        constants = {
            "offset": [s.offset for s in scales],
            "span": [s.span for s in scales],
            "threshold": [s.threshold if s.kind == "asinh" else 1.0 for s in scales],
            "least": [10.0 ** (s.offset - s.span) if s.kind == "log" else 1.0 for s in scales],
        }
        for name, values in constants.items():
            self.register_buffer(name, torch.tensor(values, dtype=torch.float64))
        self.register_buffer("is_log", torch.tensor([s.kind == "log" for s in scales]))
        self.register_buffer("is_asinh", torch.tensor([s.kind == "asinh" for s in scales]))

    def forward(self, x: Tensor) -> Tensor:
        """Map physical values to the model's scale."""
        logarithm = torch.log(torch.maximum(x, self.least)) / DECADE
        ratio = x / self.threshold
        asinh = torch.sign(ratio) * torch.log(ratio.abs() + torch.sqrt(ratio**2 + 1.0)) / DECADE
        g = torch.where(self.is_log, logarithm, torch.where(self.is_asinh, asinh, x))
        return (g - self.offset) / self.span

    def inverse(self, y: Tensor) -> Tensor:
        """Map the model's scale back to physical values."""
        g = y * self.span + self.offset
        power = torch.exp(g * DECADE)
        sinh = self.threshold * _sinh(g * DECADE)
        return torch.where(self.is_log, power, torch.where(self.is_asinh, sinh, g))


def _sinh(x: Tensor) -> Tensor:
    return 0.5 * (torch.exp(x) - torch.exp(-x))
