"""The residual of an ODE system in torch; imported only when a loss is bound to a system."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from dynsur.core import PHASE, Decoder, DynsurError, Encoding, ODESystem, signal_of
from torch import Tensor

if TYPE_CHECKING:
    from .residual import Residual


STEP = 1e-6  # of a state's size, for central differences


class Rate(torch.autograd.Function):
    """A right-hand side f in numpy, with ∂f/∂y from central differences."""

    @staticmethod
    def forward(ctx: Any, y: Tensor, system: ODESystem, t: Any, u: Any, p: Any) -> Tensor:  # noqa: D102
        def f(states: np.ndarray) -> np.ndarray:
            with np.errstate(all="ignore"):
                return np.stack(np.broadcast_arrays(*system.rhs(t, states, u, p)))

        states = y.detach().cpu().numpy()
        slopes = []
        for j in range(len(states)):
            step = np.zeros_like(states)
            step[j] = STEP * (1e-3 + np.abs(states[j]))
            slopes.append((f(states + step) - f(states - step)) / (2.0 * step[j]))
        ctx.save_for_backward(torch.from_numpy(np.stack(slopes)).to(y.device))
        return torch.from_numpy(np.array(f(states), float)).to(y.device)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:  # noqa: D102
        (slopes,) = ctx.saved_tensors  # [by component, of component, …]
        return (slopes * gradients[0]).sum(dim=1), None, None, None, None


def residuals(
    system: ODESystem, y: Tensor, t: np.ndarray, u: np.ndarray, p: Mapping[str, np.ndarray]
) -> tuple[Tensor, Tensor]:
    """Return r and e of `Residual`, in the states' units, [component, batch, time − 1].

    Args:
        system: The system, whose right-hand side is evaluated.
        y: States, shape [component, batch, time].
        t: Instants, shape [batch, time], in s.
        u: The drive, shape [batch, time], or [input, batch, time] of several inputs.
        p: Every parameter by name, each of shape [batch].
    """
    count = t.shape[1]
    repeated = {name: np.repeat(values, count) for name, values in p.items()}
    flat = Rate.apply(y.flatten(1), system, t.ravel(), u.reshape(*u.shape[:-2], -1), repeated)
    f = flat.reshape(y.shape)  # type: ignore[union-attr]
    h = torch.from_numpy(np.diff(t, axis=1)).to(y.device)
    r = y[..., 1:] - y[..., :-1] - 0.5 * h * (f[..., 1:] + f[..., :-1])
    return r, 0.5 * h * (f[..., 1:] - f[..., :-1]).abs().detach()


class Bound:
    """`Residual` for one system and its scales.

    Args:
        loss: The loss with its weights.
        system: The system.
        encoding: The scales of the model's inputs and outputs.
    """

    def __init__(self, loss: "Residual", system: ODESystem, encoding: Encoding) -> None:
        self._loss, self._system = loss, system
        self._decoder = Decoder(system, encoding)
        names = [v.name for v in system.outputs]
        states = names if system.observe is None else loss.states.split(",")
        needed = len(system.start(system.space.values({})))
        if len(states) != needed or not set(states) <= set(names):
            raise DynsurError(
                f"loss residual needs the {needed} states of system '{system.name}' among its "
                f"outputs ({', '.join(names)}); set loss.states (now '{','.join(states)}')."
            )
        self._states = states
        spans = {s.name: s.span if s.kind == "linear" else 1.0 for s in encoding.outputs}
        self._spans = torch.tensor([spans[name] for name in states]).double()[:, None, None]

    def __call__(
        self, prediction: Tensor, target: Tensor, series: Tensor, parameters: Tensor
    ) -> Tensor:
        """Return the loss of the data and of the residual for encoded tensors."""
        data = self._loss(prediction, target)
        r, e = self.residuals(prediction, series, parameters)
        weight = 1.0 / (1.0 + (e / self._loss.error) ** 2)
        huber = torch.nn.functional.smooth_l1_loss
        physics = weight * huber(r, torch.zeros_like(r), beta=self._loss.delta, reduction="none")
        return data + self._loss.weight * physics.mean().to(data.dtype)

    def residuals(
        self, prediction: Tensor, series: Tensor, parameters: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return r and e relative to the ranges of the states; the first interval starts at 0."""
        outputs = self._decoder.outputs(prediction, series)
        p = self._decoder.parameters(parameters)
        seen = {n: c.detach().cpu().numpy() for n, c in self._decoder.series(series).items()}
        rows = [{n: float(c[i]) for n, c in p.items()} for i in range(len(prediction))]
        signals = [signal_of(self._system, row) for row in rows]
        first = np.array([np.asarray(self._system.start(row), float) for row in rows]).T
        begin = np.array([np.reshape(signal(np.zeros(1)), -1) for signal in signals])
        ends = np.array([[signal.duration] for signal in signals])
        t = np.concatenate([np.zeros_like(ends), seen[PHASE] * ends], axis=1)
        drives = [
            np.concatenate([begin[:, [k]], seen[v.name]], axis=1)
            for k, v in enumerate(self._system.inputs)
        ] or [np.zeros_like(t)]
        u = drives[0] if len(drives) == 1 else np.stack(drives)
        y = torch.stack([outputs[name] for name in self._states])
        start = torch.from_numpy(first).to(y.device)[..., None]
        r, e = residuals(self._system, torch.cat([start, y], dim=2), t, u, p)
        return r / self._spans, e / self._spans
