"""A surrogate as one graph of tensors: scales, network and scales back, in physical units."""

import copy
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from .encoding import Encoding, Scale

if TYPE_CHECKING:
    from .surrogate import Surrogate

PHASE = "phase"  # known beforehand, so no input of the graph
DECADE = math.log(10.0)


def series_names(encoding: Encoding) -> list[str]:
    """Return the channels of the graph's input `series`, in order."""
    seen = [s.name for s in encoding.series if s.name != PHASE]
    estimated = [s.name for s in encoding.outputs if encoding.departures]
    return list(dict.fromkeys([*seen, *estimated]))


class Scales(nn.Module):
    """`Scale.forward` and `Scale.inverse` of the last dimension's channels, in float64.

    asinh and sinh are spelt out: runtimes offer them for float32 only.

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


class Graph(nn.Module):
    """What `Surrogate.predict` computes at the trained phases.

    Args:
        surrogate: Its network is copied, its scales become constants.
    """

    phases: Tensor
    soft: Tensor
    trust: Tensor
    low: Tensor
    high: Tensor

    def __init__(self, surrogate: "Surrogate") -> None:
        super().__init__()
        encoding = surrogate.encoding
        self.names = series_names(encoding)
        self.channels = [s.name for s in encoding.series]
        self.outputs = [s.name for s in encoding.outputs]
        # Without gradients: what is exported is for use, and gives plain arrays.
        self.network = copy.deepcopy(surrogate.module).cpu().eval().requires_grad_(False)
        self.register_buffer("phases", torch.from_numpy(surrogate.phases.copy()))
        self.of_series = Scales(encoding.series)
        self.of_parameters = Scales(encoding.parameters)
        self.of_outputs = Scales(encoding.outputs)
        self.departs = bool(encoding.departures)
        for name in ("soft", "trust", "low", "high"):
            values = [getattr(d, name) for d in encoding.departures]
            self.register_buffer(name, torch.tensor(values, dtype=torch.float64))

    def forward(self, series: Tensor, parameters: Tensor) -> Tensor:
        """Map float64 [batch, time, channel] and [batch, parameter] to [batch, time, output]."""
        x = self.of_series(
            torch.stack([self._channel(series, name) for name in self.channels], dim=2)
        )
        y = self.network(x.float(), self.of_parameters(parameters).float()).double()
        if not self.departs:
            return self.of_outputs.inverse(y)
        estimate = torch.stack([self._channel(series, name) for name in self.outputs], dim=2)
        r = torch.clamp(self.soft * _sinh(y / self.soft), self.low, self.high)
        sign = torch.where(estimate >= 0.0, 1.0, -1.0).double()
        shift = sign * self.trust * r / self.of_outputs.span
        start = self.of_outputs(estimate)
        least, most = start.clamp(max=0.0), start.clamp(min=1.0)
        return self.of_outputs.inverse(torch.clamp(start + shift, least, most))

    def _channel(self, series: Tensor, name: str) -> Tensor:
        if name == PHASE:
            return self.phases.expand(series.shape[0], -1)
        return series[:, :, self.names.index(name)]


def _sinh(x: Tensor) -> Tensor:
    return 0.5 * (torch.exp(x) - torch.exp(-x))
