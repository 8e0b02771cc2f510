"""The input that a simulator's systems see, known without a simulation."""

from collections.abc import Mapping

import numpy as np

from ..errors import DynsurError
from .instants import enough_points, instants
from .simulator import Simulator
from .waveforms import Waveform


def driven(
    simulator: Simulator, parameters: Mapping[str, np.ndarray], waveform: Waveform | None = None
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the instants of n simulations, [n, time] in s, and their input by name, [n, time].

    Args:
        simulator: Has one input, or none; offers `drive(parameters)`, a signal, unless a waveform
            is given.
        parameters: Every parameter of its space by name, each of shape [n].
        waveform: Drives all of them instead of the simulator's own.

    Raises:
        DynsurError: The input is known only after a simulation.
    """
    own = getattr(simulator, "drive", None)
    fixed = waveform or getattr(simulator, "waveform", None)
    if waveform is not None and not simulator.inputs:
        raise DynsurError(f"system '{simulator.name}' has no input and takes no waveform.")
    if len(simulator.inputs) > 1 or (own is None and fixed is None):
        raise DynsurError(
            f"the input of system '{simulator.name}' is known only after a simulation; expected "
            "a simulator of one input, or none, with `drive(parameters) -> Waveform`; use "
            "Surrogate.predict from Python."
        )
    count = len(next(iter(parameters.values())))
    if fixed is not None:
        waves = [fixed] * count
    else:
        assert own is not None
        rows = (
            {name: float(column[i]) for name, column in parameters.items()} for i in range(count)
        )
        waves = [own(row) for row in rows]
    points = enough_points(simulator.points, fixed)
    time = np.stack([instants(wave, points) for wave in waves])
    series = np.stack([wave(t) for wave, t in zip(waves, time, strict=True)])
    return time, {v.name: series for v in simulator.inputs}
