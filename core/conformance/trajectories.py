"""Simulate and compare trajectories for the checks of a simulator."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from ..systems.simulator import Simulator, series_names
from ..systems.variables import Status

if TYPE_CHECKING:
    import xarray as xr

DRAWS = 8

# The simulator checked last and its trajectories: many checks look at the same samples.
_latest: list[tuple[Simulator, dict[tuple[tuple[str, float], ...], "xr.Dataset"]]] = []


def draws(simulator: Simulator) -> list[dict[str, float]]:
    """Return the parameters of the simulator's first samples."""
    columns = simulator.space.sample(0, 0, DRAWS)
    return [{name: float(v[i]) for name, v in columns.items()} for i in range(DRAWS)]


def simulated(simulator: Simulator, parameters: Mapping[str, float]) -> "xr.Dataset":
    """Return the trajectory of the parameters, which all checks of one simulator share.

    A check that asks whether `simulate` repeats itself calls `simulate` instead.
    """
    if not _latest or _latest[0][0] is not simulator:
        _latest[:] = [(simulator, {})]
    known, key = _latest[0][1], tuple(sorted(parameters.items()))
    if key not in known:
        known[key] = simulator.simulate(parameters)
    return known[key]


def finished(simulator: Simulator) -> "Iterator[tuple[dict[str, float], xr.Dataset]]":
    """Yield the parameters and the trajectory of each of the first samples that finish."""
    for parameters in draws(simulator):
        data = simulated(simulator, parameters)
        if int(data["status"]) == Status.OK:
            yield parameters, data


def difference(one: "xr.Dataset", other: "xr.Dataset", simulator: Simulator) -> str:
    """Return the first variable in which two trajectories differ in any bit, or ""."""
    for name in series_names(simulator):
        if not np.array_equal(one[name].values, other[name].values, equal_nan=True):
            return name
    return next((n for n in ("status", "reason") if one[n].item() != other[n].item()), "")
