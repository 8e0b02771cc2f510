"""What a run folder says of itself: the setup in run.json, and what a surrogate remembers."""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DynsurError
from ..files import read_json
from ..registry.configuration import Setup
from ..registry.identity import configuration, distribution
from ..store.samples import content_hash
from ..systems.simulator import Simulator

if TYPE_CHECKING:
    import xarray as xr

FREE = ("training.device", "training.threads")  # where a model is trained, not which


def describe(setup: Setup) -> dict[str, Any]:
    """Return a setup as plain JSON values, its samples left out: they may grow."""
    parts = {
        name: {"name": part.name, **dataclasses.asdict(part)}  # type: ignore[call-overload]
        for name in ("dataset", "model", "loss")
        if (part := getattr(setup, name)) is not None
    }
    return {
        "experiment": setup.experiment,
        "system": setup.simulator.name,
        "distribution": distribution(setup.simulator),
        "simulator": _simulator(setup.simulator),
        "seed": setup.seed,
        **parts,
        "training": dataclasses.asdict(setup.training),
    }


def _simulator(simulator: Simulator) -> dict[str, Any]:
    """Return a simulator's fields, and its ranges by parameter so that a change has a name."""
    fields = json.loads(configuration(simulator))
    space = fields.pop("space")
    ranges = {
        p["name"]: f"{p['low']!r}:{p['high']!r} {p['units']}, {p['scale']}"
        for p in space["parameters"]
    }
    return {**fields, "sampler": space["sampler"], "space": ranges}


def provenance_of(setup: Setup, data: "xr.Dataset") -> dict[str, Any]:
    """Return what a surrogate remembers: `configure` with it gives the setup again."""
    return {
        "experiment": setup.experiment,
        "settings": dict(setup.settings),
        "samples": setup.samples,
        "seed": setup.seed,
        "data": content_hash(data),
        "store": str(data.attrs.get("identity", "")),
    }


def open_record(folder: Path, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the folder's record, a new one, or refuse a folder of something else.

    Args:
        folder: May exist.
        wanted: What the folder shall hold: a description of its setup, or of several by name.
    """
    identity = short_hash({k: v for k, v in _flat(wanted).items() if not k.endswith(FREE)})
    path = folder / "run.json"
    if not path.exists():
        if folder.exists() and (
            not folder.is_dir()
            or {p.name for p in folder.iterdir() if not p.name.startswith(".data.zarr")}
            - {"data.zarr", "data.log"}
        ):
            raise DynsurError(
                f"'{folder}' exists and is not a run folder; nothing was changed; choose another "
                "--out."
            )
        return {"setup": wanted, "identity": identity, "stages": {}, "times": {}}
    record = read_json(path)
    if not isinstance(record, dict) or not {"identity", "stages", "times"} <= record.keys():
        raise DynsurError(f"'{path}' is damaged; remove it and run again to use the simulations.")
    if record["identity"] != identity:
        # As the record holds it: JSON knows no tuples.
        held, now = _flat(record.get("setup", {})), _flat(json.loads(json.dumps(wanted)))
        names = [k for k in {**now, **held} if not k.endswith(FREE) and held.get(k) != now.get(k)]
        key = names[0] if names else "version"
        raise DynsurError(
            f"'{folder}' holds a run with another {key} ({held.get(key)}, now {now.get(key)}); "
            "nothing was changed; choose another --out, or `dynsur train "
            f"{folder / 'data.zarr'}` to use its simulations."
        )
    return record


def _flat(value: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {prefix: value}
    result: dict[str, Any] = {}
    for key, inner in value.items():
        result |= _flat(inner, f"{prefix}.{key}" if prefix else str(key))
    return result


def short_hash(value: Any) -> str:
    """Hash plain JSON values to 16 digits."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
