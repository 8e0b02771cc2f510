"""Find damaged and lost chunks of a store and name their files in one line."""

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DynsurError
from ..registry.recorded import ATTRIBUTE
from ..systems.variables import Status
from .location import child, folders_in, is_url, names_in
from .zarr_group import array_of, arrays_in, open_group

if TYPE_CHECKING:
    import zarr

DRAWN = ("parameter", "provenance")  # roles of variables that are known before any simulation


@contextlib.contextmanager
def reading(store: str | Path | None) -> Iterator[None]:
    """Name the damaged chunk where reading a store fails; any other error is left as it is.

    Args:
        store: Folder or URL of the store; None where data in memory have none.

    Raises:
        DynsurError: A chunk cannot be read.
    """
    try:
        yield
    except DynsurError:
        raise
    except Exception as error:  # a damaged chunk may fail in any codec
        if store is not None:
            refuse_damage(store)
        raise error from None


def refuse_damage(store: str | Path) -> None:
    """Read every chunk of a store.

    Raises:
        DynsurError: A chunk cannot be read, or a finished sample has lost one.
    """
    group = open_group(store, "r")
    for name, key, why in read_chunks(group):
        if why:
            raise _damaged(store, child(child(store, name), key), f"cannot be read ({why})")
    if "status" in group:
        refuse_loss(store, group)


def read_chunks(group: "zarr.Group") -> Iterator[tuple[str, str, str]]:
    """Read every chunk of a store; yield its variable, its key and why it cannot be read, or ""."""
    for name, array in arrays_in(group).items():
        for index in np.ndindex(array.cdata_shape):
            why = ""
            try:
                array.blocks[index]
            except Exception as error:  # a damaged chunk may fail in any codec
                why = one_line(error)
            yield name, array.metadata.encode_chunk_key(index), why


def refuse_loss(store: str | Path, group: "zarr.Group", status: np.ndarray | None = None) -> None:
    """Refuse a store in which a sample with a result has lost a chunk, which reads as no value.

    Args:
        store: Folder or URL of the store.
        group: The store, open.
        status: All its statuses, if they are known already.

    Raises:
        DynsurError: A chunk is lost, or a folder stands in its place, which reads as no value too.
    """
    for name, _, key in folders_for_chunks(store, group):
        file = child(child(store, name), key)
        raise _damaged(store, file, "is a folder where a file is expected")
    for name, _, key in lost_chunks(store, group, status):
        raise _damaged(store, child(child(store, name), key), "is lost")


def folders_for_chunks(store: str | Path, group: "zarr.Group") -> Iterator[tuple[str, slice, str]]:
    """Yield variable, samples and key of each chunk in whose place a folder stands."""
    for name, array in arrays_in(group).items():
        for key in sorted(folders_in(child(store, name))):
            parts = key.replace("/", ".").split(".")
            if parts[0] == "c" and len(parts) == 1 + array.ndim:
                start = int(parts[1]) * array.chunks[0] if array.ndim else 0
                yield name, slice(start, start + (array.chunks[0] if array.ndim else 1)), key


def lost_chunks(
    store: str | Path, group: "zarr.Group", status: np.ndarray | None = None
) -> Iterator[tuple[str, int, str]]:
    """Yield variable, number and key of each chunk that samples with a result have lost."""
    values = np.asarray(array_of(group, "status")[:]) if status is None else status
    for name, array in arrays_in(group).items():
        rows = _needed_rows(name, array, values)
        if not rows.size:
            continue
        here = names_in(child(store, name))
        others = itertools.product(*(range(count) for count in array.cdata_shape[1:]))
        for inner, number in itertools.product([*others], np.unique(rows // array.chunks[0])):
            key = array.metadata.encode_chunk_key((int(number), *inner))
            if key not in here:
                yield name, int(number), key


def _needed_rows(name: str, array: "zarr.Array[Any]", status: np.ndarray) -> np.ndarray:
    """Return the samples of which a variable must hold a value."""
    role = array.attrs.get("role")
    if role in DRAWN:
        needed = np.ones(status.shape, bool)
    elif name == "wall_time":
        needed = status != Status.MISSING
    elif name == "reason":
        needed = (status != Status.MISSING) & (status != Status.OK)
    else:
        needed = (status == Status.OK) & (name == "time" or role in ("input", "output"))
    return np.flatnonzero(needed)


def holds_zarr(store: str | Path) -> bool:
    """Whether something at a location looks like a zarr store."""
    return is_url(store) or (Path(store) / "zarr.json").exists()


def one_line(error: Exception) -> str:
    """Return the text of an error without line breaks, or its kind."""
    return " ".join(str(error).split()) or type(error).__name__


def _damaged(store: str | Path, file: str, what: str) -> DynsurError:
    recorded = ATTRIBUTE in open_group(store, "r").attrs
    way_out = "import the files again" if recorded else f"`dynsur verify {store} --repair` mends it"
    return DynsurError(f"the store '{store}' is damaged: '{file}' {what}; {way_out}.")
