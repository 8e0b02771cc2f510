"""Compute the drive of a simulator's systems without a simulation."""

from collections.abc import Mapping

import numpy as np

from ..errors import DynsurError
from .capabilities import drive_of, waveform_of
from .instants import enough_points, instants, missed
from .signals import Signal
from .simulator import Simulator
from .waveforms import Waveform


def driven(
    simulator: Simulator, parameters: Mapping[str, np.ndarray], waveform: Waveform | None = None
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the instants of n simulations, [n, time] in s, and their input by name, [n, time].

    Args:
        simulator: A simulator with at most one input. It must offer `drive(parameters)`, which
            returns a signal, unless a waveform is given.
        parameters: Every parameter of its space by name, each of shape [n].
        waveform: A waveform that drives all systems in place of the simulator's own drive.

    Raises:
        DynsurError: The input can be known only after a simulation.
    """
    own = drive_of(simulator)
    fixed = waveform or waveform_of(simulator)
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
    points = points_along(simulator, fixed)
    time = np.stack([instants(wave, points) for wave in waves])
    series = np.stack([wave(t) for wave, t in zip(waves, time, strict=True)])
    return time, {v.name: series for v in simulator.inputs}


def points_along(simulator: Simulator, waveform: Signal | None) -> int:
    """Return how many instants a simulator records along a waveform; see `enough_points`."""
    default = getattr(type(simulator), "points", None)
    return enough_points(
        simulator.points, waveform, default if isinstance(default, int) else simulator.points
    )


def missed_by_record(
    simulator: Simulator, parameters: Mapping[str, float], time: np.ndarray, u: np.ndarray
) -> str:
    """Say what the recorded input of one system misses of its drive.

    The text is empty if the record misses nothing, or if the drive is not known.

    Args:
        simulator: A simulator with one input.
        parameters: Every parameter by name.
        time: Recorded instants, shape [time], in s.
        u: The recorded input, shape [time].
    """
    drive, fixed = drive_of(simulator), waveform_of(simulator)
    signal = fixed if drive is None or fixed is not None else drive(parameters)
    return "" if signal is None else missed(signal, time, u)
