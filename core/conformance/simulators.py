"""Checks of a simulator, one function for each promise."""

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DynsurError
from ..systems.capabilities import drive_of, has_features, known_features
from ..systems.drive import inputs_along, signal_of
from ..systems.simulator import Simulator, series_names
from ..systems.variables import Status
from .abilities import knows_its_estimates, knows_its_merits
from .batches import simulates_batches_alike
from .chain import runs_end_to_end
from .coarse import knows_its_coarse_version
from .drives import records_its_drive, steps_over_nothing
from .expect import Check, ConformanceError, expect
from .trajectories import DRAWS, difference, draws, simulated

if TYPE_CHECKING:
    import xarray as xr

RESERVED = ("time", "status", "reason", "wall_time", "sample")  # the store's own


def declares_itself(simulator: Simulator) -> None:
    """It is a frozen dataclass; every variable and parameter has one name and a unit."""
    parameters = getattr(type(simulator), "__dataclass_params__", None)
    kind = type(simulator).__name__
    expect(
        parameters and parameters.frozen, f"{kind} is not a @dataclass(frozen=True); make it one"
    )
    expect(
        re.fullmatch(r"[A-Za-z][\w-]*", simulator.name),
        f"the name '{simulator.name}' cannot be typed; expected letters, digits, '_' and '-'",
    )
    expect(simulator.outputs, "it has no outputs; declare at least one Variable")
    expect(simulator.points >= 2, f"a trajectory of {simulator.points} points; expected 2 or more")
    declared = [*simulator.inputs, *simulator.outputs, *simulator.space]
    names = [*RESERVED, *(d.name for d in declared)]
    twice = sorted({n for n in names if names.count(n) > 1})
    expect(not twice, f"'{', '.join(twice)}' named twice (the store has {', '.join(RESERVED)})")
    for each in declared:
        expect(each.units, f"'{each.name}' has no unit; give one, \"1\" if dimensionless")


def samples_reproducibly(simulator: Simulator) -> None:
    """Sample i depends on the seed and i alone, and lies in the parameters' ranges."""
    space, count = simulator.space, 16
    whole = space.sample(3, 0, count)
    for start, stop in ((0, count), (0, 5), (5, count), (9, 10)):
        part = space.sample(3, start, stop - start)
        for name in space.names:
            expect(
                np.array_equal(part[name], whole[name][start:stop]),
                f"samples {start} to {stop - 1} of '{name}' differ from the same samples of "
                f"{count}; expected sample i to depend on (seed, i) alone",
            )
    for p in space:
        # The end of a log range may round.
        slack = 1e-12 * max(abs(p.low), abs(p.high))
        inside = (whole[p.name] >= p.low - slack) & (whole[p.name] <= p.high + slack)
        expect(inside.all(), f"'{p.name}' is sampled outside of [{p.low:g}, {p.high:g}] {p.units}")
    other = space.sample(4, 0, count)
    same = all(np.array_equal(other[n], whole[n]) for n in space.names)
    expect(not (same and space.free), "seeds 3 and 4 give the same samples")


def returns_what_it_declares(simulator: Simulator) -> None:
    """A trajectory has the declared variables, shapes and units; time runs from 0 on."""
    data = _finished(simulator, simulator.space.values())
    for v in (*simulator.inputs, *simulator.outputs):
        expect(v.name in data, f"'{v.name}' is declared and not returned; use trajectory(…)")
        units = data[v.name].attrs.get("units")
        expect(units == v.units, f"'{v.name}' is declared in '{v.units}' and returned in '{units}'")
    for name in series_names(simulator):
        shape = data[name].shape
        expect(
            shape == (simulator.points,),
            f"'{name}' has shape {shape}; expected ({simulator.points},) as `points` says",
        )
    time = data["time"].values
    expect(time[0] == 0 and (np.diff(time) > 0).all(), "time does not increase from 0")


def repeats_itself(simulator: Simulator) -> None:
    """The same parameters give the same output to the last bit, whatever came between."""
    first, second = draws(simulator)[:2]
    before = simulator.simulate(first)
    simulator.simulate(second)
    found = difference(before, simulator.simulate(first), simulator)
    expect(not found, f"the same parameters gave another '{found}' the second time")


def refuses_what_is_invalid(simulator: Simulator) -> None:
    """An unknown parameter, NaN, and values outside of a domain raise DynsurError."""
    values = simulator.space.values()
    _refuses(simulator, {**values, "no_such_parameter": 1.0}, "an unknown parameter")
    for p in simulator.space:
        outside = [end for end in (_beyond(p.domain[0], -1), _beyond(p.domain[1], 1)) if end]
        for value in (math.nan, *outside):
            _refuses(simulator, {**values, p.name: value}, f"{p.name} = {value:g} {p.units}")


def finishes_or_says_why(simulator: Simulator) -> None:
    """Every sample of its ranges is finite, or a failure with a reason; none raises."""
    for parameters in draws(simulator):
        given = ", ".join(f"{name}={value:g}" for name, value in parameters.items())
        try:
            data = simulated(simulator, parameters)
        except Exception as error:
            kind = type(error).__name__
            raise ConformanceError(
                f"{kind} ({error}) at {given}; return failed_trajectory(self, reason)"
            ) from error
        reason, status = str(data["reason"].item()), int(data["status"])
        if status == Status.OK:
            bad = [n for n in series_names(simulator) if not np.isfinite(data[n].values).all()]
            expect(not bad, f"'{', '.join(bad)}' is not finite though status is OK at {given}")
        else:
            expect(reason, f"status {status} without a reason at {given}")


def survives_pickling(simulator: Simulator) -> None:
    """A copy pickled as dask does gives the same output."""
    from distributed.protocol import pickle

    parameters = draws(simulator)[0]
    copy = pickle.loads(pickle.dumps(simulator))
    found = difference(simulated(simulator, parameters), copy.simulate(parameters), simulator)
    expect(not found, f"the copy gives another '{found}'; keep all state in fields")


def can_be_fixed(simulator: Simulator) -> None:
    """Fixing parameters as `--set` does, where it can be done, is the same as passing them."""
    from ..registry.coercion import field_types
    from ..registry.configuration import configure_simulator

    if "space" not in field_types(simulator):
        return
    parameters = draws(simulator)[1]
    fixed = configure_simulator(simulator, dict(parameters))
    found = difference(
        simulated(simulator, parameters), fixed.simulate(fixed.space.values()), simulator
    )
    expect(not found, f"with all parameters fixed '{found}' differs; use self.space.values(…)")


def foretells_its_input(simulator: Simulator) -> None:
    """`drive`, if it has one, is what is recorded of the inputs; so `dynsur predict` can use it."""
    if drive_of(simulator) is None or not simulator.inputs:
        return
    for parameters in draws(simulator)[:3]:
        data = simulated(simulator, parameters)
        if int(data["status"]) != Status.OK:
            continue
        signal = signal_of(simulator, simulator.space.values(parameters))
        for name, told in inputs_along(simulator, signal, data["time"].values).items():
            recorded = data[name].values
            close = np.allclose(told, recorded, rtol=1e-9, atol=1e-9 * np.abs(told).max())
            expect(close, f"drive(parameters) is not the recorded '{name}'")


def knows_its_features(simulator: Simulator) -> None:
    """`features`, if it has them, are finite numbers, one a sample and of that sample alone."""
    if not has_features(simulator):
        return
    columns = simulator.space.sample(0, 0, DRAWS)
    whole = known_features(simulator, columns)
    head = known_features(simulator, {name: v[:3] for name, v in columns.items()})
    for name, values in whole.items():
        expect(np.shape(values) == (DRAWS,), f"feature '{name}' of {DRAWS} samples: {values}")
        expect(np.isfinite(values).all(), f"feature '{name}' is not finite")
        expect(np.allclose(head[name], values[:3]), f"feature '{name}' mixes samples")


SIMULATOR_CHECKS: tuple[Check, ...] = (
    declares_itself,
    samples_reproducibly,
    returns_what_it_declares,
    repeats_itself,
    refuses_what_is_invalid,
    finishes_or_says_why,
    survives_pickling,
    can_be_fixed,
    foretells_its_input,
    records_its_drive,
    steps_over_nothing,
    knows_its_features,
    knows_its_estimates,
    knows_its_coarse_version,
    knows_its_merits,
    simulates_batches_alike,
    runs_end_to_end,
)


def _finished(simulator: Simulator, parameters: Mapping[str, float]) -> "xr.Dataset":
    data = simulated(simulator, parameters)
    for name in ("time", "status", "reason"):
        expect(name in data.variables, f"'{name}' is not returned; use trajectory(…)")
    reason = str(data["reason"].item())
    expect(int(data["status"]) == Status.OK, f"the defaults do not finish: {reason}")
    return data


def _beyond(end: float, sign: int) -> float | None:
    return end + sign * max(1.0, abs(end)) if math.isfinite(end) else None


def _refuses(simulator: Simulator, parameters: Mapping[str, float], what: str) -> None:
    try:
        simulator.simulate(parameters)
    except DynsurError as error:
        expect("\n" not in str(error), f"the refusal of {what} is longer than one line: {error}")
    except Exception as error:
        raise ConformanceError(
            f"{what} raises {type(error).__name__}; expected DynsurError; use self.space.values(…)"
        ) from error
    else:
        raise ConformanceError(
            f"{what} is accepted; expected DynsurError; use self.space.values(…)"
        )
