"""Train a model with Adam or by its own steps; the training can be resumed at every epoch."""

import contextlib
import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..encoding.training_data import Split, TrainingData
from ..machine import available_cores
from ..registry.configuration import Training
from ..registry.interfaces import Loss, Model, Taught
from ..systems.simulator import Simulator
from .checkpoint import Progress, restore, save
from .epoch import taught_epoch
from .ingredients import Cost, bound, build, find_device, taught
from .schedule import epoch_that_holds, learning_rates

WEIGHT_DECAY = 1e-4


def train(
    model: Model,
    loss: Loss,
    data: TrainingData,
    training: Training,
    *,
    seed: int,
    folder: str | Path,
    progress: Callable[[dict[str, Any]], None] | None = None,
    simulator: Simulator | None = None,
) -> list[dict[str, Any]]:
    """Train a model, or continue the same training if `folder` holds its state.

    On a CPU the same seed, data and number of threads give the same weights, even after an
    interruption. An epoch whose loss is not finite, or more than ten times the best, is undone and
    repeated with half the learning rate.

    Args:
        model: The model to build and train.
        loss: The loss to minimise.
        data: The data, of which the parts `train` and `validation` are used.
        training: The options of the training.
        seed: Seed of the weights and of the order of the batches.
        folder: Folder of the state, in which `core.surrogate.Surrogate.trained` finds the weights.
        progress: Called after each epoch with its row.
        simulator: The simulator of the data; a loss with `bind` is bound to it.

    Returns:
        A row for each epoch: epoch, train, validation, seconds, setbacks, the number of epochs
        undone so far, and learning_rate, unless the model trains itself.

    Raises:
        DynsurError: The device does not exist, or the training diverges too often.
    """
    folder = Path(folder)
    with _threads(training.threads), torch.random.fork_rng():
        torch.manual_seed(seed)
        device = find_device(training.device)
        module = build(model, data).to(device)
        optimizer = taught(model, module, data) or torch.optim.AdamW(
            module.parameters(), lr=training.learning_rate, weight_decay=WEIGHT_DECAY
        )
        key = _key(model, loss, data, training, seed)
        cost = bound(loss, simulator, data.encoding)
        state = restore(folder, key, module, optimizer)
        parts = [_tensors(part, device) for part in (data.train, data.validation)]
        for row in _rows(module, cost, optimizer, parts, training, seed, state):
            _note(state, row, module, getattr(optimizer, "keeps_last", False))
            save(folder, key, module, optimizer, state)
            if progress is not None:
                progress(row)
    return state.history


def _rows(
    module: nn.Module,
    cost: Cost,
    optimizer: torch.optim.Optimizer | Taught,
    parts: list[tuple[Tensor, Tensor, Tensor]],
    training: Training,
    seed: int,
    state: Progress,
) -> Iterator[dict[str, Any]]:
    """Make epoch after epoch until the training has ended, and yield the row of each."""
    rates = learning_rates(training)
    for epoch in range(len(state.history) + 1, training.epochs + 1):
        if epoch - 1 - state.best_epoch >= training.patience:
            return
        if isinstance(optimizer, torch.optim.Optimizer):
            yield epoch_that_holds(
                module, cost, optimizer, parts, training, rates, seed, epoch, state
            )
        elif optimizer.finished:
            return
        else:
            yield taught_epoch(optimizer, epoch)


def _note(state: Progress, row: dict[str, Any], module: nn.Module, last: bool) -> None:
    state.history.append(row)
    if last or row["validation"] < state.best_loss:
        state.best_loss, state.best_epoch = row["validation"], row["epoch"]
        state.best = {n: t.detach().cpu().clone() for n, t in module.state_dict().items()}


def _tensors(part: Split, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    series, parameters, target = (
        torch.from_numpy(a).to(device) for a in (part.series, part.parameters, part.target)
    )
    return series, parameters, target


def _key(model: Model, loss: Loss, data: TrainingData, training: Training, seed: int) -> str:
    """Return a hash of all that determines the weights, by which a checkpoint is recognised."""
    settings = {k: v for k, v in dataclasses.asdict(training).items() if k != "threads"}
    described = [model.name, repr(model), loss.name, repr(loss), settings, seed]
    digest = hashlib.sha256(json.dumps([*described, data.encoding.to_json()]).encode())
    for part in (data.train, data.validation):
        for array in (part.series, part.parameters, part.target):
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


@contextlib.contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count or available_cores())
    try:
        yield
    finally:
        torch.set_num_threads(before)
