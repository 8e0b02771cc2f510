"""Configuration of the recurrent network: a gated recurrent unit of few parameters."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .validation import check_sizes

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class GRU:
    """A gated recurrent unit along the series, modulated by the parameters.

    x_t = (1 + γ) ⊙ W s_t + β;  h_t = GRU(x_t, h_{t−1});  y_t = v · silu(V [h_t, x_t]) + D s_t

    γ, β and h_0 come from a dense network of the parameters, and D s_t is the linear skip. The
    network is causal: an output depends on the series up to its instant only. Sequences may
    therefore be longer than those of the training.

    Args:
        width: Size of h and x.
        layers: Number of stacked units.
        hidden: Size of the layer of the dense network.
        skip: Whether the linear skip D s_t is used.
        members: Number of networks whose mean is the prediction; each is trained on its share.

    Source: Cho et al. (2014), doi:10.3115/v1/D14-1179; Perez et al. (2018), FiLM,
    doi:10.1609/aaai.v32i1.11671.
    """

    width: int = 32
    layers: int = 1
    hidden: int = 64
    skip: bool = True
    members: int = 1

    name = "gru"
    description = "a recurrent network whose input and first state the parameters set"

    def __post_init__(self) -> None:
        check_sizes(self, "width", "layers", "hidden", "members")

    def build(self, series: int, parameters: int, outputs: int) -> "nn.Module":
        """Build the network for the given numbers of channels; see `dynsur.core.Model`."""
        from dynsur.core import Ensemble

        from .gru_module import Network

        sizes = (series, parameters, outputs)
        return Ensemble([Network(self, *sizes) for _ in range(self.members)])
