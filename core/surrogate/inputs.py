"""Prepare the inputs of a surrogate: the conditions of samples and the inputs of the network."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..encoding.scales import PHASE
from ..errors import DynsurError
from ..systems.capabilities import known_features, known_series
from ..systems.simulator import Simulator
from .resampling import ends, resample

if TYPE_CHECKING:
    import xarray as xr

MISSING = np.empty((0, 0, 0))  # stands for a column that was not given


class Conditions(NamedTuple):
    """The arguments of `Surrogate.predict`.

    Args:
        parameters: Every parameter by name, each of shape [n].
        series: The driven variables by name, each of shape [n, time].
        time: Instants, shape [n, time], in s.
        duration: End of each whole trajectory, shape [n], in s; None for the last instant.
    """

    parameters: Mapping[str, np.ndarray]
    series: Mapping[str, np.ndarray]
    time: np.ndarray
    duration: np.ndarray | None


def conditions(
    simulator: Simulator, store: "xr.Dataset", sample: np.ndarray, time_index: np.ndarray
) -> tuple["xr.Dataset", Conditions]:
    """Load samples of a store at the retained instants, together with their conditions.

    Args:
        simulator: The simulator of the store.
        store: The simulations.
        sample: Indices of the samples in the store.
        time_index: Indices of the retained instants in the store's time dimension.
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
    """Return every parameter of n systems by name; fixed and unseen ones may be omitted.

    Raises:
        DynsurError: A parameter is missing or does not have one value for each system.
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
            f"the surrogate needs the input series '{name}' of shape {shape}, like the times; "
            f"got {found}."
        )
    return np.asarray(series[name], float)


def network_inputs(
    simulator: Simulator, given: Conditions, phases: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the inputs of the network for n systems, in physical units.

    Args:
        simulator: The simulator, which supplies the estimates and the features.
        given: The systems and their drives.
        phases: Instants at which the network was trained, as time / duration, shape [phase].

    Returns:
        The series by name at `phases`, each of shape [n, phase]: the phase, the inputs and the
        estimates; and the scalars by name, each of shape [n]: the parameters and the features.
    """
    time = np.asarray(given.time, float)
    end = ends(time, given.duration)
    values = every_parameter(simulator, given.parameters, len(time))
    series = {v.name: one_series(given.series, v.name, time.shape) for v in simulator.inputs}
    rows = np.broadcast_to(phases, (len(time), phases.size))
    if not is_sampled_at(time / end, phases):
        series = {name: resample(time / end, s, phases) for name, s in series.items()}
        time = rows * end
    estimates = known_series(simulator, values, series, time)
    features = known_features(simulator, values)
    return {PHASE: rows, **series, **estimates}, {**values, **features}


def estimates_at(
    simulator: Simulator,
    parameters: Mapping[str, np.ndarray],
    series: Mapping[str, np.ndarray],
    time: np.ndarray,
) -> dict[str, np.ndarray]:
    """Return the simulator's estimates of n systems at the instants `time` [n, time], in s."""
    values = every_parameter(simulator, parameters, len(time))
    drive = {v.name: np.asarray(series[v.name], float) for v in simulator.inputs}
    return known_series(simulator, values, drive, time)


def is_sampled_at(phase: np.ndarray, phases: np.ndarray) -> bool:
    """Return whether all systems [n, time] are sampled at the phases [phase]."""
    return phase.shape[1] == phases.size and np.allclose(phase, phases, atol=1e-9)
