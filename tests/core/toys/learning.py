"""Hysteretic loops cheap enough to learn in a test, encoded without any plugin's dataset."""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from dynsur.core import (
    Encoding,
    Parameter,
    ParameterSpace,
    Scale,
    Split,
    TrainingData,
    Variable,
)


@dataclass(frozen=True)
class Loops:
    """y = a (u + 0.3 cos(πt/T)), driven by u = sin(2πt/T)."""

    points: int = 41
    name = "loops"
    description = "toy"
    space = ParameterSpace(
        (
            Parameter("a", 0.5, 2.0, "S"),
            Parameter("T", 1.0, 4.0, "s"),
            Parameter("fixed", 3.0, 3.0, "1"),
        )
    )
    inputs = (Variable("u", "V", "drive"),)
    outputs = (Variable("y", "A", "response"),)


@dataclass(frozen=True)
class Dense:
    """A network with nothing recurrent in it."""

    width: int = 16
    name = "dense"
    description = "toy"

    def build(self, series, parameters, outputs):
        from torch import nn

        class Network(nn.Module):
            def __init__(self, width):
                super().__init__()
                self.layers = nn.Sequential(
                    nn.Linear(series + parameters, width), nn.Tanh(), nn.Linear(width, outputs)
                )

            def forward(self, x, scalars):
                import torch

                repeated = scalars.unsqueeze(1).expand(-1, x.shape[1], -1)
                return self.layers(torch.cat([x, repeated], dim=2))

        return Network(self.width)


@dataclass(frozen=True)
class SquaredError:
    """Mean squared error."""

    scale: float = 1.0
    name = "squared"
    description = "toy"

    def __call__(self, prediction, target):
        return self.scale * ((prediction - target) ** 2).mean()


def make_store(samples=40):
    simulator = Loops()
    values = simulator.space.sample(5, 0, samples)
    phase = np.broadcast_to(np.linspace(0, 1, simulator.points), (samples, simulator.points))
    drive = np.sin(2 * np.pi * phase)
    output = values["a"][:, None] * (drive + 0.3 * np.cos(np.pi * phase))
    attrs = {"units": "A", "long_name": "response", "role": "output"}
    return xr.Dataset(
        {
            "time": (("sample", "time"), phase * values["T"][:, None], {"units": "s"}),
            "u": (("sample", "time"), drive, {"units": "V", "role": "input"}),
            "y": (("sample", "time"), output, attrs),
            **{name: ("sample", column) for name, column in values.items()},
            "status": ("sample", np.ones(samples, np.int8)),
            "wall_time": ("sample", np.full(samples, 0.5)),
        },
        attrs={"seed": 5},
    )


def make_data(store, kept=slice(None, None, 4)):
    simulator = Loops()
    index = np.arange(simulator.points)[kept]
    encoding = Encoding(
        (Scale("phase"), Scale("u", offset=-1.0, span=2.0)),
        (Scale.fit("a", store["a"].values), Scale.fit("T", store["T"].values)),
        (Scale.fit("y", store["y"].values),),
    )
    phase = store["time"].values / store["time"].values[:, -1:]

    def part(start, stop):
        rows = np.arange(start, stop)
        here = np.ix_(rows, index)
        return Split(
            rows,
            encoding.encode_series({"phase": phase[here], "u": store["u"].values[here]}),
            encoding.encode_parameters({n: store[n].values[rows] for n in ("a", "T")}),
            encoding.encode_outputs({"y": store["y"].values[here]}),
        )

    count = store.sizes["sample"]
    return TrainingData(
        part(0, count - 15), part(count - 15, count - 10), part(count - 10, count), encoding, index
    )
