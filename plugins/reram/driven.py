"""The ReRAM device under random drives of many kinds, for models that step in time."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from dynsur.core import DynsurError, Parameter, ParameterSpace, Waveform

from .drives import random_drive
from .parameters import TABLE_1
from .simulator import ReRAM

LARGEST = 10.0  # V
REALISATION = Parameter(
    "realisation", 0.0, 1e6, "1", default=0.0, domain=(0.0, 2.0**53), seen=False,
    long_name="number of the random drive, its whole part",
)  # fmt: skip


def _space() -> ParameterSpace:
    """Return Table 1 without t_p, the device fixed at its defaults, with the number of a drive."""
    fixed = {
        p.name: dataclasses.replace(p, low=p.value, high=p.value, default=None)
        for p in TABLE_1
        if p.name != "t_p"
    }
    # The voltage itself tells models the amplitude.
    amplitude = dataclasses.replace(TABLE_1["U_max"], low=2.0, high=LARGEST, seen=False)
    return ParameterSpace((*{**fixed, "U_max": amplitude}.values(), REALISATION))


SPACE = _space()


@dataclass(frozen=True, repr=False)
class ReRAMDriven(ReRAM):
    """The device of `ReRAM` at its default parameters; each sample sees another random drive.

    `realisation` numbers the drives: pulses, ramps, minor loops, triangles and random straight
    pieces within ±U_max, see `drives.random_drive`. They last `points` − 1 steps, and their kinks
    fall onto the steps. With ranges of the device's parameters, every sample is another device.

    Args:
        step: Time between samples, in s.
    """

    space: ParameterSpace = SPACE
    points: int = 161
    step: float = 0.2

    name = "reram-drive"
    description = "a two-dimensional memristive device under random drives of many kinds"
    # The closed form suits devices under one triangle.
    features = estimate = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0.0 < self.step < np.inf:
            raise DynsurError(f"simulator.step must be positive, in s; got {self.step:g}.")
        if self.cycles != 1:
            raise DynsurError(
                f"simulator.cycles has no meaning for '{self.name}', whose drives are random; "
                f"expected 1, got {self.cycles}. Use simulator.points for longer records."
            )

    def drive(self, values: Mapping[str, float]) -> Waveform:
        """Return the drive of a sample with these parameters."""
        return self.waveform or random_drive(
            values["U_max"], int(values["realisation"]), self.points - 1, self.step
        )
