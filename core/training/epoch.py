"""Train for one epoch: gradient steps in random order, then the validation loss."""

import math
import time
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..registry.configuration import Training
from ..registry.interfaces import Taught
from .ingredients import Cost

LARGEST_GRADIENT = 1.0  # norm to which a gradient is clipped
RUN_AWAY = 1e30  # stands for a validation loss that is not finite: worse than any other


def run_epoch(
    module: nn.Module,
    cost: Cost,
    optimizer: torch.optim.Optimizer,
    parts: list[tuple[Tensor, Tensor, Tensor]],
    training: Training,
    seed: int,
    epoch: int,
    rate: float,
) -> dict[str, Any]:
    """Train for one epoch and return its row of the history.

    Args:
        module: The network, which is trained in place.
        cost: The loss as `ingredients.bound` returns it.
        optimizer: The optimiser, whose learning rate is set here.
        parts: Series, parameters and targets of the training and of the validation part.
        training: Gives the batch size and the number of instants.
        seed: Seed of the training.
        epoch: Number of the epoch, counted from 1.
        rate: Learning rate.
    """
    started = time.perf_counter()
    # The stream of an epoch depends on (seed, epoch) alone: a resumed training repeats it.
    torch.manual_seed(int(np.random.SeedSequence([seed, epoch]).generate_state(1)[0]))
    for group in optimizer.param_groups:
        group["lr"] = rate
    total = 0.0
    order = torch.randperm(len(parts[0][0])).to(parts[0][0].device)
    module.train()
    for batch in order.split(training.batch_size):
        series, parameters, target = (tensor[batch] for tensor in parts[0])
        series, target = _some_instants(series, target, training.instants)
        prediction = module(series, parameters)
        value = cost(prediction, known(target, prediction), series, parameters)
        optimizer.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(module.parameters(), LARGEST_GRADIENT)
        optimizer.step()
        total += float(value.detach()) * len(batch)
    return {
        "epoch": epoch,
        "train": total / len(order),
        "validation": _validate(module, cost, parts[1], training.batch_size),
        "seconds": time.perf_counter() - started,
        "learning_rate": rate,
    }


def taught_epoch(teacher: Taught, epoch: int) -> dict[str, Any]:
    """Let a model's own training make one step and return the epoch's row of the history."""
    started = time.perf_counter()
    train, validation = teacher.step()
    seconds = time.perf_counter() - started
    if not math.isfinite(validation):
        validation = RUN_AWAY
    return {
        "epoch": epoch, "train": train, "validation": validation, "seconds": seconds, "setbacks": 0
    }  # fmt: skip


def known(target: Tensor, prediction: Tensor) -> Tensor:
    """Return the target with the prediction itself where it is not known, so that none counts."""
    return torch.where(torch.isnan(target), prediction.detach(), target)


def _some_instants(series: Tensor, target: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return so many instants, one at random from each of equal stretches; 0 returns all of them.

    Means over the instants, which networks may see, are thereby nearly those of the whole curve.
    """
    points = series.shape[1]
    if not 0 < count < points:
        return series, target
    edges = torch.linspace(0, points, count + 1).round().long()
    size = edges[1:] - edges[:-1]
    kept = (edges[:-1] + (torch.rand(count) * size).long()).to(series.device)
    return series[:, kept], target[:, kept]


@torch.no_grad()
def _validate(
    module: nn.Module, cost: Cost, part: tuple[Tensor, Tensor, Tensor], size: int
) -> float:
    module.eval()
    total = 0.0
    for series, parameters, target in zip(*(tensor.split(size) for tensor in part), strict=True):
        prediction = module(series, parameters)
        value = cost(prediction, known(target, prediction), series, parameters)
        total += float(value) * len(series)
    return total / len(part[0])
