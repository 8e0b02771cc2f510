"""Configuration of the recurrent network: a gated recurrent unit of few parameters."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .validation import check_sizes

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class GRU:
    """A state that remembers, stepped along the series by gates; the parameters set its course.

    x_t = (1 + γ) ⊙ W s_t + β;  h_t = GRU(x_t, h_{t−1});  y_t = v · silu(V [h_t, x_t]) + D s_t

    γ, β and h_0 come from a dense network of the parameters; D s_t is the linear skip. Causal: an
    output depends on the series up to its instant, so sequences may be longer than in training.

    Args:
        width: Size of h and x.
        layers: Units, one upon the other.
        hidden: Size of the dense network's layer.
        skip: Whether the series reach the output linearly too.
        members: Networks whose mean is the prediction; an epoch shows each its share of the data.

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
        """Build the network for so many series channels, scalar inputs and output channels."""
        from dynsur.core import Ensemble

        from .gru_module import Network

        sizes = (series, parameters, outputs)
        return Ensemble([Network(self, *sizes) for _ in range(self.members)])
