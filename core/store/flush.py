"""Flush rows to the disk, so that a power failure cannot leave a status without its data."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files import flush

if TYPE_CHECKING:
    import zarr


def flush_rows(arrays: "list[zarr.Array[Any]]", start: int, stop: int) -> None:
    """Flush the chunks that hold the rows start, …, stop − 1 of each array, then their folders.

    Arrays at a URL are left out, because their server is responsible for what it has confirmed.
    """
    for array in arrays:
        folder = local_folder(array)
        if folder is None or stop <= start:
            continue
        rows, others = array.chunks[0], (0,) * (array.ndim - 1)
        numbers = range(start // rows, (stop - 1) // rows + 1)
        keys = (array.metadata.encode_chunk_key((number, *others)) for number in numbers)
        # Chunks of fill values alone have no file.
        files = [folder / key for key in keys if (folder / key).exists()]
        flush(*files, folder)


def flush_metadata(group: "zarr.Group", names: list[str]) -> None:
    """Flush the metadata of the arrays of a store in a folder."""
    for name in names:
        array: Any = group[name]
        folder = local_folder(array)
        if folder is not None:
            flush(folder / "zarr.json", folder)


def local_folder(array: "zarr.Array[Any]") -> Path | None:
    """Return the folder of an array, or None if the array lies at a URL."""
    from zarr.storage import LocalStore

    return array.store.root / array.path if isinstance(array.store, LocalStore) else None
