"""Build the module, the loss and the device of a training."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ..encoding.encoding import Encoding
from ..encoding.training_data import TrainingData
from ..errors import DynsurError
from ..registry.interfaces import Loss, Model, Taught
from ..systems.simulator import Simulator

PROBES = 16  # instants
Cost = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]


def build(model: Model, data: TrainingData) -> nn.Module:
    """Build the network with the numbers of channels that the data have.

    Raises:
        DynsurError: The data are sequences of any length, and the network sees the whole of one.
    """
    part = data.train
    sizes = (part.series.shape[2], part.parameters.shape[1], part.target.shape[2])
    module = model.build(*sizes)
    if data.sequences is not None and not is_causal(module, *sizes[:2]):
        raise DynsurError(
            f"model '{model.name}' sees the whole of a sequence, and records are of any length; "
            "choose one that steps in time, e.g. --set model=nlss."
        )
    return module


@torch.no_grad()
def is_causal(module: nn.Module, series: int, parameters: int) -> bool:
    """Return whether a network's outputs depend on earlier instants only.

    It is asked whether its first outputs change with its last inputs.

    Args:
        module: The network.
        series: Number of channels of the input series.
        parameters: Number of scalar inputs.
    """
    stream = torch.Generator().manual_seed(0)
    seen = torch.rand(2, PROBES, series, generator=stream)
    seen[1, : PROBES // 2] = seen[0, : PROBES // 2]
    was_training = module.training
    first = module.eval()(seen, torch.zeros(2, parameters))[:, : PROBES // 2]
    module.train(was_training)
    return bool(torch.allclose(first[0], first[1], rtol=1e-4, atol=1e-5))


def taught(model: Model, module: nn.Module, data: TrainingData) -> Taught | None:
    """Return the model's own training, if it offers one."""
    offered = getattr(model, "teacher", None)
    return None if offered is None else offered(module, data)


def bound(loss: Loss, simulator: Simulator | None, encoding: Encoding) -> Cost:
    """Return a loss as a function of (prediction, target, series, parameters).

    Args:
        loss: The loss. If it offers `bind(simulator, encoding)`, that returns the function.
        simulator: The simulator whose simulations were encoded.
        encoding: The scales with which they were encoded.

    Raises:
        DynsurError: The loss does not fit the system, or it needs a system and none is given.
    """
    offered = getattr(loss, "bind", None)
    if offered is None:
        return lambda prediction, target, series, parameters: loss(prediction, target)
    if simulator is None:
        raise DynsurError(f"loss '{loss.name}' needs the system; pass train(…, simulator=…).")
    return offered(simulator, encoding)


def find_device(name: str) -> torch.device:
    """Return the torch device of that name; "auto" is a GPU if there is one.

    Raises:
        DynsurError: The device does not exist.
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
