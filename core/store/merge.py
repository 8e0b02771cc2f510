"""Combine stores of one system into a new one that remembers where each sample comes from."""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..files import flush, flush_tree
from ..registry.identity import LIBRARIES, made_now, simulator_of
from ..registry.recorded import ATTRIBUTE
from ..systems.simulator import Simulator
from ..systems.variables import Status
from .create import create_array, foreign_sample, is_merged
from .damage import reading, refuse_loss
from .location import is_url
from .schema import TOLERANCE, as_texts, layout, provenance_columns
from .zarr_group import array_of, consolidate, open_group

if TYPE_CHECKING:
    import zarr

BLOCK = 4096  # samples held in memory at once
NO_RANK = 2  # of a missing sample; one that failed has 1, one that finished 0


@dataclass(frozen=True)
class Merged:
    """What a merge has done.

    Args:
        samples: Number of samples in the new store.
        dropped: Number of samples left out, since another store has one of the same seed and index.
    """

    samples: int
    dropped: int


@dataclass(frozen=True)
class _Source:
    """One of the stores: its statuses, and whose each sample is."""

    store: str
    group: "zarr.Group"
    status: np.ndarray
    columns: dict[str, np.ndarray]  # source, source_seed, source_index


def merge(stores: list[str | Path], out: str | Path, simulator: Simulator | None = None) -> Merged:
    """Write the samples of several stores of one system into a new store.

    The stores may differ in their seeds and numbers of samples. Every sample keeps its parameters,
    series, status and reason; the variables `source`, `source_seed` and `source_index` say where
    it comes from. Of samples of the same seed and index, which are the same simulation, one is
    kept: the first that finished, or else the first.

    Args:
        stores: Folders or URLs of two stores or more.
        out: Folder of the new store; must not exist. It appears complete or not at all.
        simulator: What has filled the stores; by default the installed system of that name.

    Raises:
        DynsurError: The stores are not of one system and configuration, one is damaged or foreign,
            two disagree about a sample, or `out` exists or cannot be written.
    """
    path = _new_folder(out)
    if len(stores) < 2:
        raise DynsurError(f"a merge takes two stores or more; got {len(stores)}.")
    groups = [open_group(store, "r") for store in stores]
    simulator = simulator or simulator_of(groups[0].attrs)
    for store, group in zip(stores, groups, strict=True):
        _refuse_other_system(stores[0], groups[0], store, group)
    sources = [
        _opened(str(store), group, simulator) for store, group in zip(stores, groups, strict=True)
    ]
    kept, dropped = _without_duplicates(sources, simulator)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(partial, sources, kept, simulator)
        flush_tree(partial)
        partial.rename(path)
        flush(path.parent)
    except OSError as error:
        raise DynsurError(f"cannot write the store '{out}': {error}.") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Merged(sum(rows.size for rows in kept), dropped)


def _new_folder(out: str | Path) -> Path:
    if is_url(out):
        raise DynsurError(f"'{out}' is a URL; a merge is written to a folder, then copied.")
    path = Path(out).absolute()
    if path.exists() or path.is_symlink():
        raise DynsurError(f"'{out}' exists; nothing was changed; choose another --out.")
    return path


def _refuse_other_system(
    first: str | Path, held: "zarr.Group", store: str | Path, group: "zarr.Group"
) -> None:
    """Refuse a store of another system or configuration than the first one's."""
    if ATTRIBUTE in group.attrs:
        raise DynsurError(
            f"'{store}' holds recordings, which are not merged; import all of their files into one "
            "store with `dynsur import`."
        )
    if "status" not in group:
        raise DynsurError(f"'{store}' holds predictions of a surrogate; expected simulations.")
    if group.attrs.get("system") != held.attrs.get("system"):
        raise DynsurError(
            f"'{store}' holds simulations of '{group.attrs.get('system')}', '{first}' of "
            f"'{held.attrs.get('system')}'; only stores of one system can be merged."
        )
    one, other = (json.loads(str(g.attrs["configuration"])) for g in (held, group))
    for key in {**one, **other}:
        if one.get(key) != other.get(key):
            raise DynsurError(
                f"'{store}' was made with another {key} than '{first}'; only stores of one "
                "configuration, of other seeds or numbers of samples, can be merged."
            )


def _opened(store: str, group: "zarr.Group", simulator: Simulator) -> _Source:
    """Read what tells the samples of a store apart, and refuse a foreign or damaged one."""
    lacking = [name for name in layout(simulator) if name not in group]
    if lacking:
        raise DynsurError(f"'{store}' lacks '{lacking[0]}' and cannot be merged.")
    with reading(store):
        status = np.asarray(array_of(group, "status")[:])
        refuse_loss(store, group, status)
        for start in range(0, status.size, BLOCK):
            stop = min(start + BLOCK, status.size)
            if found := foreign_sample(group, simulator, start, stop):
                raise DynsurError(
                    f"sample {found[0]} of '{store}' is foreign: '{found[1]}' does not follow "
                    "from its seed; it was joined from another store or changed; merge the "
                    "stores that it comes from."
                )
        if is_merged(group):
            names = ("source", "source_seed", "source_index")
            columns = {name: np.asarray(array_of(group, name)[:]) for name in names}
        else:
            columns = {
                "source": np.full(status.size, store),
                "source_seed": np.full(status.size, int(group.attrs["seed"])),  # type: ignore[arg-type]
                "source_index": np.arange(status.size),
            }
    return _Source(store, group, status, columns)


def _without_duplicates(
    sources: list[_Source], simulator: Simulator
) -> tuple[list[np.ndarray], int]:
    """Return the rows kept of each source, and how many samples are left out."""
    number = np.concatenate([np.full(s.status.size, k) for k, s in enumerate(sources)])
    row = np.concatenate([np.arange(s.status.size) for s in sources])
    keys = np.stack(
        [np.concatenate([s.columns[n] for s in sources]) for n in ("source_seed", "source_index")]
    )
    status = np.concatenate([s.status for s in sources])
    rank = np.where(status == Status.OK, 0, np.where(status == Status.MISSING, NO_RANK, 1))
    order = np.lexsort((np.arange(row.size), rank, keys[1], keys[0]))
    is_same = np.r_[False, (np.diff(keys[:, order], axis=1) == 0).all(axis=0)]
    first = np.maximum.accumulate(np.where(is_same, 0, np.arange(row.size)))
    for place in np.flatnonzero(is_same):
        one, other = order[first[place]], order[place]
        if status[one] == status[other] == Status.OK:
            places = tuple((sources[number[i]], int(row[i])) for i in (one, other))
            _refuse_disagreement(places[0], places[1], simulator)
    left = np.sort(order[~is_same])
    kept = [row[left[number[left] == k]] for k in range(len(sources))]
    return kept, int(is_same.sum())


def _refuse_disagreement(
    one: tuple[_Source, int], other: tuple[_Source, int], simulator: Simulator
) -> None:
    """Refuse two simulations of the same seed and index that came out otherwise."""
    for name in (n for n, column in layout(simulator).items() if column.over_time):
        with reading(one[0].store), reading(other[0].store):
            held, now = (np.asarray(array_of(s.group, name)[row]) for s, row in (one, other))
        if np.abs(held - now).max() > TOLERANCE * np.abs(held).max():
            raise DynsurError(
                f"sample {one[1]} of '{one[0].store}' and sample {other[1]} of '{other[0].store}' "
                f"have the same seed and index, but another {name}: the stores were filled by "
                "other equations and cannot be merged."
            )


def _write(
    path: Path, sources: list[_Source], kept: list[np.ndarray], simulator: Simulator
) -> None:
    """Write the rows kept of every source, one after the other."""
    import zarr

    group = zarr.create_group(path, zarr_format=3)
    samples = sum(rows.size for rows in kept)
    chunk = array_of(sources[0].group, "status").chunks[0]
    width = max(source.columns["source"].dtype.itemsize // 4 for source in sources)
    columns = {**provenance_columns(width), **layout(simulator)}
    for name, column in columns.items():
        array = create_array(group, name, column, samples, simulator.points, chunk)
        start = 0
        for source, rows in zip(sources, kept, strict=True):
            for block in (rows[i : i + BLOCK] for i in range(0, rows.size, BLOCK)):
                values = _rows(source, name, block)
                if array.dtype.kind == "U":
                    values = as_texts([str(text) for text in values], array.dtype)
                array[start : start + block.size] = values
                start += block.size
    group.update_attributes(_attributes(sources))
    consolidate(str(path))


def _rows(source: _Source, name: str, rows: np.ndarray) -> np.ndarray:
    if name in source.columns:
        return source.columns[name][rows]
    if name == "status":  # as it was when the merge began
        return source.status[rows]
    with reading(source.store):
        return np.asarray(array_of(source.group, name).oindex[rows])


def _attributes(sources: list[_Source]) -> dict[str, Any]:
    """Return the attributes of the new store: those that all have, and where they come from."""
    first = dict(sources[0].group.attrs)
    seeds = sorted({int(s) for source in sources for s in np.unique(source.columns["source_seed"])})
    fixed = {"system": first["system"], "seed": seeds, "configuration": first["configuration"]}
    fingerprints = {str(source.group.attrs.get("fingerprint")) for source in sources}
    origin = [
        {
            "store": source.store,
            "identity": source.group.attrs.get("identity"),
            "created": source.group.attrs.get("created"),
            "samples": int(source.status.size),
        }
        for source in sources
    ]
    return {
        **{key: first[key] for key in ("title", "distribution") if key in first},
        **fixed,
        "fingerprint": fingerprints.pop() if len(fingerprints) == 1 else "",
        "identity": hashlib.sha256(json.dumps(fixed, sort_keys=True).encode()).hexdigest(),
        "merged": json.dumps(origin),
        **made_now(LIBRARIES),
    }
