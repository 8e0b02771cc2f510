"""A system with a closed-form response, on whose simulations datasets are checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..systems.parameters import Parameter, ParameterSpace
from ..systems.simulator import trajectory
from ..systems.variables import Status, Variable

if TYPE_CHECKING:
    import xarray as xr

SAMPLES = 40


@dataclass(frozen=True)
class Example:
    """A capacitor and a resistor in parallel: I = U/R + C dU/dt, U = U_0 sin(2πt/T).

    Args:
        points: Time samples of a trajectory.
    """

    points: int = 60
    name = "example"
    description = "a capacitor and a resistor in parallel"
    space = ParameterSpace(
        (
            Parameter("R", 1.0, 100.0, "ohm", scale="log"),
            Parameter("U_0", 0.5, 2.0, "V"),
            Parameter("C", 1e-3, 1e-3, "F"),
        )
    )
    inputs = (Variable("voltage", "V", "voltage", "U"),)
    outputs = (Variable("current", "A", "current", "I"),)

    def simulate(self, parameters: Mapping[str, float]) -> "xr.Dataset":
        """Evaluate the closed form; see `dynsur.core.Simulator`."""
        p = self.space.values(parameters)
        t, omega = np.linspace(0.0, 1.0, self.points), 2 * np.pi
        u, slope = p["U_0"] * np.sin(omega * t), p["U_0"] * omega * np.cos(omega * t)
        return trajectory(self, t, {"voltage": u, "current": u / p["R"] + p["C"] * slope})


EXAMPLE = Example()


def example_store() -> "xr.Dataset":
    """Return simulations of the example in the form of a store."""
    import xarray as xr

    columns = EXAMPLE.space.sample(0, 0, SAMPLES)
    rows = [
        EXAMPLE.simulate({name: float(v[i]) for name, v in columns.items()}) for i in range(SAMPLES)
    ]
    names = ["time", *(v.name for v in (*EXAMPLE.inputs, *EXAMPLE.outputs))]
    series = {n: (("sample", "time"), np.stack([row[n].values for row in rows])) for n in names}
    scalars = {name: ("sample", values) for name, values in columns.items()}
    status = np.full(SAMPLES, int(Status.OK), np.int8)
    return xr.Dataset({**series, **scalars, "status": ("sample", status)})
