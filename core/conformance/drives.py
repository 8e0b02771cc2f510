"""Checks that a simulator records its drive and that its response follows it."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..registry.coercion import field_types
from ..registry.configuration import with_fields
from ..systems.capabilities import drive_of, waveform_of
from ..systems.drive import Excitation, inputs_along, missed_by_record, signal_of
from ..systems.instants import stops
from ..systems.signals import Signal, parts_of
from ..systems.simulator import Simulator
from ..systems.variables import Status
from ..systems.waveforms import Waveform, triangle
from .batches import moved
from .expect import expect
from .trajectories import draws, simulated

if TYPE_CHECKING:
    import xarray as xr

CHARGE = 0.02  # of ∫|u| dt: what the record may miss of the drive's charge
RESPONSE = 0.05  # of an output's peak: what shorter steps may change
MARGIN = 10.0  # times what a millionth of the parameters' ranges changes, for chaos amplifies
FINER = 8  # pieces that each straight piece of a waveform is divided into


def records_its_drive(simulator: Simulator) -> None:
    """The recorded inputs are their drives: kinks are recorded, ∫u dt and ∫|u| dt agree.

    The drives are its own and, if it has a field `waveform`, a triangle, pulses shorter than the
    recorded interval, and steps; of several inputs each sees another of these.
    """
    if drive_of(simulator) is None or not simulator.inputs:
        return
    for what, driven, parameters, signal in _driven(simulator):
        data = (
            simulated(simulator, parameters) if driven is simulator else driven.simulate(parameters)
        )
        if int(data["status"]) != Status.OK:  # it said so
            continue
        time, series = data["time"].values, {v.name: data[v.name].values for v in simulator.inputs}
        reason = missed_by_record(driven, parameters, time, series)
        expect(not reason, f"under {what}: {reason}")
        fine = np.union1d(np.linspace(0.0, signal.duration, 20_001), stops(signal))
        for name, values in inputs_along(simulator, signal, fine).items():
            for words, part in (("∫u dt", np.asarray), ("∫|u| dt", np.abs)):
                told, recorded = _area(fine, part(values)), _area(time, part(series[name]))
                expect(
                    abs(told - recorded) <= CHARGE * _area(fine, np.abs(values)),
                    f"under {what}, {words} of the recorded '{name}' is {recorded:.4g}, of the "
                    f"drive {told:.4g}; record at dynsur.core.instants(drive, points)",
                )


def steps_over_nothing(simulator: Simulator) -> None:
    """No step of its integration misses what the drive does: shorter ones change little.

    Each straight piece of a waveform is divided into eight, which does not change the waveform.
    Only a simulator with a field `waveform` is checked, under a triangle, pulses shorter than the
    recorded interval, and steps.
    """
    if drive_of(simulator) is None or not simulator.inputs:
        return
    for what, driven, parameters, signal in _driven(simulator):
        parts = [part for part in parts_of(signal) if isinstance(part, Waveform)]
        if len(parts) < len(simulator.inputs) or waveform_of(driven) is None:
            continue
        divided = _by_name(simulator, [_divided(part) for part in parts])
        finer = dataclasses.replace(_under(simulator, divided), points=driven.points)  # type: ignore[type-var]
        one, other = driven.simulate(parameters), finer.simulate(parameters)
        if any(int(data["status"]) != Status.OK for data in (one, other)):
            continue
        off = {v.name: _last_difference(one, other, v.name) for v in simulator.outputs}
        sizes = {name: float(np.abs(one[name].values).max()) for name in off}
        if all(off[name] <= RESPONSE * sizes[name] for name in off):
            continue
        near = driven.simulate(moved(simulator.space, parameters))
        if int(near["status"]) != Status.OK:
            continue
        for name, size in sizes.items():
            spread = MARGIN * np.abs(near[name].values - one[name].values).max()
            expect(
                off[name] <= RESPONSE * size + spread,
                f"under {what}, '{name}' at the end changes by {off[name]:.3g} of {size:.3g} when "
                "the waveform is divided into shorter pieces; let no step cross a kink of it",
            )


def _driven(
    simulator: Simulator,
) -> Iterator[tuple[str, Simulator, Mapping[str, float], Signal]]:
    """Yield the name of each drive, the simulator under it, the parameters and the drive."""
    for parameters in draws(simulator)[:2]:
        yield "its own drive", simulator, parameters, signal_of(simulator, parameters)
    parameters = simulator.space.values()
    own = signal_of(simulator, parameters)
    if "waveform" not in field_types(simulator):
        return
    tried = [_tried(part, own.duration, simulator.points) for part in parts_of(own)]
    kinds = list(tried[0])
    for k, what in enumerate(kinds):
        waves = [of_input[kinds[(k + i) % len(kinds)]] for i, of_input in enumerate(tried)]
        under = _under(simulator, _by_name(simulator, waves))
        yield what, under, parameters, signal_of(under, parameters)


def _by_name(simulator: Simulator, waves: Sequence[Waveform]) -> dict[str, Waveform]:
    return {v.name: wave for v, wave in zip(simulator.inputs, waves, strict=True)}


def _under(simulator: Simulator, drives: Excitation) -> Simulator:
    return with_fields(simulator, {"waveform": drives})


def _tried(own: Signal, end: float, points: int) -> dict[str, Waveform]:
    """Return waveforms of a duration with the height of a drive of the simulator."""
    peak = float(np.abs(own(np.linspace(0.0, own.duration, 1001))).max()) or 1.0
    width, edge = 0.2 * end / points, 0.02 * end / points
    times, values = [0.0], [0.0]
    for begin, height in ((0.3701 * end, peak), (0.7103 * end, -peak)):
        times += [begin, begin + edge, begin + edge + width, begin + 2 * edge + width]
        values += [0.0, height, height, 0.0]
    jumps = [0.0, end / np.pi, end / np.pi + 1e-6 * end, 0.613 * end, 0.613001 * end, end]
    return {
        "a triangle": triangle(peak, end),
        "pulses shorter than the recorded interval": Waveform((*times, end), (*values, 0.0)),
        "steps": Waveform(tuple(jumps), (0.0, 0.0, peak, peak, -0.5 * peak, -0.5 * peak)),
    }


def _divided(wave: Waveform) -> Waveform:
    """Return the same waveform with further points on its straight pieces."""
    place = np.arange(FINER * (len(wave.times) - 1) + 1) / FINER
    whole = np.arange(len(wave.times))
    times, values = np.interp(place, whole, wave.times), np.interp(place, whole, wave.values)
    return Waveform(tuple(times.tolist()), tuple(values.tolist()))


def _area(t: np.ndarray, y: np.ndarray) -> float:
    return float(np.sum(0.5 * (y[1:] + y[:-1]) * np.diff(t)))


def _last_difference(one: "xr.Dataset", other: "xr.Dataset", name: str) -> float:
    return abs(float(one[name].values[-1]) - float(other[name].values[-1]))
