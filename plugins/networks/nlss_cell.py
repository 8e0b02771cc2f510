"""The steps of a nonlinear state equation with their gradient, compiled on a CPU."""

from typing import Any

import numpy as np
import torch
from numba import njit
from torch import Tensor


def states(drive: Tensor, feedback: Tensor, mixing: Tensor, start: Tensor) -> Tensor:
    """Return the states x_1 … x_T of x_t = x_{t−1} A + b_t + tanh(x_{t−1} M + c_t) W.

    Args:
        drive: b_t and c_t, shape [batch, time, n + width].
        feedback: A and M, shape [batch, n, n + width].
        mixing: W, shape [batch, width, n].
        start: x_0, shape [batch, n].

    Returns:
        The states, shape [batch, time, n].
    """
    inputs = [tensor.contiguous() for tensor in (drive, feedback, mixing, start)]
    if torch.compiler.is_compiling():
        return scanned(*inputs)
    if drive.device.type != "cpu":
        return stepped(*inputs)
    return _Compiled.apply(*inputs)


def stepped(drive: Tensor, feedback: Tensor, mixing: Tensor, start: Tensor) -> Tensor:
    """Return the result of `states` by operations of torch."""
    x, xs = start, []
    for at in drive.unbind(dim=1):
        x = step(x, at, feedback, mixing)
        xs.append(x)
    return torch.stack(xs, dim=1)


def scanned(drive: Tensor, feedback: Tensor, mixing: Tensor, start: Tensor) -> Tensor:
    """Return the result of `states` as one graph operation, whose size is that of one step."""
    from torch._higher_order_ops.scan import scan

    def body(x: Tensor, at: Tensor) -> tuple[Tensor, Tensor]:
        x = step(x, at, feedback, mixing)
        return x, x.clone()

    return scan(body, start, drive.transpose(0, 1))[1].transpose(0, 1)


def step(x: Tensor, drive: Tensor, feedback: Tensor, mixing: Tensor) -> Tensor:
    """Return x_t for x_{t−1}, both of shape [batch, n]."""
    n = x.shape[1]
    s = drive + torch.bmm(x.unsqueeze(1), feedback).squeeze(1)
    return s[:, :n] + torch.bmm(torch.tanh(s[:, n:]).unsqueeze(1), mixing).squeeze(1)


class _Compiled(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, drive: Tensor, feedback: Tensor, mixing: Tensor, start: Tensor) -> Tensor:
        batch, time, columns = drive.shape
        n = start.shape[1]
        x = drive.new_empty(batch, time + 1, n)
        hidden = drive.new_empty(batch, time, columns - n)
        x[:, 0] = start
        _forward(*_arrays(drive, feedback, mixing, x, hidden))
        ctx.save_for_backward(feedback, mixing, x, hidden)
        return x[:, 1:]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, ...]:
        feedback, mixing, x, hidden = ctx.saved_tensors
        (above,) = gradients
        n = x.shape[2]
        of_drive = x.new_empty(*hidden.shape[:2], feedback.shape[2])
        of_start = torch.zeros_like(x[:, 0])
        _backward(*_arrays(above.contiguous(), feedback, mixing, hidden, of_drive, of_start))
        of_feedback = torch.bmm(x[:, :-1].transpose(1, 2), of_drive)
        of_mixing = torch.bmm(hidden.transpose(1, 2), of_drive[..., :n])
        return of_drive, of_feedback, of_mixing, of_start


def _arrays(*tensors: Tensor) -> list[np.ndarray]:
    return [tensor.detach().numpy() for tensor in tensors]


@njit(cache=True, fastmath=True)
def _forward(
    drive: np.ndarray, feedback: np.ndarray, mixing: np.ndarray, x: np.ndarray, hidden: np.ndarray
) -> None:
    """Fill x[:, 1:] and hidden from x[:, 0]."""
    batch, time, columns = drive.shape
    n = x.shape[2]
    s = np.empty(columns, drive.dtype)
    for b in range(batch):
        for t in range(time):
            s[:] = drive[b, t]
            for i in range(n):
                for j in range(columns):
                    s[j] += x[b, t, i] * feedback[b, i, j]
            x[b, t + 1] = s[:n]
            for k in range(columns - n):
                h = np.tanh(s[n + k])
                hidden[b, t, k] = h
                for i in range(n):
                    x[b, t + 1, i] += h * mixing[b, k, i]


@njit(cache=True, fastmath=True)
def _backward(
    above: np.ndarray, feedback: np.ndarray, mixing: np.ndarray, hidden: np.ndarray,
    of_drive: np.ndarray, of_start: np.ndarray,
) -> None:  # fmt: skip
    """Fill the gradients of the drive and of the start, backwards in time."""
    batch, time, columns = of_drive.shape
    n = above.shape[2]
    for b in range(batch):
        for t in range(time - 1, -1, -1):
            d = of_drive[b, t]
            d[:n] = above[b, t] + of_start[b]
            for k in range(columns - n):
                h, total = hidden[b, t, k], d[0] * 0
                for i in range(n):
                    total += mixing[b, k, i] * d[i]
                d[n + k] = total * (1 - h * h)
            for i in range(n):
                total = d[0] * 0
                for j in range(columns):
                    total += feedback[b, i, j] * d[j]
                of_start[b, i] = total
