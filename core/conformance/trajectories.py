"""Compare two trajectories of a simulator."""

from typing import TYPE_CHECKING

import numpy as np

from ..systems.simulator import Simulator, series_names

if TYPE_CHECKING:
    import xarray as xr

DRAWS = 8


def draws(simulator: Simulator) -> list[dict[str, float]]:
    """Return the parameters of its first samples."""
    columns = simulator.space.sample(0, 0, DRAWS)
    return [{name: float(v[i]) for name, v in columns.items()} for i in range(DRAWS)]


def difference(one: "xr.Dataset", other: "xr.Dataset", simulator: Simulator) -> str:
    """Return the first variable in which two trajectories differ in any bit, or ""."""
    for name in series_names(simulator):
        if not np.array_equal(one[name].values, other[name].values, equal_nan=True):
            return name
    return next((n for n in ("status", "reason") if one[n].item() != other[n].item()), "")
