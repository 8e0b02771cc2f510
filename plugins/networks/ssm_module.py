"""The state-space network as a torch module; imported only when a network is built."""

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from .linear_scan import recurrence

if TYPE_CHECKING:
    from .ssm import SSM

SHORTEST, LONGEST = 2.0, 1000.0  # instants that |λ| takes to fall to 1/e, before training


class Layer(nn.Module):
    """One layer of recurrences.

    Args:
        width: Size of h.
        states: Number of complex states.
    """

    def __init__(self, width: int, states: int) -> None:
        super().__init__()
        times = torch.logspace(math.log10(SHORTEST), math.log10(LONGEST), states)
        self.log_decay = nn.Parameter(-times.log())
        # From drifting to oscillating, each within its own memory.
        self.angle = nn.Parameter(math.pi * torch.rand(states) * (2.0 / times).clamp(min=0.02))
        self.into = nn.Linear(width, 2 * states, bias=False)
        self.out = nn.Linear(2 * states, width, bias=False)
        self.past = nn.Linear(width, width)
        self.mix = nn.Linear(width, width)

    def forward(self, h: Tensor, gamma: Tensor, beta: Tensor, start: Tensor) -> Tensor:
        """Map h [batch, time, width], modulated by γ and β, from the initial x [batch, 1, …]."""
        size = torch.exp(-self.log_decay.exp())
        v = self.into(h).unflatten(2, (2, -1)) * torch.sqrt(1.0 - size**2)
        v = torch.cat([v[:, :1] + start.unflatten(2, (2, -1)), v[:, 1:]], dim=1)
        x = recurrence(v, size, self.angle).flatten(2)
        z = torch.addcmul(beta, self.out(x) + self.past(h), 1 + gamma)
        return h + self.mix(nn.functional.silu(z))


class Network(nn.Module):
    """One member of the network; see `SSM`.

    Args:
        config: Sizes of the network.
        series: Number of channels of the input series.
        parameters: Number of scalar inputs.
        outputs: Number of channels of the output series.
    """

    def __init__(self, config: "SSM", series: int, parameters: int, outputs: int) -> None:
        super().__init__()
        width, states = config.width, config.states
        self.sizes = [width, *[width, width, 2 * states] * config.layers]
        self.dense = nn.Sequential(
            nn.Linear(parameters, config.hidden),
            nn.SiLU(),
            nn.Linear(config.hidden, sum(self.sizes)),
        )
        self.first = nn.Linear(series, width)
        self.layers = nn.ModuleList(Layer(width, states) for _ in range(config.layers))
        self.last = nn.Linear(width, outputs)
        self.skip = nn.Linear(series, outputs, bias=False)

    def forward(self, series: Tensor, parameters: Tensor) -> Tensor:
        """Map [batch, time, channel] and [batch, parameter] to [batch, time, output]."""
        shift, *rest = self.dense(parameters).unsqueeze(1).split(self.sizes, dim=2)
        h = self.first(series) + shift
        for k, layer in enumerate(self.layers):
            h = layer(h, *rest[3 * k : 3 * k + 3])
        return self.last(h) + self.skip(series)
