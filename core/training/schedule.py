"""Set the learning rate of each epoch, and undo epochs that diverge."""

import copy
import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR

from ..errors import DynsurError
from ..registry.configuration import Training
from .checkpoint import Progress
from .epoch import run_epoch
from .ingredients import Cost

WARM_UP = 3  # epochs over which the learning rate rises
SMALLEST_RATE = 0.01  # relative to the largest, at the last epoch
DIVERGED = 10.0  # validation loss over the best so far, above which an epoch is undone
SETBACKS = 5  # epochs undone in a training, each halving the learning rate, before it is given up


def learning_rates(training: Training) -> list[float]:
    """Return the learning rate of each epoch, a linear warm-up followed by half a cosine.

    torch's schedulers compute all rates in advance, so that a resumed training has the same rates
    to the last bit.
    """
    largest, falling = training.learning_rate, max(1, training.epochs - WARM_UP)
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=largest)
    rise = LinearLR(optimizer, start_factor=1 / WARM_UP, total_iters=WARM_UP - 1)
    fall = CosineAnnealingLR(optimizer, T_max=falling, eta_min=SMALLEST_RATE * largest)
    schedule = SequentialLR(optimizer, [rise, fall], milestones=[WARM_UP - 1])
    rates = []
    for _ in range(training.epochs):
        rates += schedule.get_last_lr()
        optimizer.step()
        schedule.step()
    return rates


def epoch_that_holds(
    module: nn.Module,
    cost: Cost,
    optimizer: torch.optim.Optimizer,
    parts: list[tuple[Tensor, Tensor, Tensor]],
    training: Training,
    rates: list[float],
    seed: int,
    epoch: int,
    state: Progress,
) -> dict[str, Any]:
    """Train for one epoch; if it diverges, undo it and repeat it at half the learning rate.

    Args:
        module: The network, which is trained in place.
        cost: The loss as `ingredients.bound` returns it.
        optimizer: The optimiser.
        parts: Series, parameters and targets of the training and of the validation part.
        training: The options of the training.
        rates: Learning rate of each epoch as long as none was undone.
        seed: Seed of the training.
        epoch: Number of the epoch, counted from 1.
        state: Progress of the training, in which undone epochs are counted.

    Returns:
        The epoch's row of the history.

    Raises:
        DynsurError: The training has diverged too often.
    """
    before = copy.deepcopy((module.state_dict(), optimizer.state_dict()))
    while True:
        rate = rates[epoch - 1] * 0.5**state.setbacks
        row = run_epoch(module, cost, optimizer, parts, training, seed, epoch, rate)
        worst = DIVERGED * state.best_loss if state.history else math.inf
        if math.isfinite(row["train"]) and row["validation"] < worst:
            return {**row, "setbacks": state.setbacks}
        state.setbacks += 1
        if state.setbacks > SETBACKS:
            raise DynsurError(
                f"the training diverged in epoch {epoch}, even with a learning rate of {rate:.2g} "
                f"(loss {row['train']:.3g}, validation {row['validation']:.3g}); lower "
                f"training.learning_rate (now {training.learning_rate:g}) or check the data."
            )
        module.load_state_dict(before[0])
        optimizer.load_state_dict(copy.deepcopy(before[1]))
