"""Ensembles of networks with independent weights, whose mean is the prediction."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class Ensemble(nn.Module):
    """Members whose mean is the prediction and whose spread measures its uncertainty.

    In training each member sees only a share of every batch. The members learn from different
    samples, so that their errors differ and the error of the mean is smaller.

    Args:
        members: The networks.

    Source: Lakshminarayanan, Pritzel & Blundell (2017), arXiv:1612.01474.
    """

    def __init__(self, members: Sequence[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, series: Tensor, parameters: Tensor) -> Tensor:
        """Map [batch, time, channel] and [batch, parameter] to [batch, time, output]."""
        if not self.training:
            return self.each(series, parameters).mean(dim=0)
        count = len(self.members)
        shares = zip(self.members, series.chunk(count), parameters.chunk(count), strict=False)
        return torch.cat([member(s, p) for member, s, p in shares])

    def each(self, series: Tensor, parameters: Tensor) -> Tensor:
        """Return every member's prediction, [member, batch, time, output]."""
        return torch.stack([member(series, parameters) for member in self.members])
