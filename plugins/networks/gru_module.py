"""The recurrent network as a torch module; imported only when a network is built."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from .gru import GRU


class Network(nn.Module):
    """One member of the network; see `GRU`.

    Args:
        config: Sizes of the network.
        series: Number of channels of the input series.
        parameters: Number of scalar inputs.
        outputs: Number of channels of the output series.
    """

    def __init__(self, config: "GRU", series: int, parameters: int, outputs: int) -> None:
        super().__init__()
        width, self.layers = config.width, config.layers
        self.dense = nn.Sequential(
            nn.Linear(parameters, config.hidden),
            nn.SiLU(),
            nn.Linear(config.hidden, (2 + config.layers) * width),
        )
        self.first = nn.Linear(series, width)
        self.unit = nn.GRU(width, width, config.layers, batch_first=True)
        self.head = nn.Sequential(nn.Linear(2 * width, width), nn.SiLU(), nn.Linear(width, outputs))
        self.skip = nn.Linear(series, outputs, bias=False) if config.skip else None

    def forward(self, series: Tensor, parameters: Tensor) -> Tensor:
        """Map [batch, time, channel] and [batch, parameter] to [batch, time, output]."""
        gamma, beta, *start = self.dense(parameters).chunk(2 + self.layers, dim=1)
        x = torch.addcmul(beta.unsqueeze(1), self.first(series), 1 + gamma.unsqueeze(1))
        h, _ = self.unit(x, torch.tanh(torch.stack(start)))
        y = self.head(torch.cat([h, x], dim=2))
        return y if self.skip is None else y + self.skip(series)
