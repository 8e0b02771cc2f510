"""The nonlinear state-space network as a torch module; imported only when a network is built."""

from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from torch import Tensor, nn

from .nlss_cell import states

if TYPE_CHECKING:
    from .nlss import NLSS

SLOWEST, FASTEST = 0.999, 0.8  # ρ of the blocks before training
SMALLEST, LARGEST = 0.06, 1.1  # θ of the blocks before training, in radians an instant
MODULATION = 0.1  # share of the dense network in the weights


class Network(nn.Module):
    """One member of the network; see `NLSS`.

    Args:
        config: Sizes of the network.
        series: Number of channels of the input series.
        parameters: Number of scalar inputs.
        outputs: Number of channels of the output series.
    """

    def __init__(self, config: "NLSS", series: int, parameters: int, outputs: int) -> None:
        super().__init__()
        self.states = config.states
        first = first_weights(config.states, config.width, 2 * series, outputs)
        self.shapes = {name: weight.shape for name, weight in first.items()}
        self.weights = nn.Parameter(torch.cat([weight.flatten() for weight in first.values()]))
        self.dense = nn.Sequential(
            nn.Linear(parameters, config.hidden),
            nn.SiLU(),
            nn.Linear(config.hidden, len(self.weights), bias=False),
        )

    def forward(self, series: Tensor, parameters: Tensor, start: Tensor | None = None) -> Tensor:
        """Map [batch, time, channel] and [batch, parameter] to [batch, time, output].

        Args:
            series: The input series.
            parameters: The scalar inputs.
            start: What is added to x_0, shape [batch, state].
        """
        of = self.system(parameters)
        x_0 = of["x_0"].squeeze(1)
        if start is not None:
            x_0 = x_0 + start
        s = 2.0 * series - 1.0  # datasets scale to [0, 1]
        r = torch.cat([s, torch.cat([s[:, :1], s[:, :-1]], dim=1)], dim=2)
        drive = torch.baddbmm(of["c"], r, of["BV"])
        feedback = torch.cat([blocks(of["poles"]), of["M"]], dim=2)
        seen = torch.cat([states(drive, feedback, of["W"], x_0), r], dim=2)
        bent = torch.tanh(torch.baddbmm(of["e"], seen, of["EF"]))
        return torch.baddbmm(of["d"], seen, of["CD"]) + torch.bmm(bent, of["w"])

    def initial(self, parameters: np.ndarray) -> np.ndarray:
        """Return x_0, shape [state]; as `CarriesState` asks."""
        return self._weights(parameters)["x_0"][0]

    def step(
        self, x: np.ndarray, series: np.ndarray, before: np.ndarray, parameters: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return x_t and y_t for x_{t−1}, s_t and s_{t−1}; as `CarriesState` asks."""
        of = self._weights(parameters)
        r = np.concatenate([2.0 * series - 1.0, 2.0 * before - 1.0])
        driven = of["c"][0] + r @ of["BV"]
        states = len(x)
        bent = np.tanh(driven[states:] + x @ of["M"])
        x = driven[:states] + _turned(of["poles"], x) + bent @ of["W"]
        seen = np.concatenate([x, r])
        y = of["d"][0] + seen @ of["CD"] + np.tanh(of["e"][0] + seen @ of["EF"]) @ of["w"]
        return x, y

    def _weights(self, parameters: np.ndarray) -> dict[str, np.ndarray]:
        """Return the weights of one system by symbol, as `system` does, without torch."""
        first, last = cast(nn.Linear, self.dense[0]), cast(nn.Linear, self.dense[2])

        def dense(p: np.ndarray) -> np.ndarray:
            h = array(first.weight) @ p + array(first.bias)
            return array(last.weight) @ (h / (1.0 + np.exp(-h)))

        change = dense(parameters) - dense(np.zeros(len(parameters)))
        flat, named, at = array(self.weights) + MODULATION * change, {}, 0
        for name, shape in self.shapes.items():
            named[name] = flat[at : at + shape.numel()].reshape(shape)
            at += shape.numel()
        return named

    def system(self, parameters: Tensor) -> dict[str, Tensor]:
        """Return the weights of each system by symbol, each of shape [batch, row, column]."""
        # A fixed system's parameters are 0, and its weights then learn by themselves.
        change = self.dense(parameters) - self.dense(torch.zeros_like(parameters[:1]))
        flat = self.weights + MODULATION * change
        parts = flat.split([shape.numel() for shape in self.shapes.values()], dim=1)
        named = zip(self.shapes.items(), parts, strict=True)
        return {name: part.unflatten(1, shape) for (name, shape), part in named}


def array(tensor: Tensor) -> np.ndarray:
    """Return weights as numbers of double precision."""
    return tensor.detach().cpu().double().numpy()


def _turned(poles: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return A x for the poles of `blocks`, shape [2, n/2]."""
    rho, half = np.exp(-np.exp(poles[0])), len(x) // 2
    cosine, sine = rho * np.cos(poles[1]), rho * np.sin(poles[1])
    # `states` multiplies A from the right, so that this is A transposed.
    return np.concatenate(
        [cosine * x[:half] + sine * x[half:], cosine * x[half:] - sine * x[:half]]
    )


def first_weights(states: int, width: int, seen: int, outputs: int) -> dict[str, Tensor]:
    """Return initial weights: weakly coupled oscillators from slow to fast ones."""
    pairs = states // 2
    rho, theta = torch.linspace(SLOWEST, FASTEST, pairs), torch.linspace(SMALLEST, LARGEST, pairs)
    return {
        "poles": torch.stack([(-rho.log()).log(), theta]),
        "M": 0.3 * torch.randn(states, width),
        "W": 0.02 * torch.randn(width, states),
        "BV": 0.3 * torch.randn(seen, states + width),
        "c": torch.cat([torch.zeros(1, states), 0.3 * torch.randn(1, width)], dim=1),
        "x_0": torch.zeros(1, states),
        "CD": 0.1 * torch.randn(states + seen, outputs),
        "d": torch.full((1, outputs), 0.5),
        "EF": 0.3 * torch.randn(states + seen, width),
        "e": 0.3 * torch.randn(1, width),
        "w": 0.02 * torch.randn(width, outputs),
    }


def blocks(poles: Tensor) -> Tensor:
    """Return A [batch, n, n] for log(−log ρ) and θ [batch, 2, n/2], which keep ρ below 1."""
    rho, theta = torch.exp(-torch.exp(poles[:, 0])), poles[:, 1]
    cosine, sine = rho * torch.cos(theta), rho * torch.sin(theta)
    along, across = torch.diag_embed(cosine), torch.diag_embed(sine)
    return torch.cat([torch.cat([along, -across], 2), torch.cat([across, along], 2)], 1)
