"""A surrogate in its folder: tensors, and a description that loading reads and never executes."""

import dataclasses
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .calibration import Calibration
from .checkpoint import read_tensors, write_tensors
from .description import DESCRIPTION, WEIGHTS, damaged, model_folder, read_description
from .encoding import Encoding
from .errors import DynsurError
from .familiarity import Familiarity
from .host import host
from .setup import configure
from .surrogate import Surrogate
from .types import Model, Simulator


def write_surrogate(surrogate: Surrogate, folder: Path) -> None:
    """Write weights and description; see `Surrogate.save`."""
    note = {
        "model": surrogate.model.name,
        "configuration": dataclasses.asdict(surrogate.model),  # type: ignore[call-overload]
        "simulator": surrogate.simulator.name,
        "space": surrogate.simulator.space.describe(),
        "encoding": surrogate.encoding.to_json(),
        "phases": surrogate.phases.tolist(),
        "provenance": surrogate.provenance,
        "calibration": [c.to_json() for c in surrogate.calibration],
        "familiarity": surrogate.familiarity and surrogate.familiarity.to_json(),
    }
    write_tensors(folder / WEIGHTS, surrogate.module.state_dict(), {"model": surrogate.model.name})
    unfinished = folder / f".{DESCRIPTION}.{os.getpid()}"
    try:
        unfinished.write_text(json.dumps(note, indent=1), encoding="utf-8")
        unfinished.replace(folder / DESCRIPTION)
    except OSError as error:
        raise DynsurError(f"cannot write the model to '{folder}': {error}.") from None


def read_surrogate(folder: Path) -> Surrogate:
    """Read what `write_surrogate` wrote; see `Surrogate.load`."""
    folder = model_folder(folder)
    note = read_description(folder)
    tensors, _ = read_tensors(folder / WEIGHTS)
    try:
        simulator = _trained_on(note)
        offered: Any = host().model(note["model"])
        model: Model = dataclasses.replace(offered, **note["configuration"])
        encoding = Encoding.from_json(note["encoding"])
        sizes = (len(encoding.series), len(encoding.parameters), len(encoding.outputs))
        module = model.build(*sizes)
        module.load_state_dict(tensors)
        told = note["familiarity"]
        return Surrogate(
            module.eval(),
            model,
            simulator,
            encoding,
            np.array(note["phases"], float),
            note["provenance"],
            tuple(Calibration.from_json(c) for c in note["calibration"]),
            Familiarity.from_json(told) if told else None,
        )
    except (KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
        raise damaged(folder, error) from None


def _trained_on(note: Mapping[str, Any]) -> Simulator:
    """Return the simulator with the ranges and the drive that the training set."""
    past = note["provenance"]
    if not {"experiment", "settings"} <= past.keys():
        return host().simulator(note["simulator"])
    settings = past["settings"].items()
    kept = {k: v for k, v in settings if k.partition(".")[0] == "simulator" or "." not in k}
    return configure(host(), past["experiment"], kept).simulator
