"""Keep the results of simulations in a folder, and find them again by what determines them."""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..files import path_of, replacing
from ..generation.simulate import Rows
from ..registry.fingerprint import fingerprint
from ..registry.identity import identity
from ..systems.simulator import Simulator
from ..systems.variables import Status

PASSING = (Status.TIMED_OUT, Status.CRASHED)  # may come out otherwise when tried again


def cache_folder() -> Path:
    """Return the folder of the cache: $DYNSUR_CACHE, or dynsur in the user's cache folder."""
    chosen = os.environ.get("DYNSUR_CACHE")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dynsur"


def kept(
    cache: bool | str | Path,
    simulator: Simulator,
    columns: Mapping[str, np.ndarray],
    simulated: Callable[[], Rows],
) -> Rows:
    """Return rows from the cache, or simulate them and keep them there.

    Rows that timed out or crashed are not kept.

    Args:
        cache: Whether to keep them, or the folder.
        simulator: The simulator; its configuration and its code are part of the key.
        columns: Every parameter by name, shape [n].
        simulated: Simulates the rows.
    """
    if cache is False:
        return simulated()
    folder = cache_folder() if cache is True else path_of("the folder of the cache", cache)
    path = folder / f"{_key(simulator, columns)}"
    found = _read(path)
    if found is not None:
        return found
    rows = simulated()
    if not np.isin(rows["status"], PASSING).any():
        _write(path, rows)
    return rows


def _key(simulator: Simulator, columns: Mapping[str, np.ndarray]) -> str:
    told = json.dumps(identity(simulator, 0), sort_keys=True) + fingerprint(simulator)
    digest = hashlib.sha256(told.encode())
    for name, values in sorted(columns.items()):
        digest.update(name.encode() + np.ascontiguousarray(values, float).tobytes())
    return digest.hexdigest()[:32]


def _read(path: Path) -> Rows | None:
    try:
        with np.load(io.BytesIO((path / "rows.npz").read_bytes()), allow_pickle=False) as held:
            rows: dict[str, Any] = {name: held[name] for name in held.files}
        return {**rows, "reason": [str(reason) for reason in rows["reason"]]}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):  # none, or damaged
        return None


def _write(path: Path, rows: Rows) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {n: v for n, v in rows.items() if isinstance(v, np.ndarray)}
    with replacing(path) as partial:
        partial.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(partial / "rows.npz", reason=np.array(rows["reason"], str), **arrays)
