"""Configuration of the nonlinear state-space network, which learns a state equation."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynsur.core import DynsurError

from .validation import check_sizes

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class NLSS:
    """A learnt state equation with a stable linear part and a bounded nonlinearity.

    x_t = A x_{t−1} + B r_t + W tanh(M x_{t−1} + V r_t + c);
    y_t = C x_t + D r_t + d + w tanh(E x_t + F r_t + e),  r_t = [s_t, s_{t−1}]

    A consists of blocks ρ [cos θ, −sin θ; sin θ, cos θ] with ρ < 1. The state therefore stays
    bounded for bounded series, also on sequences longer than those of the training. All weights and
    x_0 come from a dense network of the parameters. The network is causal, and its instants should
    be equally spaced (`dataset.kept=1`).

    Args:
        states: Size of x, even.
        width: Size of both nonlinearities.
        hidden: Size of the layer of the dense network.
        members: Number of networks whose mean is the prediction; each is trained on its share.

    Source: Paduart et al. (2010), doi:10.1016/j.automatica.2010.01.001, with a network in place of
    their polynomials as in Schoukens (2021); ρ and θ as Orvieto et al. (2023), arXiv:2303.06349.
    """

    states: int = 8
    width: int = 16
    hidden: int = 64
    members: int = 1

    name = "nlss"
    description = "a nonlinear state equation, stepped in time, whose weights the parameters set"

    def __post_init__(self) -> None:
        check_sizes(self, "states", "width", "hidden", "members")
        if self.states % 2:
            raise DynsurError(f"model.states must be even; got {self.states}.")

    def build(self, series: int, parameters: int, outputs: int) -> "nn.Module":
        """Build the network for the given numbers of channels; see `dynsur.core.Model`."""
        from dynsur.core import Ensemble

        from .nlss_module import Network

        sizes = (series, parameters, outputs)
        return Ensemble([Network(self, *sizes) for _ in range(self.members)])
