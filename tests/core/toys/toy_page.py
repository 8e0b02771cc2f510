"""Serve the page of an untrained model; `responder` is what the tests compare it with."""

import dataclasses
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parent))

from driven import DEPARTING, Known, untrained
from dynsur.core import trajectory, triangle
from dynsur.core.response.predicted import PredictedResponder
from dynsur.core.surrogate.applicability import Familiarity
from dynsur.core.surrogate.conformal import Calibration


@dataclass(frozen=True)
class Layered(Known):
    """y = a u + a t / 10 s, with a field along x that grows with time."""

    fields: int = 0

    name = "layered"

    def drive(self, values):
        return triangle(1.0, values["T"], self.cycles)

    def simulate(self, parameters):
        wave = self.waveform or self.drive(parameters)
        time = wave.grid(self.points)
        y = parameters["a"] * (wave(time) + 0.1 * time)
        data = trajectory(self, time, {"u": wave(time), "y": y}, parameters)
        if self.fields:
            instants = np.linspace(0.0, time[-1], self.fields)
            data["density"] = (("snapshot", "x"), 1.0 + np.outer(instants, np.arange(5.0)))
            data["density"].attrs |= {"units": "m^-3", "long_name": "density"}
            data["snapshot_time"] = ("snapshot", instants, {"units": "s"})
            data["x"] = ("x", np.arange(5.0), {"units": "um", "long_name": "position"})
        return data


def responder():
    """Return a model with a band that knows the ranges of its parameters."""
    layered = Layered()
    ranges = tuple((p.name, p.low, p.high) for p in layered.space.free)
    surrogate = dataclasses.replace(
        untrained(layered, DEPARTING),
        calibration=(Calibration("y", 0.9, 0.1, (), (2.0,)),),
        familiarity=Familiarity(ranges, (), 0.0, 100.0),
    )
    return PredictedResponder("layered", surrogate)


if __name__ == "__main__":
    from dynsur.core.exploring import explore

    explore("layered", responder(), {}, browser=False)
