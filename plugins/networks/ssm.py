"""Configuration of the state-space network, which consists of layers of linear recurrences."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .validation import check_sizes

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class SSM:
    """Layers of diagonal linear recurrences with a pointwise nonlinearity between them.

    h_0 = W s(t) + β_0;  x_t = λ ⊙ x_{t−1} + B h_{l,t};
    h_{l+1} = h_l + P silu((1 + γ_l) ⊙ (Re C x_t + D h_l) + β_l);  y = w · h_L + D s

    λ = exp(−e^ν + iθ) lies inside the unit circle, so that x stays bounded for bounded series. γ, β
    and an impulse at the first instant come from a dense network of the parameters. The network is
    causal. The recurrences are compiled loops on a CPU; elsewhere they take log₂ T operations on
    all T instants.

    Args:
        width: Size of h.
        states: Number of complex states of a layer.
        layers: Number of layers, L.
        hidden: Size of the layer of the dense network.
        members: Number of networks whose mean is the prediction; each is trained on its share.

    Source: Gu et al. (2022), S4D, arXiv:2206.11893; Orvieto et al. (2023), LRU, arXiv:2303.06349;
    Perez et al. (2018), FiLM, doi:10.1609/aaai.v32i1.11671.
    """

    width: int = 24
    states: int = 24
    layers: int = 3
    hidden: int = 64
    members: int = 1

    name = "ssm"
    description = "layers of linear recurrences, modulated by the parameters"

    def __post_init__(self) -> None:
        check_sizes(self, "width", "states", "layers", "hidden", "members")

    def build(self, series: int, parameters: int, outputs: int) -> "nn.Module":
        """Build the network for the given numbers of channels; see `dynsur.core.Model`."""
        from dynsur.core import Ensemble

        from .ssm_module import Network

        sizes = (series, parameters, outputs)
        return Ensemble([Network(self, *sizes) for _ in range(self.members)])
