"""Checks of `simulate_batch` for simulators that offer it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..systems.capabilities import batch_of
from ..systems.parameters import ParameterSpace
from ..systems.simulator import Simulator, series_names
from .expect import expect
from .trajectories import finished

if TYPE_CHECKING:
    import xarray as xr

MARGIN = 10.0
SLACK = 1e-6  # of a parameter's range and of a curve's peak; two good methods differ by less


def simulates_batches_alike(simulator: Simulator) -> None:
    """`simulate_batch`, if it has one, gives what `simulate` gives, whatever shares the batch.

    Both may integrate differently, and chaos amplifies such differences. A difference is allowed up
    to ten times the effect of changing the parameters by a millionth of their ranges.
    """
    batch = batch_of(simulator)
    if batch is None:
        return
    samples = list(finished(simulator))
    if not samples:  # another check's business
        return
    columns = {n: np.array([p[n] for p, _ in samples]) for n in simulator.space.names}
    rows = _series(simulator, batch(columns), len(samples))
    again = _series(simulator, batch(columns), len(samples))
    for name in series_names(simulator):
        same = np.array_equal(rows[name], again[name], equal_nan=True)
        expect(same, f"the same batch gave another '{name}' the second time")
    for i, (parameters, data) in enumerate(samples):
        _agree(simulator, data, {name: rows[name][i] for name in rows}, parameters)


def _series(simulator: Simulator, given: Mapping[str, Any], count: int) -> dict[str, np.ndarray]:
    shape = (count, simulator.points)
    found = {}
    for name in series_names(simulator):
        expect(name in given, f"simulate_batch does not return '{name}'")
        found[name] = np.asarray(given[name], float)
        expect(
            found[name].shape == shape,
            f"simulate_batch returns '{name}' of shape {found[name].shape}; expected {shape}",
        )
    return found


def _agree(
    simulator: Simulator,
    alone: "xr.Dataset",
    row: Mapping[str, np.ndarray],
    parameters: Mapping[str, float],
) -> None:
    """Expect one row of a batch to be what `simulate` gives for it."""
    given = ", ".join(f"{key}={value:g}" for key, value in parameters.items())
    names = series_names(simulator)
    for name in names:
        expect(np.isfinite(row[name]).all(), f"'{name}' is not finite in a batch only, at {given}")
    errors = {name: np.abs(row[name] - alone[name].values) for name in names}
    slack = {name: SLACK * np.abs(alone[name].values).max() for name in names}
    if all((errors[name] <= slack[name]).all() for name in names):
        return
    near = simulator.simulate(moved(simulator.space, parameters))
    for name in names:
        change = np.nan_to_num(np.abs(near[name].values - alone[name].values))
        allowed = slack[name] + MARGIN * np.maximum.accumulate(change)
        expect(
            (errors[name] <= allowed).all(),
            f"'{name}' in a batch differs by up to {errors[name].max():.3g} from the result of "
            f"simulate at {given}",
        )


def moved(space: ParameterSpace, parameters: Mapping[str, float]) -> dict[str, float]:
    """Return parameters that are moved a little towards the middle of their ranges."""
    moved = dict(parameters)
    for p in space.free:
        if not p.choices:
            u = float(p.to_unit(np.array(parameters[p.name])))
            moved[p.name] = float(p.from_unit(np.array(u + (SLACK if u < 0.5 else -SLACK))))
    return moved
