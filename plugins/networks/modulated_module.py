"""The modulated network as a torch module; imported only when a network is built."""

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from .modulated import Modulated


class Affine(nn.Module):
    """The affine maps x_m W_m + b_m of all members m as one batched product.

    Args:
        members: Number of members.
        inputs: Number of channels of x, shape [member, row, input].
        outputs: Number of channels of the result.
    """

    def __init__(self, members: int, inputs: int, outputs: int) -> None:
        super().__init__()
        bound = 1 / math.sqrt(inputs)
        self.weight = nn.Parameter(torch.empty(members, inputs, outputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(members, 1, outputs).uniform_(-bound, bound))

    def forward(self, x: Tensor) -> Tensor:
        """Map [member, row, input] to [member, row, output]."""
        return torch.baddbmm(self.bias, x, self.weight)


class Network(nn.Module):
    """All members of the network (see `Modulated`), with the methods of `dynsur.core.Ensemble`.

    Their weights are stacked, so that one product serves all members. A module for each member
    would need as many calls as there are members.

    Args:
        config: Sizes of the network.
        series: Number of channels of the input series.
        parameters: Number of scalar inputs.
        outputs: Number of channels of the output series.
    """

    def __init__(self, config: "Modulated", series: int, parameters: int, outputs: int) -> None:
        super().__init__()
        members, width, hidden = config.members, config.width, config.hidden
        self.count = members
        self.summary = nn.AdaptiveAvgPool1d(config.stretches)
        self.modulation = nn.Sequential(
            Affine(members, parameters + config.stretches * series, hidden),
            nn.SiLU(),
            nn.Dropout(config.dropout),
            Affine(members, hidden, hidden),
            nn.SiLU(),
            nn.Dropout(config.dropout),
            Affine(members, hidden, 2 * config.layers * width),
        )
        self.first = Affine(members, series, width)
        self.layers = nn.ModuleList(Affine(members, width, width) for _ in range(config.layers))
        self.last = Affine(members, width, outputs)

    def forward(self, series: Tensor, parameters: Tensor) -> Tensor:
        """Map [batch, time, channel] and [batch, parameter] to [batch, time, output].

        In training every member sees its share of the batch. Some systems are repeated to make
        the shares equal, and their second prediction is dropped.
        """
        if not self.training:
            return self.each(series, parameters).mean(dim=0)
        batch = len(series)
        share = math.ceil(batch / self.count)
        rows = torch.arange(share * self.count, device=series.device) % batch
        sizes = (self.count, share)
        shares = self._members(
            series[rows].unflatten(0, sizes), parameters[rows].unflatten(0, sizes)
        )
        return shares.flatten(0, 1)[:batch]

    def each(self, series: Tensor, parameters: Tensor) -> Tensor:
        """Return every member's prediction, [member, batch, time, output]."""
        return self._members(
            series.expand(self.count, -1, -1, -1), parameters.expand(self.count, -1, -1)
        )

    def _members(self, series: Tensor, parameters: Tensor) -> Tensor:
        """Map [member, batch, time, channel], [member, batch, parameter] to outputs like series."""
        members, batch, time, _ = series.shape
        means = self.summary(series.flatten(0, 1).transpose(1, 2)).flatten(1)
        seen = torch.cat([parameters, means.unflatten(0, (members, batch))], dim=2)
        gammas, betas = self.modulation(seen).unsqueeze(2).chunk(2, dim=3)
        count = len(self.layers)
        h = self.first(series.flatten(1, 2))
        for layer, gamma, beta in zip(
            self.layers, gammas.chunk(count, dim=3), betas.chunk(count, dim=3), strict=True
        ):
            modulated = torch.addcmul(beta, h.unflatten(1, (batch, time)), 1 + gamma)
            h = h + layer(nn.functional.silu(modulated).flatten(1, 2))
        return self.last(nn.functional.silu(h)).unflatten(1, (batch, time))
