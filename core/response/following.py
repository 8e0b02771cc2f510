"""Follow a record in a file: a model sees its inputs and its first outputs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..surrogate.predict import UNFAMILIAR, origin
from ..systems.simulator import trajectory
from ..tables import Quantity, read_signals

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Followed:
    """What a model made of the inputs of a record.

    Args:
        trajectory: Its prediction, over `time`; its attributes say what is unfamiliar.
        errors: RMSE of each output beyond the first samples, in its unit.
        summary: What was understood of the file, in one line.
    """

    trajectory: "xr.Dataset"
    errors: dict[str, float]
    summary: str


def follow_record(
    surrogate: Any,
    parameters: Mapping[str, np.ndarray],
    path: str | Path,
    columns: str | None,
    washout: int,
) -> Followed:
    """Predict along the inputs of a record and compare with its outputs.

    Args:
        surrogate: A model of recordings.
        parameters: Every parameter by name, each of shape [1].
        path: File with time, inputs and outputs; see `docs/data-in.md`.
        columns: Which column holds what, as for `read_signals`.
        washout: Number of first samples whose outputs the model sees, and that do not count.

    Raises:
        DynsurError: The model does not step in time, or the file cannot be read or is too short.
    """
    if not surrogate.step:
        raise DynsurError(
            f"the model of '{surrogate.simulator.name}' has no state that first samples could "
            "tell; leave --washout out."
        )
    system = surrogate.simulator
    drives, outputs = (
        [Quantity(v.name, v.units, v.symbol) for v in side]
        for side in (system.inputs, system.outputs)
    )
    found = read_signals(path, drives, outputs, columns)
    time = found.times
    if time.size <= washout:
        raise DynsurError(
            f"'{path}' holds {time.size} samples, and --washout {washout} leaves none to predict."
        )
    first = np.arange(time.size) < washout
    series = {v.name: found.values[v.name][None] for v in system.inputs}
    measured = {v.name: np.where(first, found.values[v.name], np.nan)[None] for v in system.outputs}
    given = (parameters, series, time[None])
    predicted = surrogate.predict(*given, measured=measured)
    errors = {}
    for v in system.outputs:
        off = (predicted[v.name][0] - found.values[v.name])[~first]
        errors[v.name] = float(np.sqrt(np.nanmean(off**2))) if np.isfinite(off).any() else np.nan
    rows = {name: values[0] for name, values in {**series, **predicted}.items()}
    values = {name: float(np.ravel(column)[0]) for name, column in parameters.items()}
    data = trajectory(system, time, rows, values)
    strange = surrogate.unfamiliar(*given)[0] if surrogate.familiarity else ""
    data.attrs.update({UNFAMILIAR: strange, **origin(surrogate)})
    return Followed(data, errors, found.summary)
