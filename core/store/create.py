"""Create an empty store or extend an existing one."""

import contextlib
import itertools
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..files import flush, flush_tree
from ..locks import holding
from ..registry.identity import has_configuration, identity, provenance
from ..systems.simulator import Simulator
from .damage import reading
from .description import is_behind
from .flush import flush_metadata, flush_rows
from .location import is_url
from .schema import PARAMETER_CHUNK, Column, layout
from .zarr_group import UNFINISHED, array_of, consolidate, describing_texts, open_group

if TYPE_CHECKING:
    import zarr


def create(store: str, simulator: Simulator, samples: int, seed: int, chunk: int) -> None:
    """Create a store without simulations at an absolute path or a URL."""
    import zarr

    path = Path(store)
    target = store if is_url(store) else str(path.with_name(f".{path.name}.{os.getpid()}"))
    if not is_url(store):
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        marked = dict(UNFINISHED)  # zarr changes what it is given
        group = zarr.create_group(target, zarr_format=3, attributes=marked, overwrite=True)
        for name, column in layout(simulator).items():
            create_array(group, name, column, samples, simulator.points, chunk)
        write_parameters(group, simulator, seed, 0, samples)
        group.update_attributes(provenance(simulator, seed))
        consolidate(target)
        if target != store:
            # The store appears under its name complete or not at all.
            flush_tree(Path(target))
            try:
                Path(target).rename(path)
            except OSError:
                if not path.is_dir():
                    raise
                # Another command has made it meanwhile: both fill it.
                extend(store, simulator, samples, seed)
            flush(path.parent)
    finally:
        if target != store:
            shutil.rmtree(target, ignore_errors=True)


@contextlib.contextmanager
def held(store: str | Path) -> Iterator[None]:
    """Hold a store in a folder while it is written; those at a URL cannot be held.

    Raises:
        DynsurError: Another command holds it.
    """
    folder = Path(store) / "status"  # zarr looks for chunks only there
    if is_url(store) or not folder.is_dir():
        yield
        return
    with holding(folder, str(store)):
        yield


def extend(store: str, simulator: Simulator, samples: int, seed: int) -> None:
    """Extend a store so that it holds at least the given number of samples; it never shrinks.

    Raises:
        DynsurError: The store was made with another configuration, or another command writes it;
            nothing has changed.
    """
    group = open_group(store, "r")
    refuse_other(store, group, simulator, seed)
    if array_of(group, "status").shape[0] >= samples and not is_behind(store):
        return
    with held(store):
        _extend(store, simulator, samples, seed)


def _extend(store: str, simulator: Simulator, samples: int, seed: int) -> None:
    group = open_group(store, "r+")
    refuse_other(store, group, simulator, seed)
    count = array_of(group, "status").shape[0]
    if count >= samples:
        if is_behind(store):
            consolidate(store)
        return
    with reading(store):  # the last chunk, which may be written again
        for name in layout(simulator):
            array_of(group, name)[count - 1 : count]
    # Status last: it alone says how many samples there are.
    for name in layout(simulator):
        if name == "status":
            write_parameters(group, simulator, seed, count, samples)
            others = [other for other in layout(simulator) if other != "status"]
            flush_metadata(group, others)
            flush_rows([array_of(group, n) for n in simulator.space.names], count, samples)
        array = array_of(group, name)
        with describing_texts():
            array.resize((samples, *array.shape[1:]))
    flush_metadata(group, ["status"])
    consolidate(store)


def refuse_other(store: str, group: "zarr.Group", simulator: Simulator, seed: int) -> None:
    """Refuse a store that was made by another system or with another seed or configuration.

    Raises:
        DynsurError: The store was made with another configuration; nothing has changed.
    """
    if is_merged(group):
        raise DynsurError(
            f"the store '{store}' was merged from others and cannot be continued with a seed; "
            "nothing was changed; generate more samples into a store of their own and merge it "
            "with this one."
        )
    wanted = identity(simulator, seed)
    held = {key: group.attrs.get(key) for key in wanted}
    different = [key for key in wanted if held[key] != wanted[key]]
    if different == ["configuration"] and has_configuration(simulator, str(held["configuration"])):
        different = []
    if different:
        key = different[0]
        raise DynsurError(
            f"the store '{store}' was made with another {key} ({_short(held[key], wanted[key])}, "
            f"now {_short(wanted[key], held[key])}); nothing was changed; choose another folder, "
            "the settings it was made with, or --again, which keeps the old store aside."
        )


def set_aside(store: str) -> str:
    """Rename a store to make room for another one, and return its new location.

    Raises:
        DynsurError: The store lies at a URL, where nothing can be renamed.
    """
    if is_url(store):
        raise DynsurError(f"'{store}' is a URL, where nothing can be kept aside; choose another.")
    path = Path(store)
    names = (f"{path.stem}.aside-{number}{path.suffix}" for number in itertools.count(1))
    aside = next(place for name in names if not (place := path.with_name(name)).exists())
    with held(store):
        pass  # nobody else writes it; Windows renames no folder with an open file in it
    path.rename(aside)
    flush(path.parent)
    return str(aside)


def note_fingerprint(store: str, fingerprint: str) -> None:
    """Record in the store that a simulator with this fingerprint agrees with its samples."""
    with held(store):
        open_group(store, "r+").update_attributes({"fingerprint": fingerprint})
        consolidate(store)


def write_parameters(
    group: "zarr.Group", simulator: Simulator, seed: int, start: int, stop: int
) -> None:
    """Write the parameters of samples start … stop - 1."""
    ends = range(start - start % PARAMETER_CHUNK + PARAMETER_CHUNK, stop, PARAMETER_CHUNK)
    for begin, end in itertools.pairwise([start, *ends, stop]):
        for name, values in simulator.space.sample(seed, begin, end - begin).items():
            array_of(group, name)[begin:end] = values


def is_merged(group: "zarr.Group") -> bool:
    """Whether samples of several stores were combined, each with its own seed and index."""
    return "source_seed" in group and "source_index" in group


def drawn_parameters(
    group: "zarr.Group", simulator: Simulator, start: int, stop: int
) -> dict[str, np.ndarray]:
    """Draw the parameters of samples start … stop - 1 again, from the seed and index of each.

    Raises:
        DynsurError: In a merged store, a chunk of the seeds or indices is damaged.
    """
    if not is_merged(group):
        return simulator.space.sample(int(group.attrs["seed"]), start, stop - start)  # type: ignore[arg-type]
    try:
        names = ("source_seed", "source_index")
        seeds, indices = (np.asarray(array_of(group, name)[start:stop]) for name in names)
        if np.minimum(seeds, indices).min() < 0:
            raise ValueError("a chunk is lost")
    except Exception as error:  # a damaged chunk may fail in any codec
        raise DynsurError(
            f"'source_seed' or 'source_index' of samples {start} to {stop - 1} cannot be read "
            f"({' '.join(str(error).split())}), so that nothing tells whose they are; merge the "
            "stores again."
        ) from None
    breaks = np.flatnonzero((np.diff(seeds) != 0) | (np.diff(indices) != 1)) + 1
    blocks = [
        simulator.space.sample(int(seeds[a]), int(indices[a]), b - a)
        for a, b in itertools.pairwise([0, *breaks.tolist(), stop - start])
    ]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def foreign_sample(
    group: "zarr.Group", simulator: Simulator, start: int, stop: int
) -> tuple[int, str] | None:
    """Return the first of samples start … stop - 1 that does not follow from its seed, or None.

    Beside its number stands the parameter that tells.
    """
    for name, expected in drawn_parameters(group, simulator, start, stop).items():
        foreign = np.flatnonzero(np.asarray(array_of(group, name)[start:stop]) != expected)
        if foreign.size:
            return start + int(foreign[0]), name
    return None


def draw_again(
    group: "zarr.Group",
    simulator: Simulator,
    start: int,
    stop: int,
    names: Sequence[str] | None = None,
) -> None:
    """Write the parameters of samples start … stop - 1, or some of them, as they were drawn."""
    values = drawn_parameters(group, simulator, start, stop)
    arrays = [array_of(group, name) for name in names or values]
    for name, array in zip(names or values, arrays, strict=True):
        array[start:stop] = values[name]
    flush_rows(arrays, start, stop)


def create_array(
    group: "zarr.Group", name: str, column: Column, samples: int, points: int, chunk: int
) -> "zarr.Array[Any]":
    """Create one variable of a store, filled with its fill value."""
    from zarr.codecs import BloscCodec, Crc32cCodec

    dims = ("sample", "time") if column.over_time else ("sample",)
    shape = {"sample": samples, "time": points}
    chunks = {"sample": PARAMETER_CHUNK if column.is_parameter else chunk, "time": points}
    # Chunks of parameters and texts are mostly padding; of series little would be saved, and
    # reading be slow.
    is_padded = column.is_parameter or column.is_text
    squeezed = [BloscCodec(cname="lz4", clevel=5, shuffle="shuffle")] * is_padded
    if column.is_text or column.dtype is str:
        # As xarray itself stores coordinates; a text among the variables would stop its `std`.
        others = str(group.attrs.get("coordinates", "")).split()
        group.update_attributes({"coordinates": " ".join([*others, name])})
    with describing_texts():
        return group.create_array(
            name,
            shape=tuple(shape[d] for d in dims),
            chunks=tuple(chunks[d] for d in dims),
            dtype=column.dtype,
            fill_value=column.fill,
            dimension_names=dims,
            compressors=(*squeezed, Crc32cCodec()),
            chunk_key_encoding={"name": "default", "separator": "."},
            attributes=column.attrs,
        )


def _short(value: object, other: object) -> str:
    """Return the part of a long text in which it differs from another."""
    text, reference = str(value), str(other)
    if len(text) <= 60:
        return text
    same = (a == b for a, b in zip(text, reference, strict=False))
    start = max(0, sum(itertools.takewhile(bool, same)) - 25)
    return f"…{text[start : start + 60]}…"
