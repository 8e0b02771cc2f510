"""Loops with a drive and with what is known of them in closed form; an untrained surrogate."""

from dataclasses import dataclass

import numpy as np
import torch
from dynsur.core import (
    Departure,
    Encoding,
    Parameter,
    ParameterSpace,
    Scale,
    Surrogate,
    triangle,
)
from dynsur.core.systems.waveforms import Waveform
from dynsur.plugins.reram import HDiNN
from learning import Loops


@dataclass(frozen=True)
class Driven(Loops):
    """Loops under a triangle of height `a` in `T`."""

    points: int = 41
    waveform: Waveform | None = None
    cycles: int = 1

    name = "driven"
    space = ParameterSpace(
        (
            Parameter("a", 0.5, 2.0, "S", domain=(0.0, 10.0)),
            Parameter("T", 1.0, 4.0, "s"),
            Parameter("fixed", 3.0, 3.0, "1"),
        )
    )

    def drive(self, values):
        return triangle(values["a"], values["T"], self.cycles)


@dataclass(frozen=True)
class Known(Driven):
    """Also tells a feature, an estimate of its output and a series beside it."""

    name = "known"

    def features(self, parameters):
        return {"rate": 10.0 ** (parameters["a"] - parameters["T"])}

    def estimate(self, parameters, series, time):
        u = series["u"]
        return {
            "y": 1e-9 * parameters["a"][:, None] * np.sinh(9 * u),
            "swept": 1e-3 + np.abs(np.cumsum(u, axis=1)) * time[:, -1:],
        }


PLAIN = Encoding(
    (Scale("phase"), Scale("u", offset=-2.0, span=4.0)),
    (Scale("a", offset=0.5, span=1.5), Scale("T", "log", 0.0, 0.6)),
    (Scale("y", "log", -9.0, 6.0),),
)
Y = Scale("y", "asinh", offset=-6.0, span=12.0, threshold=1e-12)
DEPARTING = Encoding(
    (Scale("phase"), Scale("u", offset=-2.0, span=4.0), Y, Scale("swept", "log", -3.0, 3.0)),
    (Scale("a", offset=0.5, span=1.5), Scale("rate", "log", -3.5, 4.5)),
    (Y,),
    (Departure(soft=0.1, trust=0.5, low=-0.4, high=0.6),),
)


def untrained(simulator, encoding, points=6, provenance=None, seed=1):
    """Return a surrogate of random weights: HDiNN, an ensemble of LSTMs."""
    small = HDiNN(channels=4, width=4, dense=4, members=2)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        module = small.build(len(encoding.series), len(encoding.parameters), 1).eval()
    phases = np.linspace(0.0, 1.0, points) ** 1.5
    return Surrogate(module, small, simulator, encoding, phases, provenance or {})
