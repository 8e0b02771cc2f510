"""What a model folder holds: weights, and a description that says what they are."""

import json
from pathlib import Path
from typing import Any

from .errors import DynsurError

WEIGHTS = "model.safetensors"
DESCRIPTION = "model.json"


def model_folder(folder: Path) -> Path:
    """Return the model's folder, which a run folder has inside."""
    inner = folder / "model"
    return inner if inner.is_dir() and not (folder / DESCRIPTION).exists() else folder


def read_description(folder: Path) -> dict[str, Any]:
    """Read what a model is.

    Raises:
        DynsurError: There is none, or it is damaged.
    """
    try:
        note = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DynsurError(
            f"there is no trained model in '{folder}'; expected {DESCRIPTION} and {WEIGHTS}."
        ) from None
    except (OSError, ValueError) as error:
        raise damaged(folder, error) from None
    if not isinstance(note, dict) or not {"model", "simulator"} <= note.keys():
        raise damaged(folder, ValueError(f"{DESCRIPTION} names no model and simulator"))
    return note


def damaged(folder: Path, error: Exception) -> DynsurError:
    """Build the error for a model that cannot be used, and why."""
    return DynsurError(
        f"the model in '{folder}' cannot be used ({' '.join(str(error).split())[:200]}); "
        "train it again."
    )
