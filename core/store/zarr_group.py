"""Open a store as a zarr group; turn failures into one-line errors."""

import contextlib
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DynsurError
from ..files import checksum, read_json
from ..registry.recorded import ATTRIBUTE
from .description import check_description, keep_copy
from .location import exists, is_url

if TYPE_CHECKING:
    import zarr

# What an evaluation writes.
CODECS = {"bytes", "vlen-utf8", "zstd", "blosc", "crc32c"}
TYPES = ("float64", "float32", "int64", "int32", "int8", "bool", "string")
UNFINISHED = {"title": "unfinished dynsur store"}


def open_group(store: str | Path, mode: Any, copied: bool = False) -> "zarr.Group":
    """Open a store with zarr.

    Args:
        store: Folder or URL of the store.
        mode: "r" to read the store, "r+" to write to it as well.
        copied: Whether to use the consolidated metadata of the group, as plain xarray does.

    Raises:
        DynsurError: There is no store of simulations at `store`, or its description is damaged.
            A store of predictions can be read only.
    """
    check_description(store)
    group = _any_group(store, mode, None if copied else False)
    is_predicted = group is not None and "trained_on" in group.attrs and mode == "r"
    known = set() if group is None else {"seed", ATTRIBUTE} & set(group.attrs)
    one = group is not None and _holds_one_system(group)
    if group is not None and mode == "r" and {"system", "floor"} <= set(group.attrs):
        _refuse_changed_predictions(store)
        return group
    if group is None or one or not ((known and "status" in group) or is_predicted):
        ours = group is not None and "system" in group.attrs
        what = "holds the response of one system" if one else "is not a dynsur store"
        reads = ", which `xarray.open_zarr` reads" if ours else ""
        raise DynsurError(
            f"'{store}' {what}{reads}; expected a folder written by `dynsur generate` or "
            f"`dynsur import`{_way_in(store, group)}."
        )
    return group


def _refuse_changed_predictions(store: str | Path) -> None:
    """Refuse an evaluation's predictions that are not as they were written.

    A lost chunk of them may read as a value, so that only the checksum in their record tells.
    """
    path = Path(store)
    if is_url(store):
        raise DynsurError(f"'{store}' holds predictions of an evaluation; copy it to a folder.")
    try:
        refuse_other_layout(path)
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise DynsurError(f"cannot read '{path}': {error}; evaluate the model again.") from None
    sums = set()
    for record in ("run.json", "evaluation.json"):
        held = read_json(path.parent / record, absent={})
        stages = held.get("stages") if isinstance(held, dict) else None
        for mark in stages.values() if isinstance(stages, dict) else ():
            files = mark.get("files") if isinstance(mark, dict) else None
            sums.add(files.get(path.name) if isinstance(files, dict) else None)
    if sums - {None} and checksum(path) not in sums:
        raise DynsurError(
            f"'{path}' is damaged: it is not as it was written; repeat the `dynsur run` or "
            "`dynsur evaluate` that wrote it."
        )


def refuse_other_layout(path: Path) -> None:
    """Refuse arrays whose codecs or types an evaluation does not write: they might execute code.

    Raises:
        ValueError: There is none, or one of another layout.
    """
    if not (path / "zarr.json").is_file():
        raise ValueError("there is no group of zarr 3")
    for file in sorted(path.rglob("zarr.json")):
        described = json.loads(file.read_text(encoding="utf-8"))
        if described["node_type"] == "group":
            continue
        foreign = {codec["name"] for codec in described["codecs"]} - CODECS
        if foreign or described["data_type"] not in TYPES:
            what = f"codec '{min(foreign)}'" if foreign else f"type {described['data_type']}"
            raise ValueError(f"'{file}' has the {what}, which dynsur does not write")


def _way_in(store: str | Path, group: "zarr.Group | None") -> str:
    """Say how a dataset of one's own becomes a store, or that nothing is there."""
    if not exists(store):
        return "; there is nothing at this path"
    if group is None or "system" in group.attrs:
        return ""
    return (
        ". A dataset of your own becomes a store with "
        "dynsur.datasets.from_recordings(xarray.open_zarr(…), out, inputs=[…], outputs=[…])"
    )


def _holds_one_system(group: "zarr.Group") -> bool:
    """Whether a group is what `simulate --out` and `predict --out` write of a single system."""
    return "system" in group.attrs and getattr(group.get("status"), "ndim", None) == 0


def array_of(group: "zarr.Group", name: str) -> "zarr.Array[Any]":
    """Return a variable of an open store."""
    import zarr

    array = group[name]
    assert isinstance(array, zarr.Array)
    return array


def arrays_in(group: "zarr.Group") -> "dict[str, zarr.Array[Any]]":
    """Return the variables of an open store by name; other files in its folder are passed over."""
    with _passing_over_others():
        return dict(sorted(group.arrays()))


def _any_group(
    store: str | Path, mode: Any, consolidated: bool | None = False
) -> "zarr.Group | None":
    import zarr
    from zarr.errors import GroupNotFoundError

    target = str(store) if is_url(store) else Path(store)
    try:
        return zarr.open_group(target, mode=mode, zarr_format=3, use_consolidated=consolidated)
    except (FileNotFoundError, NotADirectoryError, GroupNotFoundError):
        return None
    except Exception as error:  # damaged metadata may fail anywhere in zarr, a URL in its package
        text = " ".join(str(error).split()) or type(error).__name__
        raise DynsurError(f"cannot open the store '{store}': {text}.") from None


def is_unfinished(store: str) -> bool:
    """Return whether the creation of a store at a URL was interrupted."""
    group = _any_group(store, "r") if is_url(store) else None
    return group is not None and group.attrs.get("title") == UNFINISHED["title"]


def consolidate(store: str) -> None:
    """Write the consolidated metadata that plain `xarray.open_zarr` looks for, and its copy."""
    import zarr

    with warnings.catch_warnings(), describing_texts(), _passing_over_others():
        warnings.filterwarnings("ignore", message="Consolidated metadata is currently not part")
        zarr.consolidate_metadata(store, zarr_format=3)
    keep_copy(store)


@contextlib.contextmanager
def describing_texts() -> Iterator[None]:
    """Suppress zarr's warning that texts of a fixed length are its own extension of zarr 3."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*FixedLengthUTF32")
        yield


@contextlib.contextmanager
def _passing_over_others() -> Iterator[None]:
    """Suppress zarr's warning of files that are no part of a store, such as a report beside it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Object at .* is not recognized as a component")
        yield


@contextlib.contextmanager
def writing(store: str) -> Iterator[None]:
    """Turn an error while a store is written into a DynsurError of one line."""
    try:
        yield
    except DynsurError:
        raise
    except Exception as error:
        # What a server of a URL raises is its package's own affair.
        if not isinstance(error, OSError) and not is_url(store):
            raise
        text = " ".join(str(error).split()) or type(error).__name__
        raise DynsurError(f"cannot write the store '{store}': {text}.") from None
