"""Express a surrogate as one graph of tensors with inputs and outputs in physical units."""

import copy
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ..encoding.discrepancy import departed
from ..encoding.encoding import Encoding
from ..encoding.scales import PHASE
from ..encoding.torch_scales import Scales

if TYPE_CHECKING:
    from .surrogate import Surrogate


def series_names(encoding: Encoding) -> list[str]:
    """Return the names of the channels of the graph's input `series`, in order."""
    seen = [s.name for s in encoding.series if s.name != PHASE]
    estimated = [s.name for s in encoding.outputs if encoding.departures]
    return list(dict.fromkeys([*seen, *estimated]))


class Graph(nn.Module):
    """The computation of `Surrogate.predict` at the trained phases as a torch module.

    Args:
        surrogate: The surrogate, whose network is copied and whose scales become constants.
    """

    phases: Tensor
    soft: Tensor
    trust: Tensor
    low: Tensor
    high: Tensor
    size: Tensor

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
        for name in ("soft", "trust", "low", "high", "size"):
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
        sign = torch.where(estimate >= 0.0, 1.0, -1.0).double()
        start, step = self.of_outputs(estimate), self.trust / self.of_outputs.span
        scaled = departed(start, self.size * y, sign, self.soft, (self.low, self.high), step)
        least, most = start.clamp(max=0.0), start.clamp(min=1.0)
        return self.of_outputs.inverse(torch.clamp(scaled, least, most))

    def _channel(self, series: Tensor, name: str) -> Tensor:
        if name == PHASE:
            return self.phases.expand(series.shape[0], -1)
        return series[:, :, self.names.index(name)]
