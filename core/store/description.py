"""The zarr.json files that describe a store: do they agree, and writing a damaged one anew.

Every array has its own; the group's holds a copy of all of them, as plain xarray reads it. A copy
of the group's own text, with a checksum, lies with the statuses.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from ..errors import DynsurError
from ..files import flush, write_text
from .location import is_url

FILE = "zarr.json"
COPY = "status/store.json"  # in an array's folder, where zarr looks for chunks only


def keep_copy(store: str) -> None:
    """Copy the description of the group of a store in a folder, once it is complete."""
    path = Path(store)
    if is_url(store) or not (path / "status").is_dir():
        return
    flush(path / FILE, path)
    text = (path / FILE).read_text(encoding="utf-8")
    write_text(path / COPY, json.dumps({"sha256": _hash(text), "text": text}))


def check_description(store: str | Path) -> None:
    """Refuse a store in a folder whose description is damaged.

    Raises:
        DynsurError: A zarr.json is lost, cannot be read, or contradicts its copy.
    """
    for file, what in _faults(store):
        mended = (Path(store) / "status").is_dir()
        way_out = f"`dynsur verify {store} --repair` mends it" if mended else "write it anew"
        raise DynsurError(
            f"the store '{store}' is damaged: '{file}', which describes it, {what}; {way_out}."
        )


def description_faults(store: str | Path) -> list[str]:
    """Return what is wrong with the description of a store, a line each."""
    return [f"'{file}': {what}" for file, what in _faults(store)]


def mend_description(store: str | Path) -> None:
    """Write the damaged zarr.json files of a store in a folder anew, from their copies.

    Raises:
        DynsurError: Too much is damaged: no copy can be read.
    """
    path = Path(store)
    group, copy = _parsed(path / FILE), _kept_group(path)
    if group is None or _group_fault(path, group, copy) or "status" not in _entries(group):
        if copy is None:
            raise DynsurError(
                f"'{path / FILE}' is damaged and has no sound copy, so that nothing tells what "
                f"'{store}' holds; generate it again, or copy the file from a store of the same "
                "command."
            )
        group = copy
    arrays = _entries(group)
    samples = _samples(path, arrays)
    for name, entry in arrays.items():
        own = _parsed(path / name / FILE)
        if own is None or not _agree(own, entry) or own["shape"][0] != samples:
            shape = [samples, *entry["shape"][1:]]
            (path / name).mkdir(exist_ok=True)
            write_text(path / name / FILE, json.dumps({**entry, "shape": shape}, indent=2))
    group["consolidated_metadata"]["metadata"] = {
        name: {**entry, "shape": [samples, *entry["shape"][1:]]} for name, entry in arrays.items()
    }
    write_text(path / FILE, json.dumps(group, indent=2))
    keep_copy(str(store))


def is_behind(store: str | Path) -> bool:
    """Whether an interrupted extension has left the group's copy of the descriptions behind."""
    path = Path(store)
    group, own = _parsed(path / FILE), _parsed(path / "status" / FILE)
    return group is not None and own is not None and _entries(group).get("status") != own


def _faults(store: str | Path) -> list[tuple[Path, str]]:
    """Return the damaged files of a store's description, and what is wrong with each."""
    path = Path(store)
    copy = None if is_url(store) else _kept_group(path)
    if is_url(store) or not ((path / FILE).exists() or copy is not None):
        return []
    group = _parsed(path / FILE)
    if group is None:
        return [(path / FILE, "is lost or cannot be read")]
    if fault := _group_fault(path, group, copy):
        return [(path / FILE, fault)]
    faults, lengths = [], {}
    for name, entry in _entries(group).items():
        own = _parsed(path / name / FILE)
        if own is None:
            faults.append((path / name / FILE, "is lost or cannot be read"))
        elif not _agree(own, entry):
            faults.append((path / name / FILE, "differs from its copy"))
        else:
            lengths[name] = own["shape"][0]
    if lengths.get("status", 0) > min(lengths.values(), default=0):
        faults.append((path / "status" / FILE, "counts more samples than the others"))
    return faults


def _group_fault(path: Path, group: dict[str, Any], copy: dict[str, Any] | None) -> str:
    """Say what is wrong with the description of a group that can be read, or nothing.

    Where it contradicts its copy, the array's own description decides: others may have changed it.
    """
    if group.get("zarr_format") != 3 or group.get("node_type") != "group":
        return "describes no group of zarr 3"
    attributes = group.get("attributes")
    if not isinstance(attributes, dict):
        return "has lost its attributes"
    if copy is None:
        return ""
    lost = _entries(copy).keys() - _entries(group).keys()
    if any((path / name / FILE).exists() for name in lost):
        return "has lost variables"
    for name, entry in _entries(copy).items():
        own = _parsed(path / name / FILE)
        if (
            not _agree(_entries(group).get(name, entry), entry)
            and own is not None
            and _agree(own, entry)
        ):
            return f"describes '{name}' otherwise than its copy"
    fixed = ("system", "seed", "configuration", "identity", "created")
    for key in fixed:
        if attributes.get(key) != copy["attributes"].get(key):
            return f"has another {key} than its copy"
    return ""


def _agree(own: dict[str, Any], entry: dict[str, Any]) -> bool:
    """Whether an array is described as in a copy; one being extended may be longer already."""
    if {**own, "shape": 0} != {**entry, "shape": 0}:
        return False
    longer, copied = own.get("shape"), entry["shape"]
    return (
        isinstance(longer, list)
        and longer[1:] == copied[1:]
        and isinstance(longer[0], int)
        and longer[0] >= copied[0]
    )


def _samples(path: Path, arrays: dict[str, Any]) -> int:
    """Return how many samples a store holds: as many as `status` says, unless no other does."""
    known = {name: _parsed(path / name / FILE) for name in arrays}
    lengths = {n: o["shape"][0] for n, o in known.items() if o and _agree(o, arrays[n])}
    status = lengths.get("status", arrays["status"]["shape"][0])
    return status if status <= min(lengths.values(), default=0) else arrays["status"]["shape"][0]


def _entries(group: dict[str, Any]) -> dict[str, Any]:
    """Return the descriptions of arrays that a group's holds by name."""
    held = group.get("consolidated_metadata")
    entries = held.get("metadata") if isinstance(held, dict) else None
    if not isinstance(entries, dict):
        return {}
    return {
        name: entry
        for name, entry in entries.items()
        if isinstance(entry, dict) and isinstance(entry.get("shape"), list) and entry["shape"]
    }


def _kept_group(path: Path) -> dict[str, Any] | None:
    """Return the copy of a group's description, if it is sound."""
    kept = _parsed(path / COPY)
    if kept is None or not isinstance(kept.get("text"), str):
        return None
    return json.loads(kept["text"]) if _hash(kept["text"]) == kept.get("sha256") else None


def _parsed(file: Path) -> dict[str, Any] | None:
    """Return the JSON object in a file, or None."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
