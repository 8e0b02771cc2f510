"""A diagonal linear recurrence over time with its gradient, compiled on a CPU."""

from typing import Any

import numpy as np
import torch
from numba import njit
from torch import Tensor


def recurrence(inputs: Tensor, size: Tensor, angle: Tensor) -> Tensor:
    """Return x_t = λ x_{t−1} + v_t with x_{−1} = 0 and λ = size · exp(i angle).

    Complex numbers are given as pairs, which every runtime supports.

    Args:
        inputs: Real and imaginary parts of v, shape [batch, time, 2, state].
        size: |λ|, shape [state].
        angle: arg λ, shape [state].

    Returns:
        x, in the shape of `inputs`.
    """
    if torch.compiler.is_compiling() or inputs.device.type != "cpu":
        return doubled(inputs, size, angle)
    factor = torch.stack([size * torch.cos(angle), size * torch.sin(angle)])
    return _Compiled.apply(inputs.contiguous(), factor)


def doubled(inputs: Tensor, size: Tensor, angle: Tensor) -> Tensor:
    """Return the result of `recurrence`, computed by log₂ T operations on all T instants.

    The result is x_t = Σ_k λ^k v_{t−k}. Each round s ← s + λ^{2^j} (s shifted by 2^j) doubles the
    number of terms, so that after j rounds each instant holds its 2^j latest ones.
    """
    x, span = inputs, 1
    while span < inputs.shape[1]:
        grown = torch.pow(size, span)
        cosine, sine = grown * torch.cos(span * angle), grown * torch.sin(span * angle)
        past = x[:, :-span]
        turned = torch.stack([-past[:, :, 1], past[:, :, 0]], dim=2)  # i times the past
        later = x[:, span:] + torch.addcmul(cosine * past, sine, turned)
        x, span = torch.cat([x[:, :span], later], dim=1), 2 * span
    return x


class _Compiled(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, inputs: Tensor, factor: Tensor) -> Tensor:
        x = inputs.clone()
        _accumulate(x.numpy(), factor.detach().numpy())
        ctx.save_for_backward(x, factor)
        return x

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor]:
        # The adjoint is the same recurrence backwards in time, with the conjugate of λ.
        x, factor = ctx.saved_tensors
        conjugate = torch.stack([factor[0], -factor[1]])
        of_inputs = gradients[0].flip(1)
        _accumulate(of_inputs.numpy(), conjugate.numpy())
        of_inputs = of_inputs.flip(1)
        past, here = x[:, :-1], of_inputs[:, 1:]
        along = (past * here).sum(dim=(0, 1, 2))
        across = (past[:, :, 0] * here[:, :, 1] - past[:, :, 1] * here[:, :, 0]).sum(dim=(0, 1))
        return of_inputs, torch.stack([along, across])


@njit(cache=True, fastmath=True)
def _accumulate(x: np.ndarray, factor: np.ndarray) -> None:
    """Replace v by x in place."""
    batch, time, _, states = x.shape
    for b in range(batch):
        for t in range(1, time):
            for j in range(states):
                real, imaginary = x[b, t - 1, 0, j], x[b, t - 1, 1, j]
                x[b, t, 0, j] += factor[0, j] * real - factor[1, j] * imaginary
                x[b, t, 1, j] += factor[1, j] * real + factor[0, j] * imaginary
