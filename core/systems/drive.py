"""Compute the drives of a simulator's systems without a simulation."""

from collections.abc import Iterable, Mapping
from typing import cast

import numpy as np

from ..errors import DynsurError, unknown_name
from .capabilities import drive_of, waveform_of
from .instants import enough_points, instants, missed
from .signals import Signal, parts_of, together
from .simulator import Simulator

Excitation = Signal | Mapping[str, Signal]  # of the only input, or of each input by name


def driven(
    simulator: Simulator, parameters: Mapping[str, np.ndarray], waveform: Excitation | None = None
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return the instants of n simulations, [n, time] in s, and their inputs by name, [n, time].

    Args:
        simulator: It must offer `drive(parameters)`, which returns a signal or one for each input
            by name, unless a waveform is given.
        parameters: Every parameter of its space by name, each of shape [n].
        waveform: A waveform that drives all systems in place of the simulator's own drive, or one
            for each input by name. An input that is not named keeps its own drive.

    Raises:
        DynsurError: An input can be known only after a simulation.
    """
    known = drive_of(simulator) or waveform or waveform_of(simulator)
    if known is None and getattr(simulator, "is_recorded", False):
        raise DynsurError(
            f"'{simulator.name}' was recorded, and its drive is known from its records only; give "
            "one: a table over time with --waveform FILE, or a Waveform."
        )
    count = len(next(iter(parameters.values())))
    rows = ({name: float(column[i]) for name, column in parameters.items()} for i in range(count))
    signals = [signal_of(simulator, row, waveform) for row in rows]
    points = points_along(simulator, waveform or waveform_of(simulator))
    time = np.stack([instants(signal, points) for signal in signals])
    values = [inputs_along(simulator, s, t) for s, t in zip(signals, time, strict=True)]
    return time, {v.name: np.stack([row[v.name] for row in values]) for v in simulator.inputs}


def signal_of(
    simulator: Simulator, parameters: Mapping[str, float], waveform: Excitation | None = None
) -> Signal:
    """Return what drives one system: the signal of its input, or of all its inputs together.

    Args:
        simulator: A simulator.
        parameters: Every parameter by name.
        waveform: As for `driven`; by default the simulator's own field `waveform`.

    Raises:
        DynsurError: An input can be known only after a simulation, or is given no drive.
    """
    own, names = drive_of(simulator), [v.name for v in simulator.inputs]
    chosen = by_input(simulator, waveform_of(simulator) if waveform is None else waveform)
    if names and chosen.keys() == set(names):
        return together([chosen[name] for name in names])
    if own is None:
        raise DynsurError(
            f"the drive of system '{simulator.name}' is known only after a simulation; expected a "
            "simulator with `drive(parameters)`; use Surrogate.predict from Python."
        )
    usual = own(parameters)
    if not names:
        return usual
    chosen = {**by_input(simulator, usual), **chosen}
    lacking = [name for name in names if name not in chosen]
    if lacking:
        raise DynsurError(
            f"`drive` of system '{simulator.name}' gives no signal for the input '{lacking[0]}'; "
            f"expected a mapping with {_listed(names)}."
        )
    return together([chosen[name] for name in names])


def by_input(simulator: Simulator, given: Excitation | None) -> dict[str, Signal]:
    """Return the signals of the inputs by name that a drive gives; it may leave some out.

    Raises:
        DynsurError: The system has no input or none of a name, or one signal is given for several.
    """
    names = [v.name for v in simulator.inputs]
    if given is None:
        return {}
    if not names:
        raise DynsurError(f"system '{simulator.name}' has no input and takes no waveform.")
    if isinstance(given, Mapping):
        for name in given:
            if name not in names:
                raise unknown_name(f"input of '{simulator.name}'", str(name), names)
        _refuse_other_signals(given.values())
        return dict(given)
    parts = parts_of(given)
    _refuse_other_signals(parts)
    if len(parts) != len(names):
        raise DynsurError(
            f"system '{simulator.name}' has {len(names)} inputs and got one drive; give one for "
            f"each by name: {_listed(names)}."
        )
    return dict(zip(names, parts, strict=True))


def _refuse_other_signals(given: Iterable[object]) -> None:
    for signal in given:
        if not callable(signal) or not hasattr(signal, "duration"):
            shown = " ".join(f"{signal!r:.60}".split())
            raise DynsurError(
                "a drive is a dynsur.core.Waveform, or a function of time in s with the attribute "
                f"`duration`; got {shown}."
            )


def as_field(simulator: Simulator, waveform: Excitation | None) -> Excitation | None:
    """Return a drive in the form that a simulator's field `waveform` has.

    This is a signal for the only input, and a mapping of signals for several.

    Raises:
        DynsurError: See `by_input`.
    """
    given = by_input(simulator, waveform)
    if len(simulator.inputs) > 1:
        return given or None
    return next(iter(given.values()), None)


def inputs_along(simulator: Simulator, signal: Signal, time: np.ndarray) -> dict[str, np.ndarray]:
    """Return each input by name at the instants of one system, each of shape [time]."""
    rows = np.reshape(np.asarray(signal(time), float), (-1, time.size))
    return {v.name: rows[k] for k, v in enumerate(simulator.inputs)}


def points_along(simulator: Simulator, waveform: Excitation | None) -> int:
    """Return how many instants a simulator records along a waveform; see `enough_points`."""
    default = getattr(type(simulator), "points", None)
    if isinstance(waveform, Mapping):
        waveform = signal_of(simulator, simulator.space.values(), waveform)
    elif waveform is not None:
        _refuse_other_signals(parts_of(waveform))
    return enough_points(
        simulator.points,
        cast(Signal | None, waveform),
        default if isinstance(default, int) else simulator.points,
    )


def missed_by_record(
    simulator: Simulator,
    parameters: Mapping[str, float],
    time: np.ndarray,
    series: Mapping[str, np.ndarray],
) -> str:
    """Say what the recorded inputs of one system miss of its drives.

    The text is empty if the record misses nothing, or if the drives are not known.

    Args:
        simulator: A simulator.
        parameters: Every parameter by name.
        time: Recorded instants, shape [time], in s.
        series: The recorded inputs by name, each of shape [time].
    """
    if not simulator.inputs or (drive_of(simulator) is None and waveform_of(simulator) is None):
        return ""
    parts = parts_of(signal_of(simulator, parameters))
    for variable, part in zip(simulator.inputs, parts, strict=True):
        reason = missed(part, time, series[variable.name])
        if reason:
            return reason if len(parts) == 1 else f"'{variable.name}': {reason}"
    return ""


def _listed(names: list[str]) -> str:
    return "{" + ", ".join(f"'{name}': …" for name in names) + "}"
