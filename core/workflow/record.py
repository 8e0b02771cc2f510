"""Describe a setup, and open the record of it in a folder."""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..encoding.encoding import DEPARTURE
from ..errors import DynsurError
from ..files import content_checksum, is_left_behind, read_json
from ..registry.configuration import Setup
from ..registry.identity import configuration, distribution, without_callables
from ..store.samples import content_hash
from ..systems.bases import CLOSED_FORM, NONE, chosen_base, offered
from ..systems.simulator import Simulator
from .stages import EVALUATION, Record

if TYPE_CHECKING:
    import xarray as xr

FILE = {"run": "run.json", "model": "training.json"}
OWN = {  # what a folder may hold whose record is lost
    "run": {
        *("data.zarr", "data.log", "model", "history.json", "metrics.json", "predictions.zarr"),
        *("evaluation.json", "figures", "report.html"),
    },
    "model": {
        *("training.safetensors", "model.safetensors", "model.json", "history.json"),
        *("evaluation.json", "metrics.json", "predictions.zarr"),
    },
}
FILES = {  # results that replace a file of their name, and the folders that hold some
    "run": (
        *("history.json", "metrics.json", "evaluation.json", "report.html", "model/model.json"),
        *("model/model.safetensors", "model/training.safetensors"),
    ),
    "model": (
        *("training.safetensors", "model.safetensors", "model.json", "history.json"),
        *("evaluation.json", "metrics.json"),
    ),
}
FOLDERS = ("model", "figures")
FREE = (  # where a model is trained, not which; and versions, which need not change it
    "training.device",
    "training.threads",
    "distribution",
)


def describe(setup: Setup) -> dict[str, Any]:
    """Return a setup as plain JSON values without its samples, which may be extended."""
    parts = {
        name: {"name": part.name, **dataclasses.asdict(part)}  # type: ignore[call-overload]
        for name in ("dataset", "model", "loss")
        if (part := getattr(setup, name)) is not None
    }
    _as_before(setup.simulator, parts.get("dataset", {}))
    return {
        "experiment": setup.experiment,
        "system": setup.simulator.name,
        "distribution": distribution(setup.simulator),
        "simulator": _simulator(setup.simulator),
        "seed": setup.seed,
        **parts,
        "training": dataclasses.asdict(setup.training),
    }


def _as_before(simulator: Simulator, dataset: dict[str, Any]) -> None:
    """Put the base that "auto" stands for; leave out what earlier versions did without a field."""
    for name, before in {"between": DEPARTURE, "instants": "drawn"}.items():
        if dataset.get(name) == before:
            del dataset[name]
    if "base" in dataset:
        base = chosen_base(simulator, dataset.pop("base"))
        without_field = CLOSED_FORM if CLOSED_FORM in offered(simulator) else NONE
        dataset |= {} if base == without_field else {"base": base}


def _simulator(simulator: Simulator) -> dict[str, Any]:
    """Return a simulator's fields and its ranges by parameter, so that a change has a name."""
    fields = json.loads(configuration(simulator))
    space = fields.pop("space")
    ranges = {
        p["name"]: f"{p['low']!r}:{p['high']!r} {p['units']}, {p['scale']}"
        for p in space["parameters"]
    }
    return {**fields, "sampler": space["sampler"], "space": ranges}


def provenance_of(setup: Setup, data: "xr.Dataset") -> dict[str, Any]:
    """Return the provenance of a surrogate, from which `configure` gives the setup again."""
    return {
        "experiment": setup.experiment,
        "settings": dict(setup.settings),
        "samples": setup.samples,
        "seed": setup.seed,
        "data": content_hash(data),
        "store": str(data.attrs.get("identity", "")),
    }


def open_record(folder: Path, wanted: dict[str, Any], kind: str = "run") -> Record:
    """Return the record of a folder or a new record; refuse a folder with another setup.

    Args:
        folder: The folder, which may exist.
        wanted: Description of the setup that the folder shall hold, or of several by name.
        kind: "run" for the folder of a run, "model" for that of a model alone.
    """
    path = Path(folder) / FILE[kind]
    refuse_blocked(path.parent, FILES[kind])
    identity = short_hash({k: v for k, v in _flat(wanted).items() if not k.endswith(FREE)})
    if not path.exists():
        _refuse_foreign(path.parent, kind)
        return Record(path, {"setup": wanted, "identity": identity, "stages": {}, "times": {}})
    values = read_json(path)
    if not _is_sound(values):
        raise DynsurError(
            f"'{path}' is damaged or was written by an early version; remove it and run again: "
            "the simulations are kept."
        )
    if values["identity"] != identity and not _same_setup(values.get("setup", {}), wanted):
        key, held, now = _first_difference(values.get("setup", {}), wanted)
        other = f", or `dynsur train {folder}` to use its simulations" if kind == "run" else ""
        raise DynsurError(
            f"'{folder}' holds a {kind} with another {key} ({held}, now {now}); nothing was "
            f"changed; choose another --out{other}."
        )
    return Record(path, values)


def open_evaluation(folder: Path) -> Record:
    """Return the record of an evaluation alone, or a new one; it may lie beside any other."""
    path = Path(folder) / EVALUATION
    refuse_blocked(path.parent, ("metrics.json", EVALUATION))
    try:
        values = read_json(path, absent={})
    except DynsurError:
        values = {}  # damaged, so that the evaluation is done again
    if not _is_sound(values, identified=False):
        values = {"stages": {}, "times": {}}
    return Record(path, values)


def refuse_blocked(folder: Path, files: tuple[str, ...]) -> None:
    """Refuse a folder in which a result cannot be written, before any work is done for it.

    Raises:
        DynsurError: A folder stands where a file belongs, or a file where a folder belongs.
    """
    for path in (folder / name for name in files):
        if path.is_dir():
            raise DynsurError(f"'{path}' is a folder where a file belongs; remove it first.")
    for path in (folder / name for name in FOLDERS):
        if path.is_file():
            raise DynsurError(f"'{path}' is a file where a folder belongs; remove it first.")


def _is_sound(values: Any, identified: bool = True) -> bool:
    """Whether what a record's file holds is a record; earlier versions wrote no checksum.

    Args:
        values: What was read.
        identified: Whether it must say what its folder holds.
    """
    if not isinstance(values, dict):
        return False
    kinds = {"identity": str, "setup": dict, "stages": dict, "times": dict}
    held = {"setup": {}, **({} if identified else {"identity": ""}), **values}
    if not all(isinstance(held.get(name), kind) for name, kind in kinds.items()):
        return False
    marks, times = values["stages"].values(), values["times"].values()
    return (
        all(isinstance(mark, dict) and isinstance(mark.get("files", {}), dict) for mark in marks)
        and all(isinstance(seconds, int | float) for seconds in times)
        and values.get("checksum", content_checksum(values)) == content_checksum(values)
    )


def _refuse_foreign(folder: Path, kind: str) -> None:
    """Refuse a folder that holds anything but what a workflow leaves if its record is lost."""
    if not folder.exists():
        return
    found = {p.name for p in folder.iterdir() if not is_left_behind(p)} if folder.is_dir() else {""}
    kept = OWN[kind] if OWN[kind] & found & {"data.zarr", "training.safetensors"} else set()
    if found - kept - {"data.log"}:
        raise DynsurError(
            f"'{folder}' exists and is not a {kind} folder; nothing was changed; choose another "
            "--out."
        )


def _same_setup(held: Any, wanted: Any) -> bool:
    """Return whether two setups agree, also if an earlier version wrote one of them."""
    return _first_difference(held, wanted)[0] == "version"


def _first_difference(held: Any, wanted: Any) -> tuple[str, Any, Any]:
    """Return the name of the first setting that differs, with its held and its wanted value."""
    old, new = _flat(held), _flat(json.loads(json.dumps(wanted)))  # JSON knows no tuples
    # A field of the simulator that an earlier version lacked is the business of its store.
    new_fields = {k: v for k, v in new.items() if k.startswith("simulator.") and k not in old}
    old = {**new_fields, **without_callables(old, new)}
    names = [k for k in {**new, **old} if not k.endswith(FREE) and old.get(k) != new.get(k)]
    key = names[0] if names else "version"
    return key, old.get(key), new.get(key)


def _flat(value: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {prefix: value}
    result: dict[str, Any] = {}
    for key, inner in value.items():
        result |= _flat(inner, f"{prefix}.{key}" if prefix else str(key))
    return result


def short_hash(value: Any) -> str:
    """Return a hash of plain JSON values with 16 digits."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
