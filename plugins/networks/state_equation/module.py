"""The fitted state equation as a torch module; imported only when a network is built."""

import math

import torch
from torch import Tensor, nn

from ..nlss_cell import states


class Network(nn.Module):
    """One member; see `StateEquation`. Its weights and its steps are float64.

    Args:
        states: Size of x.
        width: Number of tanh units in the state equation.
        units: Number of tanh units in the output.
        series: Number of channels of the input series.
        parameters: Number of scalar inputs.
        outputs: Number of channels of the output series.
        ahead: Whether inputs are straight between samples.
    """

    A: Tensor
    B: Tensor
    C: Tensor
    D: Tensor
    d: Tensor
    W: Tensor
    M: Tensor
    V: Tensor
    c: Tensor
    w: Tensor
    E: Tensor
    F: Tensor
    e: Tensor
    X: Tensor
    noise: Tensor  # mean squared error of the training, on the model's scale

    def __init__(
        self,
        states: int,
        width: int,
        units: int,
        series: int,
        parameters: int,
        outputs: int,
        ahead: bool = False,
    ) -> None:
        super().__init__()
        self.states, self.ahead = states, ahead
        self.register_buffer("noise", torch.zeros((), dtype=torch.float64))
        n, m, p = states, (1 + ahead) * series + parameters, outputs
        for symbol, shape in {
            "A": (n, n), "B": (n, m), "C": (p, n), "D": (p, m), "d": (p,),
            "W": (n, width), "M": (width, n), "V": (width, m), "c": (width,),
            "w": (p, units), "E": (units, n), "F": (units, m), "e": (units,),
            "X": (n, 1 + parameters),
        }.items():  # fmt: skip
            scale = 1 / math.sqrt(shape[-1]) if symbol in "MVcEFe" and shape[-1] else 0.1
            weight = scale * torch.randn(shape, dtype=torch.float64)
            if weight.numel():
                self.register_parameter(symbol, nn.Parameter(weight))
            else:  # without units in the output
                self.register_buffer(symbol, weight, persistent=False)

    def forward(self, series: Tensor, parameters: Tensor, start: Tensor | None = None) -> Tensor:
        """Map [batch, time, channel] and [batch, parameter] to [batch, time, output].

        Args:
            series: The input series.
            parameters: The scalar inputs.
            start: What is added to x_0, shape [batch, n].
        """
        u = inputs(series, parameters, self.ahead)
        batch = len(u)
        drive = u @ torch.cat([self.B, self.V]).T + torch.cat(
            [torch.zeros_like(self.B[:, 0]), self.c]
        )
        feedback = torch.cat([self.A, self.M]).T.expand(batch, -1, -1)
        mixing = self.W.T.expand(batch, -1, -1)
        x_0 = self.starts(parameters)
        if start is not None:
            x_0 = x_0 + start.double()
        if self.ahead:
            x = states(drive, feedback, mixing, x_0)
        else:
            x = torch.cat([x_0[:, None], states(drive[:, :-1], feedback, mixing, x_0)], dim=1)
        y = x @ self.C.T + u @ self.D.T + self.d
        y = y + torch.tanh(x @ self.E.T + u @ self.F.T + self.e) @ self.w.T
        return y.to(series.dtype)

    def starts(self, parameters: Tensor) -> Tensor:
        """Return x_0 of each system, shape [batch, n]."""
        scalars = 2.0 * parameters.double() - 1.0
        return (
            torch.cat([torch.ones_like(scalars[:, :1]), scalars], dim=1) @ self.X.T
            if scalars.shape[1]
            else self.X.T.expand(len(parameters), -1)
        )


def inputs(series: Tensor, parameters: Tensor, ahead: bool = False) -> Tensor:
    """Return u [batch, time, input] of encoded series and parameters, which lie in [0, 1].

    Args:
        series: The series s.
        parameters: The parameters p.
        ahead: Whether s_{t−1} stands beside s_t; it is s_0 at the first instant.
    """
    s, p = 2.0 * series.double() - 1.0, 2.0 * parameters.double() - 1.0
    if ahead:
        s = torch.cat([s, torch.cat([s[:, :1], s[:, :-1]], dim=1)], dim=2)
    return torch.cat([s, p[:, None].expand(-1, s.shape[1], -1)], dim=2)
