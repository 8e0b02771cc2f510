"""Write and read a model folder, which holds tensors and JSON but no code."""

import dataclasses
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..encoding.encoding import Encoding
from ..errors import DynsurError
from ..files import content_checksum, path_of, write_text
from ..registry.configuration import configure
from ..registry.host import host
from ..registry.interfaces import Model
from ..registry.recorded import ATTRIBUTE, Recorded, recorded_in
from ..systems.simulator import Simulator
from ..training.checkpoint import checksum, read_tensors, write_tensors
from .applicability import Familiarity
from .conformal import Calibration

if TYPE_CHECKING:
    from torch import Tensor

log = logging.getLogger(__name__)

WEIGHTS = "model.safetensors"
DESCRIPTION = "model.json"


def write_model(
    folder: Path, tensors: Mapping[str, "Tensor"], description: Mapping[str, Any]
) -> None:
    """Write the weights and then the description, which holds a checksum of each.

    Raises:
        DynsurError: The folder cannot be written to.
    """
    note = {"model": description["model"], "checked": True}
    write_tensors(folder / WEIGHTS, dict(tensors), note)
    weights = {name: tensor.detach().cpu() for name, tensor in tensors.items()}
    whole = {**description, "weights": checksum(weights, "")}
    whole["checksum"] = content_checksum(whole)
    write_text(folder / DESCRIPTION, json.dumps(whole, indent=1))


def read_model(folder: Path) -> tuple[dict[str, Any], dict[str, "Tensor"]]:
    """Read the description and the weights that `write_model` wrote.

    Models of earlier versions have no checksums; they are read without a check, and a warning
    says so.

    Raises:
        DynsurError: There is no model in the folder, or it is damaged.
    """
    description = read_description(folder)
    tensors, note = read_tensors(folder / WEIGHTS)
    if note.get("checked") and not {"checksum", "weights"} <= description.keys():
        raise damaged(folder, ValueError(f"{DESCRIPTION} has lost its checksum"))
    if not note.get("checked"):
        log.warning(
            "the model in '%s' was written by an earlier version and has no checksum, so that "
            "damage to it goes unnoticed; train it again, or, if its predictions are known to be "
            "right, add one with dynsur.core.Surrogate.load(folder).save(folder).",
            folder,
        )
    if description.get("weights", checksum(tensors, "")) != checksum(tensors, ""):
        raise damaged(folder, ValueError(f"{WEIGHTS} and {DESCRIPTION} are of two models"))
    return description, tensors


def description_of(surrogate: Any) -> dict[str, Any]:
    """Return all that describes a surrogate beside its weights, as plain JSON values."""
    simulator, domain = surrogate.simulator, surrogate.familiarity
    recorded = {ATTRIBUTE: simulator.to_json()} if isinstance(simulator, Recorded) else {}
    return {
        "model": surrogate.model.name,
        "configuration": dataclasses.asdict(surrogate.model),  # type: ignore[call-overload]
        "simulator": simulator.name,
        "space": simulator.space.describe(),
        "encoding": surrogate.encoding.to_json(),
        "phases": surrogate.phases.tolist(),
        "provenance": surrogate.provenance,
        "calibration": [c.to_json() for c in surrogate.calibration],
        "familiarity": domain and domain.to_json(),
        "step": surrogate.step,
        "washout": surrogate.washout,
        **recorded,
    }


def read_parts(folder: Path) -> dict[str, Any]:
    """Read the parts of a surrogate that `write_model` wrote, by the names of its fields.

    Raises:
        DynsurError: The folder holds no readable model, or no plugin offers what it names.
    """
    note, tensors = read_model(folder)
    try:
        model = model_of(note)
        encoding = Encoding.from_json(note["encoding"])
        sizes = (len(encoding.series), len(encoding.parameters), len(encoding.outputs))
        module = model.build(*sizes)
        module.load_state_dict(tensors)
        domain = note["familiarity"]
        return {
            "module": module.eval(),
            "model": model,
            "simulator": simulator_trained_on(note),
            "encoding": encoding,
            "phases": np.array(note["phases"], float),
            "provenance": note["provenance"],
            "calibration": tuple(Calibration.from_json(c) for c in note["calibration"]),
            "familiarity": Familiarity.from_json(domain) if domain else None,
            "step": float(note.get("step", 0.0)),  # models of before had none
            "washout": int(note.get("washout", 0)),
        }
    except (KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
        raise damaged(folder, error) from None


def model_folder(given: str | Path) -> Path:
    """Return the folder of a model, given that folder, a run folder or an experiment's name.

    The name of an experiment stands for the trained model that its plugin ships, where there is no
    folder of that name.
    """
    folder = path_of("the folder of a model", given)
    if not folder.exists():
        shipped = host().pretrained(str(folder))
        return folder if shipped is None else shipped
    inner = folder / "model"
    return inner if inner.is_dir() and not (folder / DESCRIPTION).exists() else folder


def read_description(folder: Path) -> dict[str, Any]:
    """Read the description of a model.

    Raises:
        DynsurError: There is no description, or it is damaged.
    """
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DynsurError(
            f"there is no trained model in '{folder}'; expected {DESCRIPTION} and {WEIGHTS}."
        ) from None
    except (OSError, ValueError) as error:
        raise damaged(folder, error) from None
    if not isinstance(description, dict) or not {"model", "simulator"} <= description.keys():
        raise damaged(folder, ValueError(f"{DESCRIPTION} names no model and simulator"))
    if "checksum" in description and description["checksum"] != content_checksum(description):
        raise damaged(folder, ValueError(f"the checksum of {DESCRIPTION} does not match"))
    return description


def damaged(folder: Path, error: Exception) -> DynsurError:
    """Return the error for a model that cannot be used, with its cause."""
    return DynsurError(
        f"the model in '{folder}' cannot be used ({' '.join(str(error).split())[:200]}); "
        "train it again."
    )


def model_of(description: Mapping[str, Any]) -> Model:
    """Return the configuration of the model that a description names."""
    offered: Any = host().model(description["model"])
    return dataclasses.replace(offered, **description["configuration"])


def simulator_trained_on(description: Mapping[str, Any]) -> Simulator:
    """Return the simulator of a model, with the ranges and the drive of its training."""
    if recorded := recorded_in(description):
        return recorded
    past = description["provenance"]
    if not {"experiment", "settings"} <= past.keys():
        return host().simulator(description["simulator"])
    settings = past["settings"].items()
    kept = {k: v for k, v in settings if k.partition(".")[0] == "simulator" or "." not in k}
    return configure(host(), past["experiment"], kept).simulator
