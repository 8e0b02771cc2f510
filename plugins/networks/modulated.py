"""Configuration of the modulated network, a pointwise network that each system modulates."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynsur.core import DynsurError

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Modulated:
    """A pointwise network from the series to the output, modulated by the whole system.

    h_0 = W s(t);  h_{l+1} = h_l + W_l silu((1 + γ_l) ⊙ h_l + β_l);  y(t) = w · silu(h_L)

    γ and β come from a dense network of the parameters and of the series' means over equal parts
    of the drive. Each instant is treated on its own. The network is therefore cheap, takes any
    instants, and can be trained on a few of each curve (`training.instants`). It knows the past
    only through its series, such as the phase or an estimate with memory.

    Args:
        width: Size of h.
        layers: Number of layers, L.
        hidden: Size of the layers of the dense network.
        stretches: Number of equal parts of the drive whose means the dense network sees.
        dropout: Share of the dense network's features dropped at random in training.
        members: Number of networks whose mean is the prediction; each is trained on its share.

    Source: Perez et al. (2018), FiLM, doi:10.1609/aaai.v32i1.11671; Seidman et al. (2022),
    NOMAD, arXiv:2206.03551.
    """

    width: int = 48
    layers: int = 3
    hidden: int = 128
    stretches: int = 4
    dropout: float = 0.1
    members: int = 2

    name = "modulated"
    description = "a pointwise network of the series, modulated by the parameters and the drive"

    def __post_init__(self) -> None:
        if min(self.width, self.layers, self.hidden, self.stretches, self.members) < 1:
            raise DynsurError("the sizes of model modulated must all be at least 1.")
        if not 0 <= self.dropout < 1:
            raise DynsurError(f"model.dropout must lie in [0, 1); got {self.dropout:g}.")

    def build(self, series: int, parameters: int, outputs: int) -> "nn.Module":
        """Build the network for the given numbers of channels; see `dynsur.core.Model`."""
        from .modulated_module import Network

        return Network(self, series, parameters, outputs)
