"""Configuration of HDiNN, the paper's hybrid dual-input network."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynsur.core import DynsurError

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class HDiNN:
    """HDiNN: series → CNN → LSTM and parameters → CNN → dense, merged → dense → output series.

    Args:
        channels: Number of channels of both convolutional branches.
        kernel: Width of the series' convolutions, odd.
        width: Size of the LSTM's state and of the parameters' vector.
        layers: Number of LSTM layers.
        dense: Size of the dense layers after the merge.
        conditioned: Whether the parameters' vector also sets the initial state of the LSTM and
            scales the convolutional features of the series; False separates the branches.
        dropout: Share of the parameters' and the merged features dropped at random in training.
        members: Number of networks whose mean is the prediction; each is trained on its share.

    Source: Zamankhani (2024), section 4.1 and figure 1. The paper gives no sizes; these are ours.
    """

    channels: int = 48
    kernel: int = 3
    width: int = 48
    layers: int = 1
    dense: int = 128
    conditioned: bool = True
    dropout: float = 0.2
    members: int = 4

    name = "hdinn"
    description = "the paper's hybrid dual-input network: CNN-LSTM and CNN-dense, merged"

    def __post_init__(self) -> None:
        if min(self.channels, self.width, self.layers, self.dense, self.kernel, self.members) < 1:
            raise DynsurError("the sizes of model hdinn must all be at least 1.")
        if not 0 <= self.dropout < 1:
            raise DynsurError(f"model.dropout must lie in [0, 1); got {self.dropout:g}.")
        if self.kernel % 2 == 0:
            raise DynsurError(f"model.kernel must be odd; got {self.kernel}.")

    def build(self, series: int, parameters: int, outputs: int) -> "nn.Module":
        """Build the network for the given numbers of channels; see `dynsur.core.Model`."""
        from dynsur.core import Ensemble

        from .hdinn_module import Network

        sizes = (series, parameters, outputs)
        return Ensemble([Network(self, *sizes) for _ in range(self.members)])
