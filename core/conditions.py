"""The conditions under which stored samples were simulated, as a surrogate takes them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .errors import DynsurError
from .types import Simulator

if TYPE_CHECKING:
    import xarray as xr

MISSING = np.empty((0, 0, 0))  # stands for a column that was not given


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


def every_parameter(
    simulator: Simulator, parameters: Mapping[str, np.ndarray], n: int
) -> dict[str, np.ndarray]:
    """Return every parameter of n systems by name; fixed and unseen ones may be left out.

    Raises:
        DynsurError: One is missing or has not one value for each system.
    """
    known = {p.name: np.full(n, p.low) for p in simulator.space if p.is_fixed or not p.seen}
    known |= {name: np.asarray(values, float) for name, values in parameters.items()}
    for parameter in simulator.space:
        shape = np.shape(known.get(parameter.name, MISSING))
        if shape != (n,):
            raise DynsurError(
                f"the surrogate needs one value of parameter '{parameter.name}' for each of "
                f"the {n} systems; got shape {shape}."
            )
    return known


def one_series(series: Mapping[str, np.ndarray], name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return one input series of that shape, or raise DynsurError."""
    found = np.shape(series.get(name, MISSING))
    if found != shape:
        raise DynsurError(
            f"the surrogate needs the input series '{name}' of shape {shape}, as the times; "
            f"got {found}."
        )
    return np.asarray(series[name], float)
