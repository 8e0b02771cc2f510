"""The modulated network as a torch module; imported only when a network is built."""

import torch
from torch import Tensor, nn

from .modulated import Modulated


class Network(nn.Module):
    """One member, see `Modulated`.

    Args:
        config: Sizes.
        series: Channels of the input series.
        parameters: Number of scalar inputs.
        outputs: Channels of the output series.
    """

    def __init__(self, config: Modulated, series: int, parameters: int, outputs: int) -> None:
        super().__init__()
        width, hidden, layers = config.width, config.hidden, config.layers
        self.summary = nn.AdaptiveAvgPool1d(config.stretches)
        self.modulation = nn.Sequential(
            nn.Linear(parameters + config.stretches * series, hidden),
            nn.SiLU(),
            nn.Dropout(config.dropout),
            nn.Linear(hidden, hidden),
            nn.SiLU(),
            nn.Dropout(config.dropout),
            nn.Linear(hidden, 2 * layers * width),
        )
        self.first = nn.Linear(series, width)
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(layers))
        self.last = nn.Linear(width, outputs)

    def forward(self, series: Tensor, parameters: Tensor) -> Tensor:
        """Map [batch, time, channel] and [batch, parameter] to [batch, time, output]."""
        summary = self.summary(series.transpose(1, 2)).flatten(1)
        system = self.modulation(torch.cat([parameters, summary], dim=1)).unsqueeze(1)
        gammas, betas = system.chunk(2, dim=2)
        count = len(self.layers)
        h = self.first(series)
        for layer, gamma, beta in zip(
            self.layers, gammas.chunk(count, dim=2), betas.chunk(count, dim=2), strict=True
        ):
            h = h + layer(nn.functional.silu(torch.addcmul(beta, h, 1 + gamma)))
        return self.last(nn.functional.silu(h))
