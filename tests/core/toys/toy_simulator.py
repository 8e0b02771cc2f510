"""A system that costs nothing and fails on request; importable by worker processes."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from dynsur.core import (
    DynsurError,
    Parameter,
    ParameterSpace,
    Variable,
    failed_trajectory,
    trajectory,
)


@dataclass(frozen=True)
class Toy:
    """y = a sin(t); each call leaves a line in `log`.

    Args:
        points: Time samples.
        log: File that gets one line per simulation.
        fails: Whether every fourth of the range of `a` ends in its own way.
    """

    points: int = 7
    log: str = ""
    fails: bool = False

    name = "toy"
    description = "toy"
    space = ParameterSpace(
        (
            Parameter("a", 0.0, 4.0, "V", long_name="amplitude", symbol="A_0"),
            Parameter("b", 1e-3, 1.0, "1", scale="log"),
        )
    )
    inputs = (Variable("u", "V", "drive", "U"),)
    outputs = (Variable("y", "A", "response", "I"),)

    def simulate(self, parameters):
        if self.log:
            with Path(self.log).open("a") as file:
                file.write(f"{parameters['a']!r} {os.environ.get('OMP_NUM_THREADS', '')}\n")
        kind = int(parameters["a"]) if self.fails else 0
        if kind == 1:
            raise ZeroDivisionError("split\nby zero")
        if kind == 2:
            raise DynsurError("a is not accepted.")
        if kind == 3:
            return failed_trajectory(self, "no convergence")
        t = np.linspace(0.0, 1.0, self.points)
        return trajectory(self, t, {"u": t, "y": parameters["a"] * np.sin(t)})


@dataclass(frozen=True)
class Misspelt(Toy):
    """Asks for a parameter that there is not."""

    def simulate(self, parameters):
        return parameters["alpha"]


@dataclass(frozen=True)
class NotFinite(Toy):
    """Claims to be finished with a NaN in its output."""

    def simulate(self, parameters):
        data = super().simulate(parameters)
        return data.assign(y=data["y"] * np.nan)


@dataclass(frozen=True)
class Troubled(Toy):
    """Hangs, is killed or leaves its process: one in each quarter of the range of `a`."""

    trouble: bool = True

    def simulate(self, parameters):
        data = super().simulate(parameters)
        kind = int(parameters["a"]) if self.trouble else 0
        if kind == 1:
            time.sleep(1000)
        if kind == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        if kind == 3:
            os._exit(3)
        return data


@dataclass(frozen=True)
class Batch(Toy):
    """Simulates all samples of a chunk at once; some may be to blame for failing."""

    blame: str = ""

    def simulate_batch(self, columns):
        a = np.asarray(columns["a"])[:, None]
        high = a[:, 0] > 3
        if self.blame == "raises" and high.any():
            raise ZeroDivisionError
        if self.blame == "dies" and high.any():
            os._exit(1)
        t = np.broadcast_to(np.linspace(0.0, 1.0, self.points), (a.size, self.points))
        y = a * np.sin(t)
        if self.blame == "is not finite":
            y = np.where(high[:, None], np.nan, y)
        return {"time": t, "u": t, "y": y}


@dataclass(frozen=True)
class Slow(Toy):
    """Takes its time without using a core."""

    seconds: float = 0.1

    def simulate(self, parameters):
        time.sleep(self.seconds)
        return super().simulate(parameters)
