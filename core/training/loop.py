"""Fit a model to data: Adam, best validation weights, resumable at every epoch."""

import contextlib
import copy
import dataclasses
import hashlib
import json
import math
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..encoding.encoding import Encoding
from ..encoding.training_data import Split, TrainingData
from ..errors import DynsurError
from ..registry.configuration import Training
from ..registry.interfaces import Loss, Model
from ..systems.simulator import Simulator
from .checkpoint import Progress, restore, save

Cost = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
WARM_UP = 3  # epochs over which the learning rate rises
SMALLEST_RATE = 0.01  # relative to the largest, at the last epoch
LARGEST_GRADIENT = 1.0  # norm to which a gradient is clipped
WEIGHT_DECAY = 1e-4
DIVERGED = 10.0  # validation loss over the best so far, above which an epoch is undone
SETBACKS = 5  # epochs undone in a training, each halving the learning rate, before it is given up


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
    """Train a model, or go on where the same training in `folder` was left.

    On a CPU the same seed, data and number of threads give the same weights, interrupted or not.
    An epoch whose loss is not finite, or ten times the best, is undone and repeated with half the
    learning rate.

    Args:
        model: What to build.
        loss: What to minimise.
        data: Its parts `train` and `validation` are used.
        training: Epochs, batch size, learning rate, patience, threads, device.
        seed: Seed of the weights and of the order of the batches.
        folder: Keeps the state; `core.surrogate.Surrogate.trained` reads the best weights there.
        progress: Called after each epoch with its row.
        simulator: Whose simulations the data are; a loss with `bind` is bound to it.

    Returns:
        One row per epoch: epoch, train, validation, seconds, learning_rate, setbacks (epochs undone
        so far).

    Raises:
        DynsurError: The device is not there, or the training diverges again and again.
    """
    folder = Path(folder)
    with _threads(training.threads), torch.random.fork_rng():
        torch.manual_seed(seed)
        device = find_device(training.device)
        module = build(model, data).to(device)
        optimizer = torch.optim.AdamW(
            module.parameters(), lr=training.learning_rate, weight_decay=WEIGHT_DECAY
        )
        key = _key(model, loss, data, training, seed)
        cost = bound(loss, simulator, data.encoding)
        state = restore(folder, key, module, optimizer)
        parts = [_tensors(part, device) for part in (data.train, data.validation)]
        for epoch in range(len(state.history) + 1, training.epochs + 1):
            if epoch - 1 - state.best_epoch >= training.patience:
                break
            row = _epoch_that_holds(module, cost, optimizer, parts, training, seed, epoch, state)
            _note(state, row, module)
            save(folder, key, module, optimizer, state)
            if progress is not None:
                progress(row)
    return state.history


def bound(loss: Loss, simulator: Simulator | None, encoding: Encoding) -> Cost:
    """Return a loss as a function of (prediction, target, series, parameters).

    Args:
        loss: May offer `bind(simulator, encoding)`, which returns such a function.
        simulator: Whose simulations were encoded.
        encoding: With which scales.

    Raises:
        DynsurError: The loss does not fit the system, or no system is given to bind it to.
    """
    offered = getattr(loss, "bind", None)
    if offered is None:
        return lambda prediction, target, series, parameters: loss(prediction, target)
    if simulator is None:
        raise DynsurError(f"loss '{loss.name}' needs the system; pass train(…, simulator=…).")
    return offered(simulator, encoding)


def build(model: Model, data: TrainingData) -> nn.Module:
    """Build the module that fits the data's channels."""
    part = data.train
    return model.build(part.series.shape[2], part.parameters.shape[1], part.target.shape[2])


def find_device(name: str) -> torch.device:
    """Return the device of that name; "auto" is a GPU where there is one.

    Raises:
        DynsurError: There is no such device.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError):
        raise DynsurError(
            f"training.device '{name}' is not available here; expected auto, cpu or cuda."
        ) from None
    return device


def learning_rate(training: Training, epoch: int) -> float:
    """Rise linearly during the warm-up, then fall along a half cosine; epochs count from 1."""
    if epoch <= WARM_UP:
        return training.learning_rate * epoch / WARM_UP
    done = (epoch - WARM_UP) / max(1, training.epochs - WARM_UP)
    cosine = 0.5 * (1 + math.cos(math.pi * done))
    return training.learning_rate * (SMALLEST_RATE + (1 - SMALLEST_RATE) * cosine)


def _epoch_that_holds(
    module: nn.Module,
    cost: Cost,
    optimizer: torch.optim.Optimizer,
    parts: list[tuple[Tensor, Tensor, Tensor]],
    training: Training,
    seed: int,
    epoch: int,
    state: Progress,
) -> dict[str, Any]:
    """Train an epoch; undo it and take half the learning rate where it diverges."""
    before = copy.deepcopy((module.state_dict(), optimizer.state_dict()))
    while True:
        rate = learning_rate(training, epoch) * 0.5**state.setbacks
        row = _epoch(module, cost, optimizer, parts, training, seed, epoch, rate)
        worst = DIVERGED * state.best_loss if state.history else math.inf
        if math.isfinite(row["train"]) and row["validation"] < worst:
            return {**row, "setbacks": state.setbacks}
        state.setbacks += 1
        if state.setbacks > SETBACKS:
            raise DynsurError(
                f"the training diverged in epoch {epoch}, with a learning rate of {rate:.2g} too "
                f"(loss {row['train']:.3g}, validation {row['validation']:.3g}); lower "
                f"training.learning_rate (now {training.learning_rate:g}) or check the data."
            )
        module.load_state_dict(before[0])
        optimizer.load_state_dict(copy.deepcopy(before[1]))


def _epoch(
    module: nn.Module,
    cost: Cost,
    optimizer: torch.optim.Optimizer,
    parts: list[tuple[Tensor, Tensor, Tensor]],
    training: Training,
    seed: int,
    epoch: int,
    rate: float,
) -> dict[str, Any]:
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
        value = cost(module(series, parameters), target, series, parameters)
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


def _some_instants(series: Tensor, target: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Keep that many instants, drawn anew for each batch; all of them for 0."""
    if not 0 < count < series.shape[1]:
        return series, target
    kept = torch.randperm(series.shape[1])[:count].sort().values.to(series.device)
    return series[:, kept], target[:, kept]


@torch.no_grad()
def _validate(
    module: nn.Module, cost: Cost, part: tuple[Tensor, Tensor, Tensor], size: int
) -> float:
    module.eval()
    total = 0.0
    for series, parameters, target in zip(*(tensor.split(size) for tensor in part), strict=True):
        value = cost(module(series, parameters), target, series, parameters)
        total += float(value) * len(series)
    return total / len(part[0])


def _note(state: Progress, row: dict[str, Any], module: nn.Module) -> None:
    state.history.append(row)
    if row["validation"] < state.best_loss:
        state.best_loss, state.best_epoch = row["validation"], row["epoch"]
        state.best = {n: t.detach().cpu().clone() for n, t in module.state_dict().items()}


def _tensors(part: Split, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    series, parameters, target = (
        torch.from_numpy(a).to(device) for a in (part.series, part.parameters, part.target)
    )
    return series, parameters, target


def _key(model: Model, loss: Loss, data: TrainingData, training: Training, seed: int) -> str:
    """Hash what determines the weights: a checkpoint with another key is not continued."""
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
    torch.set_num_threads(count or len(os.sched_getaffinity(0)))
    try:
        yield
    finally:
        torch.set_num_threads(before)
