"""Predict many systems into a store that is marked as a store of predictions."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files import replacing
from ..registry.identity import made_now
from ..store.create import create_array
from ..store.schema import Column, layout
from ..store.zarr_group import array_of, consolidate
from ..systems.bases import CoarseError
from ..systems.drive import Excitation, points_along
from .arguments import NotFiniteError

if TYPE_CHECKING:
    from .surrogate import Surrogate

BATCH = 256  # systems predicted, held in memory and written together: a chunk of the store
SIMULATED = ("wall_time", "reason", "status")  # variables that only a simulation has
UNFAMILIAR = "unfamiliar"
LIBRARIES = ("dynsur", "numpy", "torch")


def write_predictions(
    surrogate: "Surrogate",
    parameters: Mapping[str, np.ndarray],
    out: Path,
    waveform: Excitation | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[str]:
    """Predict systems under the simulator's drive and write a zarr store.

    Bands and the variable `unfamiliar` are also written if the surrogate provides them.

    Args:
        surrogate: The surrogate.
        parameters: Values by name, each of shape [sample]; see `Surrogate.respond`.
        out: Store to write. An existing store is replaced once the new one is complete.
        waveform: A waveform that drives all systems in place of the simulator's drive, or one
            for each input by name; an input that is not named keeps its own.
        progress: Called with the number of systems predicted so far and their total number.

    Returns:
        What is unfamiliar about each system; empty if the surrogate does not know it.

    Raises:
        DynsurError: A parameter is not accepted, a prediction is not finite, its base fails or the
            store cannot be written.
    """
    import zarr

    simulator = surrogate.simulator
    columns = simulator.space.columns(parameters)
    count = len(next(iter(columns.values())))
    points = points_along(simulator, waveform)
    reasons: list[str] = []
    with replacing(out) as partial:
        group = zarr.create_group(partial, zarr_format=3, overwrite=True)
        for name, column in predicted_layout(surrogate).items():
            create_array(group, name, column, count, points, BATCH)
        for name, values in columns.items():
            array_of(group, name)[:] = values
        for start in range(0, count, BATCH):
            part = {name: values[start : start + BATCH] for name, values in columns.items()}
            try:
                response = surrogate.respond(part, waveform, banded=bool(surrogate.calibration))
            except NotFiniteError as error:
                raise NotFiniteError(error.name, start + error.system) from None
            except CoarseError as error:
                raise CoarseError(start + error.system, error.reason) from None
            for name, series in response.items():
                array_of(group, name)[start : start + BATCH] = series
            if surrogate.familiarity:
                told = unfamiliar(surrogate, part, response)
                reasons += told
                array_of(group, UNFAMILIAR)[start : start + BATCH] = np.array(told, dtype=object)
            progress(min(start + BATCH, count), count)
        group.update_attributes(origin(surrogate))
        consolidate(str(partial))
    return reasons


def predicted_layout(surrogate: "Surrogate") -> dict[str, Column]:
    """Return the variables of a store of predictions by name."""
    columns = {n: c for n, c in layout(surrogate.simulator).items() if n not in SIMULATED}
    for calibration in surrogate.calibration:
        output = columns[calibration.name].attrs
        for end, suffix in (("lower", "low"), ("upper", "high")):
            attrs = {
                "units": output["units"],
                "long_name": f"{end} end of the {calibration.coverage:.0%} band of "
                f"{output['long_name']}",
                "role": "band",
            }
            columns[f"{calibration.name}_{suffix}"] = Column(np.float64, True, attrs)
    if surrogate.familiarity:
        attrs = {"units": "1", "long_name": "what lies outside of the training, or nothing"}
        columns[UNFAMILIAR] = Column(str, False, attrs)
    return columns


def unfamiliar(
    surrogate: "Surrogate", parameters: Mapping[str, np.ndarray], response: Mapping[str, np.ndarray]
) -> list[str]:
    """Return for each system of a response what lies outside of the training data."""
    driven = {v.name: response[v.name] for v in surrogate.simulator.inputs}
    return surrogate.unfamiliar(parameters, driven, response["time"])


def origin(surrogate: "Surrogate") -> dict[str, Any]:
    """Return the attributes of data that a surrogate predicted, as plain JSON values."""
    simulator, model = surrogate.simulator, surrogate.model
    return {
        "title": f"Predicted by a surrogate of {simulator.name}, not simulated",
        "system": simulator.name,
        "model": model.name,
        "weights": weights_hash(surrogate),
        "trained_on": json.dumps(surrogate.provenance),
        **made_now(LIBRARIES),
    }


def weights_hash(surrogate: "Surrogate") -> str:
    """Return a hash of the weights and the scales, which determine a prediction."""
    digest = hashlib.sha256(json.dumps(surrogate.encoding.to_json()).encode())
    for name, tensor in sorted(surrogate.module.state_dict().items()):
        digest.update(name.encode() + tensor.cpu().numpy().tobytes())
    return digest.hexdigest()
