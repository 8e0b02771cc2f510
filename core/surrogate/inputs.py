"""Prepare the inputs of a surrogate: the conditions of samples and the inputs of the network."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..encoding.encoding import OUTPUT, Encoding
from ..encoding.scales import PHASE
from ..errors import DynsurError
from ..resampling import EXACT, STRAIGHT, ends, resample
from ..systems.bases import CoarseError, base_series
from ..systems.capabilities import known_features
from ..systems.simulator import Simulator

if TYPE_CHECKING:
    import xarray as xr


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


class Seen(NamedTuple):
    """What a network sees of n systems, in physical units, and what its outputs depart from.

    Args:
        series: The phase, the inputs and the base's series at the trained phases by name, each of
            shape [n, phase].
        scalars: Parameters and features by name, each of shape [n].
        base: The base's series at the wanted instants by name, each of shape [n, time]; empty where
            it is not needed there, since the outputs themselves are interpolated.
    """

    series: dict[str, np.ndarray]
    scalars: dict[str, np.ndarray]
    base: dict[str, np.ndarray]


def conditions(
    simulator: Simulator, store: "xr.Dataset", sample: np.ndarray
) -> tuple["xr.Dataset", Conditions]:
    """Load samples of a store, and the conditions they saw, with their whole drives.

    Args:
        simulator: The simulator of the store.
        store: The simulations.
        sample: Indices into the store.
    """
    held = store.isel(sample=sample).load()
    return held, Conditions(
        {p.name: held[p.name].values for p in simulator.space},
        {v.name: held[v.name].values for v in simulator.inputs},
        held["time"].values,
        None,
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
        if np.shape(known.get(parameter.name, [[]])) != (n,):
            raise DynsurError(
                f"the surrogate needs one value of parameter '{parameter.name}' for each of "
                f"the {n} systems; got {_told(known, parameter.name)}."
            )
    return known


def one_series(series: Mapping[str, np.ndarray], name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return one input series of that shape, or raise DynsurError."""
    if np.shape(series.get(name, 0.0)) != shape:
        raise DynsurError(
            f"the surrogate needs the input series '{name}' of shape {shape}, like the times; "
            f"got {_told(series, name)}."
        )
    return np.asarray(series[name], float)


def _told(columns: Mapping[str, np.ndarray], name: str) -> str:
    """Say of which shape a column is, or that there is none."""
    if name in columns:
        return f"shape {np.shape(columns[name])}"
    return f"none, but {', '.join(columns) or 'nothing at all'}"


def network_inputs(
    simulator: Simulator,
    encoding: Encoding,
    given: Conditions,
    phases: np.ndarray,
    at_instants: bool = True,
) -> Seen:
    """Return what a network sees of n systems.

    Args:
        simulator: Supplies the features and the base.
        encoding: Says which base, and what is interpolated between trained phases.
        given: The systems and their drives.
        phases: The instants the network was trained at, as time / duration, shape [phase].
        at_instants: Whether the base is wanted at the instants of `given` too.

    Raises:
        CoarseError: The base has no result for a system.
    """
    time = np.asarray(given.time, float)
    end = ends(time, given.duration)
    values = every_parameter(simulator, given.parameters, len(time))
    series = {v.name: one_series(given.series, v.name, time.shape) for v in simulator.inputs}
    rows = np.broadcast_to(phases, (len(time), phases.size))
    phase, drives, wanted = time / end, series, [time]
    if not (exact := is_sampled_at(phase, phases)):
        drives = {name: resample(phase, drive, phases) for name, drive in series.items()}
        smooth = encoding.between == OUTPUT and _follow(rows, drives, phase, series)
        wanted = [rows * end, time] if at_instants and not smooth else [rows * end]
    known, reasons = base_series(simulator, encoding.base, values, series, time, wanted)
    for failed in np.flatnonzero(reasons != "")[:1]:
        raise CoarseError(int(failed), str(reasons[failed]))
    scalars = {**values, **known_features(simulator, values)}
    at_wanted = known[-1] if exact or len(wanted) > 1 else {}
    return Seen({PHASE: rows, **drives, **known[0]}, scalars, at_wanted)


def _follow(
    phases: np.ndarray,
    drives: Mapping[str, np.ndarray],
    phase: np.ndarray,
    series: Mapping[str, np.ndarray],
) -> bool:
    """Return whether straight lines through drives [n, phase] follow all series [n, time]."""
    if phase.min() < phases[:, 0].max() - EXACT or phase.max() > phases[:, -1].min() + EXACT:
        return False
    for name, true in series.items():
        off = np.abs(true - resample(phases, drives[name], phase))
        if (off > STRAIGHT * np.abs(true).max(axis=1, keepdims=True)).any():
            return False
    return True


def is_sampled_at(phase: np.ndarray, phases: np.ndarray) -> bool:
    """Return whether all systems [n, time] are sampled at the phases [phase]."""
    return phase.shape[1] == phases.size and np.allclose(phase, phases, atol=1e-9)
