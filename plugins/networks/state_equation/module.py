"""The fitted state equation as a torch module; imported only when a network is built."""

import math

import numpy as np
import torch
from torch import Tensor, nn

from ..nlss_cell import states
from ..nlss_module import array

SYMBOLS = ("A", "B", "C", "D", "d", "W", "M", "V", "c", "w", "E", "F", "e")


class Network(nn.Module):
    """One member; see `StateEquation`. Its weights and its steps are float64.

    Attributes:
        ahead: Whether inputs are straight between samples, so that an output sees the state at the
            end of a straight piece.

    Args:
        states: Size of x.
        width: Number of tanh units in the state equation.
        units: Number of tanh units in the output.
        series: Number of channels of the input series.
        parameters: Number of scalar inputs.
        outputs: Number of channels of the output series.
        idle: Number of further tanh units in the output, which are 0 until the fit uses them.
    """

    ahead = False

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
        self, states: int, width: int, units: int, series: int, parameters: int, outputs: int,
        idle: int = 0,
    ) -> None:  # fmt: skip
        super().__init__()
        self.states, self.idle = states, idle
        self.register_buffer("noise", torch.zeros((), dtype=torch.float64))
        n, m, p = states, (1 + self.ahead) * series + parameters, outputs
        for symbol, shape in {
            "A": (n, n), "B": (n, m), "C": (p, n), "D": (p, m), "d": (p,),
            "W": (n, width), "M": (width, n), "V": (width, m), "c": (width,),
            "w": (p, units), "E": (units, n), "F": (units, m), "e": (units,),
            "X": (n, 1 + parameters),
        }.items():  # fmt: skip
            scale = 1 / math.sqrt(shape[-1]) if symbol in "MVcEFe" and shape[-1] else 0.1
            weight = scale * torch.randn(shape, dtype=torch.float64)
            if idle and symbol in "wEFe":
                more = torch.zeros((p, idle) if symbol == "w" else (idle, *shape[1:])).double()
                weight = torch.cat([weight, more], dim=1 if symbol == "w" else 0)
            if weight.numel():
                self.register_parameter(symbol, nn.Parameter(weight))
            else:  # without units in the output
                self.register_buffer(symbol, weight, persistent=False)

    @property
    def used(self) -> int:
        """How many of the tanh units in the output have a part."""
        count = len(self.e)
        idle = self.idle and not bool(self.w[:, count - self.idle :].any())
        return count - self.idle if idle else count

    def forward(self, series: Tensor, parameters: Tensor, start: Tensor | None = None) -> Tensor:
        """Map [batch, time, channel] and [batch, parameter] to [batch, time, output].

        Args:
            series: The input series.
            parameters: The scalar inputs.
            start: What is added to x_0, shape [batch, n].
        """
        u = inputs(series, parameters, self.ahead)
        batch = u.shape[0]
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
            else self.X.T.expand(parameters.shape[0], -1)
        )


class StraightNetwork(Network):
    """A member whose inputs are straight between samples; it can be stepped in a circuit."""

    ahead = True

    def initial(self, parameters: np.ndarray) -> np.ndarray:
        """Return x_0, shape [state]; as `CarriesState` asks."""
        return beginning(self, parameters)

    def step(
        self, x: np.ndarray, series: np.ndarray, before: np.ndarray, parameters: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return x_t and y_t for x_{t−1}, s_t and s_{t−1}; as `CarriesState` asks."""
        u = 2.0 * np.concatenate([series, before, parameters]) - 1.0
        x = following(self, x, u)
        return x, seen(self, x, u)


class HeldNetwork(Network):
    """A member whose inputs are held from sample to sample; it can be stepped in a circuit.

    The output at the first instant sees x_0. Beside x, a state that begins as 0 and then is 1
    therefore tells whether there was a step before.
    """

    def initial(self, parameters: np.ndarray) -> np.ndarray:
        """Return x_0 and 0, shape [state + 1]; as `CarriesState` asks."""
        return np.concatenate([beginning(self, parameters), [0.0]])

    def step(
        self, x: np.ndarray, series: np.ndarray, before: np.ndarray, parameters: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return x_t and y_t for x_{t−1}, s_t and s_{t−1}; as `CarriesState` asks."""
        now, last = (2.0 * np.concatenate([s, parameters]) - 1.0 for s in (series, before))
        stay, begun = x[:-1], x[-1]
        x = stay + begun * (following(self, stay, last) - stay)
        return np.concatenate([x, [1.0]]), seen(self, x, now)


def beginning(member: Network, parameters: np.ndarray) -> np.ndarray:
    """Return x_0 of encoded parameters, shape [state]."""
    return array(member.X) @ np.concatenate([[1.0], 2.0 * parameters - 1.0])


def following(member: Network, x: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return the next state of numbers, or of expressions that stand in for them."""
    A, B, W, M, V, c = (array(getattr(member, symbol)) for symbol in "ABWMVc")
    return A @ x + B @ u + W @ np.tanh(M @ x + V @ u + c)


def seen(member: Network, x: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return the output at a state, of numbers or of expressions."""
    C, D, d, w, E, F, e = (array(getattr(member, symbol)) for symbol in "CDdwEFe")
    w, E, F, e = w[:, : member.used], E[: member.used], F[: member.used], e[: member.used]
    return C @ x + D @ u + d + w @ np.tanh(E @ x + F @ u + e)


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
