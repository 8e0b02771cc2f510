"""The conditions under which stored samples were simulated, as a surrogate takes them."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .types import Simulator

if TYPE_CHECKING:
    import xarray as xr


class Conditions(NamedTuple):
    """The arguments of `Surrogate.predict`.

    Args:
        parameters: Every parameter by name, each of shape [n].
        series: The driven variables by name, each of shape [n, time].
        time: Instants, shape [n, time], in s.
        duration: End of each whole trajectory, shape [n], in s.
    """

    parameters: dict[str, np.ndarray]
    series: dict[str, np.ndarray]
    time: np.ndarray
    duration: np.ndarray


def conditions(
    simulator: Simulator, store: "xr.Dataset", sample: np.ndarray, time_index: np.ndarray
) -> tuple["xr.Dataset", Conditions]:
    """Load samples of a store at the retained instants, and the conditions they saw.

    Args:
        simulator: What was simulated.
        store: The simulations.
        sample: Indices into the store.
        time_index: The retained instants, indices into the store's time dimension.
    """
    held = store.isel(sample=sample, time=time_index).load()
    return held, Conditions(
        {p.name: held[p.name].values for p in simulator.space},
        {v.name: held[v.name].values for v in simulator.inputs},
        held["time"].values,
        store["time"].isel(sample=sample, time=-1).values,
    )
