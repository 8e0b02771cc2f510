"""Configuration of the graph network, which passes messages with attention along a device."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynsur.core import DynsurError

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Graph:
    """A network on the graph of the places along a device and its two contacts.

    At each instant h_k = S s(t) + P p + e_k, and in each layer, with j in k, its neighbours and the
    contacts,

    α_kj = softmax_j lrelu(a · h_k + b · h_j + d (x_j − x_k));
    h_k ← h_k + O silu((1 + γ) ⊙ Σ_j α_kj V h_j + β);  y_k(t) = w silu(h_k)

    After the first layer each place adds the state of a gated recurrent unit along its own h. γ and
    β come from a dense network of the parameters, and all nodes share the weights. The outputs are
    the first quantity at all places, then the second one, and so on. If their number is not a
    multiple of `quantities`, each output is a place. The network is causal, and its instants should
    be equally spaced (`dataset.kept=1`).

    Args:
        width: Size of h.
        heads: Number of attention heads, each with a part of h.
        layers: Number of rounds of messages.
        hidden: Size of the layer of the dense network.
        quantities: Number of quantities at each place.
        members: Number of networks whose mean is the prediction; each is trained on its share.

    Source: Veličković et al. (2018), Graph attention networks, arXiv:1710.10903; Cho et al. (2014),
    doi:10.3115/v1/D14-1179.
    """

    width: int = 32
    heads: int = 4
    layers: int = 3
    hidden: int = 64
    quantities: int = 2
    members: int = 1

    name = "graph"
    description = "messages with attention along the device's mesh, between places that remember"

    def __post_init__(self) -> None:
        sizes = (self.width, self.heads, self.layers, self.hidden, self.quantities, self.members)
        if min(sizes) < 1:
            raise DynsurError("the sizes of model graph must all be at least 1.")
        if self.width % self.heads:
            raise DynsurError(
                f"model.width must be a multiple of model.heads; got {self.width} and {self.heads}."
            )

    def build(self, series: int, parameters: int, outputs: int) -> "nn.Module":
        """Build the network for the given numbers of channels; see `dynsur.core.Model`."""
        from dynsur.core import Ensemble

        from .graph_module import Network

        sizes = (series, parameters, outputs)
        return Ensemble([Network(self, *sizes) for _ in range(self.members)])
