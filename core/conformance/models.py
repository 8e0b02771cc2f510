"""Checks of a model, one function for each promise."""

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from ..registry.interfaces import Model
from .expect import Check, expect

if TYPE_CHECKING:
    from torch import Tensor, nn

SIZES = (2, 3, 1)  # channels of the series, parameters, outputs
TIME = 24


def gives_a_series(model: Model) -> None:
    """Series [batch, time, channel], parameters [batch, parameter] → [batch, time, output]."""
    import torch

    for sizes, batch, time in ((SIZES, 4, TIME), ((1, 1, 1), 1, 9), ((3, 5, 2), 2, TIME + 1)):
        module, series, parameters = _example(model, sizes, batch, time)
        result, wanted = module(series, parameters), (batch, time, sizes[2])
        expect(tuple(result.shape) == wanted, f"it gives shape {tuple(result.shape)}, not {wanted}")
        expect(torch.isfinite(result).all(), "it gives values that are not finite")


def learns_with_every_weight(model: Model) -> None:
    """The gradient reaches every weight."""
    module, series, parameters = _example(model, SIZES, 16, TIME)
    (module(series, parameters) ** 2).sum().backward()
    idle = [n for n, w in module.named_parameters() if w.grad is None or not w.grad.any()]
    expect(not idle, f"no gradient reaches {', '.join(idle)}; remove or use them")


def sees_both_inputs(model: Model) -> None:
    """The output depends on the series and on the parameters."""
    import torch

    module, series, parameters = _example(model, SIZES, 4, TIME)
    module.eval()
    for name, inputs in (
        ("series", (series + 1.0, parameters)),
        ("parameters", (series, parameters + 1.0)),
    ):
        same = torch.equal(module(*inputs), module(series, parameters))
        expect(not same, f"the output does not depend on the {name}")


def judges_each_alone(model: Model) -> None:
    """In evaluation a prediction repeats, and does not depend on the batch it is in."""
    import torch

    module, series, parameters = _example(model, SIZES, 4, TIME)
    module.eval()
    whole = module(series, parameters)
    expect(torch.equal(whole, module(series, parameters)), "the same inputs give another output")
    alone = module(series[1:2], parameters[1:2])
    close = torch.allclose(whole[1:2], alone, rtol=1e-3, atol=1e-5)
    expect(close, "a prediction depends on the others of its batch; normalise each sample alone")


def survives_saving(model: Model) -> None:
    """Its fields as JSON and the weights rebuild it, as a saved surrogate is rebuilt."""
    import torch

    expect(dataclasses.is_dataclass(model), "it is not a dataclass; make it a frozen one")
    fields: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(model)))  # type: ignore[call-overload]
    module, series, parameters = _example(model, SIZES, 2, TIME)
    copy = dataclasses.replace(model, **fields).build(*SIZES)  # type: ignore[type-var]
    copy.load_state_dict(module.state_dict())
    same = torch.allclose(module.eval()(series, parameters), copy.eval()(series, parameters))
    expect(same, "a copy with the same weights makes other predictions; keep all state in them")


MODEL_CHECKS: tuple[Check, ...] = (
    gives_a_series,
    learns_with_every_weight,
    sees_both_inputs,
    judges_each_alone,
    survives_saving,
)


def _example(
    model: Model, sizes: tuple[int, int, int], batch: int, time: int
) -> "tuple[nn.Module, Tensor, Tensor]":
    """Return a module with reproducible weights, and inputs scaled to [0, 1]."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = model.build(*sizes)
        return module, torch.rand(batch, time, sizes[0]), torch.rand(batch, sizes[1])
