"""The graph network as a torch module; imported only when a network is built."""

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from .graph import Graph


def chain(places: int) -> tuple[Tensor, Tensor]:
    """Return the positions of the nodes and the nodes from which each receives messages.

    These are itself, its neighbours and the contacts. Node 0 is the left contact and the last node
    the right one. The nodes between them are Chebyshev's points.

    Returns:
        x/L, shape [node], and whether the first node receives from the second, [node, node].
    """
    inner = 0.5 - 0.5 * torch.cos(math.pi * (torch.arange(places) + 0.5) / places)
    x = torch.cat([torch.zeros(1), inner, torch.ones(1)])
    node = torch.arange(places + 2)
    hears = (node[:, None] - node).abs() <= 1
    hears[:, [0, -1]] = True
    return x, hears


class Messages(nn.Module):
    """One round of messages, which each node weighs by attention.

    Args:
        width: Size of h.
        heads: Number of attention heads.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.hearer = nn.Linear(width, heads)
        self.heard = nn.Linear(width, heads, bias=False)
        self.distance = nn.Parameter(torch.randn(heads, 1, 1))
        self.value = nn.Linear(width, width, bias=False)
        self.out = nn.Linear(width, width)

    def forward(self, h: Tensor, x: Tensor, hears: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        """Pass messages.

        Args:
            h: Shape [batch, node, width].
            x: Places, shape [node].
            hears: Whether the first node receives from the second, shape [node, node].
            gamma: Scale of the messages, shape [batch, 1, width].
            beta: Shift of the messages, shape [batch, 1, width].
        """
        fit = (
            self.hearer(h).transpose(1, 2).unsqueeze(3) + self.heard(h).transpose(1, 2)[:, :, None]
        )
        logits = nn.functional.leaky_relu(fit + self.distance * (x - x[:, None]), 0.2)
        weight = torch.softmax(logits.masked_fill(~hears, -torch.inf), dim=3)
        values = self.value(h).unflatten(2, (weight.shape[1], -1)).transpose(1, 2)
        message = (weight @ values).transpose(1, 2).flatten(2)
        return h + self.out(nn.functional.silu(torch.addcmul(beta, message, 1 + gamma)))


class Network(nn.Module):
    """One member of the network; see `Graph`.

    Args:
        config: Sizes of the network.
        series: Number of channels of the input series.
        parameters: Number of scalar inputs.
        outputs: Number of channels of the output series.
    """

    x: Tensor
    hears: Tensor

    def __init__(self, config: "Graph", series: int, parameters: int, outputs: int) -> None:
        super().__init__()
        width, layers = config.width, config.layers
        self.quantities = config.quantities if outputs % config.quantities == 0 else 1
        x, hears = chain(outputs // self.quantities)
        self.register_buffer("x", x, persistent=False)
        self.register_buffer("hears", hears, persistent=False)
        self.of_series = nn.Linear(series, width)
        self.of_place = nn.Parameter(0.5 * torch.randn(len(x), width))
        self.dense = nn.Sequential(
            nn.Linear(parameters, config.hidden),
            nn.SiLU(),
            nn.Linear(config.hidden, (1 + 2 * layers) * width),
        )
        self.layers = nn.ModuleList(Messages(width, config.heads) for _ in range(layers))
        self.memory = nn.GRU(width, width, batch_first=True)
        self.last = nn.Linear(width, self.quantities)

    def forward(self, series: Tensor, parameters: Tensor) -> Tensor:
        """Map [batch, time, channel] and [batch, parameter] to [batch, time, output]."""
        time = series.shape[1]
        width = self.of_place.shape[1]
        system = self.dense(parameters).unsqueeze(1)
        at = (self.of_series(series) + system[..., :width]).flatten(0, 1)
        h = at.unsqueeze(1) + self.of_place
        of_layers = system[..., width:].expand(-1, time, -1).flatten(0, 1).unsqueeze(1)
        gammas, betas = of_layers.chunk(2, dim=2)
        count = len(self.layers)
        for k, (layer, gamma, beta) in enumerate(
            zip(self.layers, gammas.chunk(count, dim=2), betas.chunk(count, dim=2), strict=True)
        ):
            h = layer(h, self.x, self.hears, gamma, beta)
            if k == 0:
                h = h + self._remembered(h, time)
        y = self.last(nn.functional.silu(h[:, 1:-1]))
        return y.transpose(1, 2).flatten(1).unflatten(0, (-1, time))

    def _remembered(self, h: Tensor, time: int) -> Tensor:
        """Return the memory of each node along its own series; h is [batch · time, node, width]."""
        series = h.unflatten(0, (-1, time)).transpose(1, 2)  # [batch, node, time, width]
        memory, _ = self.memory(series.flatten(0, 1))
        return memory.unflatten(0, series.shape[:2]).transpose(1, 2).flatten(0, 1)
