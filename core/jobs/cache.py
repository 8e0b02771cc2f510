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

from ..errors import DynsurError
from ..files import checksum, path_of, read_json, replacing
from ..generation.simulate import Rows
from ..registry.fingerprint import fingerprint
from ..registry.identity import identity
from ..store.schema import TOLERANCE
from ..systems.simulator import Simulator
from ..systems.variables import Status
from .files_read import noting_files

QUICK = 2.0  # s that a simulation may have taken to be repeated though there are few
MANY = 4  # rows, from which on one in four is repeated, three at most
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
    simulated: Callable[[Mapping[str, np.ndarray]], Rows],
) -> Rows:
    """Return rows from the cache, or simulate them and keep them there.

    Rows are taken from the cache only if the files of data that were read for them are unchanged
    and if those simulated again, spread over the grid, come out the same. A few rows of more than
    two seconds each are not repeated. Rows that timed out or crashed are not kept.

    Args:
        cache: Whether to keep them, or the folder.
        simulator: The simulator; its configuration and its code are part of the key.
        columns: Every parameter by name, shape [n].
        simulated: Simulates rows.
    """
    if cache is False:
        return simulated(columns)
    folder = cache_folder() if cache is True else path_of("the folder of the cache", cache)
    path = folder / f"{_key(simulator, columns)}"
    found = _read(path)
    if found is not None and _is_current(found, columns, simulated):
        return found
    with noting_files() as files:
        rows = simulated(columns)
    if not np.isin(rows["status"], PASSING).any():
        _write(path, rows, {str(file): checksum(file) for file in files})
    return rows


def _is_current(
    rows: Rows,
    columns: Mapping[str, np.ndarray],
    simulated: Callable[[Mapping[str, np.ndarray]], Rows],
) -> bool:
    """Whether some rows, spread over all, come out the same when they are simulated again."""
    count = len(rows["status"])
    quick = float(np.max(rows.get("wall_time", np.inf), initial=0.0)) <= QUICK
    if count < MANY and not quick:
        return True
    places = np.linspace(0, count - 1, min(3, max(1, count // MANY))).astype(int)
    again = simulated({name: values[places] for name, values in columns.items()})
    return all(
        name in again and _agree(values[places], again[name])
        for name, values in rows.items()
        if isinstance(values, np.ndarray) and name != "wall_time"
    )


def _agree(held: np.ndarray, now: np.ndarray) -> bool:
    if held.shape != now.shape:
        return False
    size = np.nanmax(np.abs(now), initial=0.0, where=np.isfinite(now))
    return np.allclose(held, now, rtol=0.0, atol=TOLERANCE * float(size), equal_nan=True)


def _key(simulator: Simulator, columns: Mapping[str, np.ndarray]) -> str:
    told = json.dumps(identity(simulator, 0), sort_keys=True) + fingerprint(simulator)
    digest = hashlib.sha256(told.encode())
    for name, values in sorted(columns.items()):
        digest.update(name.encode() + np.ascontiguousarray(values, float).tobytes())
    return digest.hexdigest()[:32]


def _read(path: Path) -> Rows | None:
    try:
        files = read_json(path / "files.json")
        if any(checksum(Path(file)) != told for file, told in files.items()):
            return None
        with np.load(io.BytesIO((path / "rows.npz").read_bytes()), allow_pickle=False) as held:
            rows: dict[str, Any] = {name: held[name] for name in held.files}
        return {**rows, "reason": [str(reason) for reason in rows["reason"]]}
    except DynsurError:  # none, or one of an earlier version
        return None
    except (OSError, ValueError, EOFError, KeyError, AttributeError, zipfile.BadZipFile):  # damaged
        return None


def _write(path: Path, rows: Rows, files: Mapping[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {n: v for n, v in rows.items() if isinstance(v, np.ndarray)}
    with replacing(path) as partial:
        partial.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(partial / "rows.npz", reason=np.array(rows["reason"], str), **arrays)
        (partial / "files.json").write_text(json.dumps(files), encoding="utf-8")
