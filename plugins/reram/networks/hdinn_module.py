"""HDiNN as a torch module; imported only when a network is built."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from .hdinn import HDiNN


class Network(nn.Module):
    """The two branches of figure 1, their merge and the dense layers after it.

    The parameters determine the behaviour of a device at every instant. With `conditioned` they
    therefore also enter the series' branch before the merge, as a scale and a shift of the
    convolutional features and as the initial state of the LSTM.

    Args:
        config: Sizes of the network.
        series: Number of channels of the input series.
        parameters: Number of scalar inputs.
        outputs: Number of channels of the output series.
    """

    def __init__(self, config: "HDiNN", series: int, parameters: int, outputs: int) -> None:
        super().__init__()
        channels, width = config.channels, config.width
        self.layers, self.width = config.layers, width
        self.series_cnn = nn.Sequential(
            nn.Conv1d(series, channels, config.kernel, padding="same"),
            nn.GELU(),
            nn.Conv1d(channels, channels, config.kernel, padding="same"),
            nn.GELU(),
        )
        self.lstm = nn.LSTM(channels, width, config.layers, batch_first=True)
        self.parameter_cnn = nn.Sequential(
            nn.Conv1d(1, channels, 3, padding="same"), nn.GELU(), nn.Flatten()
        )
        self.parameter_dense = nn.Sequential(
            nn.Linear(channels * parameters + parameters, 2 * width),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(2 * width, width),
            nn.GELU(),
        )
        self.condition = nn.Linear(width, 2 * channels) if config.conditioned else None
        self.start = nn.Linear(width, 2 * config.layers * width) if config.conditioned else None
        self.dense = nn.Sequential(
            nn.Linear(2 * width, config.dense),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.dense, config.dense),
            nn.GELU(),
            nn.Linear(config.dense, outputs),
        )

    def forward(self, series: Tensor, parameters: Tensor) -> Tensor:
        """Map [batch, time, channel] and [batch, parameter] to [batch, time, output]."""
        local = self.parameter_cnn(parameters.unsqueeze(1))
        # Neighbours in the parameters' order mean nothing; the values themselves pass too.
        vector = self.parameter_dense(torch.cat([local, parameters], dim=1))
        features = self.series_cnn(series.transpose(1, 2))
        state = None
        if self.condition is not None and self.start is not None:
            scale, shift = self.condition(vector).unsqueeze(2).chunk(2, dim=1)
            features = features * (1 + scale) + shift
            first = self.start(vector).view(-1, 2, self.layers, self.width).permute(1, 2, 0, 3)
            state = (torch.tanh(first[0]).contiguous(), first[1].contiguous())
        sequence, _ = self.lstm(features.transpose(1, 2), state)
        repeated = vector.unsqueeze(1).expand(-1, sequence.shape[1], -1)
        return self.dense(torch.cat([sequence, repeated], dim=2))
