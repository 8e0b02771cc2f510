"""The location of a store: a folder, or an fsspec URL such as s3://bucket/data.zarr."""

import os
from pathlib import Path
from typing import Any

from ..errors import DynsurError


def locate(store: str | Path) -> str:
    """Return the absolute path of a folder; a URL is returned unchanged.

    >>> locate("s3://bucket/data.zarr")
    's3://bucket/data.zarr'
    """
    text = str(store)
    return text if is_url(text) else str(Path(text).absolute())


def is_url(store: str | Path) -> bool:
    """Return whether a location is a URL rather than a path."""
    return "://" in str(store)


def store_in(text: str) -> str:
    """Return the location of a store, given that location or the run folder that holds one."""
    inner = Path(text) / "data.zarr"
    return text if is_url(text) or not inner.exists() else str(inner)


def archived(store: str | Path) -> str | Path:
    """Return the URL into the archive of a publication, given its folder or its data.zip.

    Any other location is returned unchanged.

    Raises:
        DynsurError: The store is split over several archives.
    """
    if is_url(store):
        return store
    path = Path(store)
    if (path / "data-1.zip").exists():
        raise DynsurError(
            f"the store in '{store}' is split; unpack every data-N.zip in it into one folder and "
            "open that."
        )
    file = path / "data.zip" if path.is_dir() else path
    if file.name == "data.zip" and file.is_file() and not (path / "zarr.json").exists():
        return f"zip://::{file.absolute()}"
    return store


def exists(store: str | Path) -> bool:
    """Return whether anything exists at a location.

    Raises:
        DynsurError: A package for this kind of URL is missing, or the server does not answer.
    """
    if not is_url(store):
        return Path(store).exists()
    files, path = _file_system(store)
    try:
        return files.exists(path)
    except Exception as error:  # what a server raises is its package's own affair
        text = " ".join(str(error).split()) or type(error).__name__
        raise DynsurError(f"cannot reach '{store}': {text}.") from None


def size(store: str | Path) -> int:
    """Return the number of bytes stored at a location."""
    if is_url(store):
        files, path = _file_system(store)
        return int(files.du(path))
    return sum(file.stat().st_size for file in Path(store).rglob("*") if file.is_file())


def names_in(folder: str | Path) -> set[str]:
    """Return the files in a folder and those below, named relative to it."""
    if not is_url(folder):
        root = str(folder)
        return {
            os.path.relpath(os.path.join(at, name), root).replace(os.sep, "/")
            for at, _, names in os.walk(root)
            for name in names
        }
    files, path = _file_system(folder)
    return {name.removeprefix(path).lstrip("/") for name in files.find(path)}


def folders_in(folder: str | Path) -> set[str]:
    """Return the folders in a folder and those below, named relative to it; at a URL are none."""
    if is_url(folder):
        return set()
    root = str(folder)
    return {
        os.path.relpath(os.path.join(at, name), root).replace(os.sep, "/")
        for at, names, _ in os.walk(root)
        for name in names
    }


def child(folder: str | Path, name: str) -> str:
    """Return the location of an entry of a folder.

    >>> child("/data.zarr", "time"), child("zip://::/data.zip", "time")
    ('/data.zarr/time', 'zip://time::/data.zip')
    """
    inner, chained, archive = str(folder).partition("::")
    within = inner if inner.endswith("://") else f"{inner.rstrip('/')}/"
    return f"{within}{name}{chained}{archive}"


def _file_system(store: str | Path) -> tuple[Any, str]:
    import fsspec

    try:
        return fsspec.core.url_to_fs(str(store))
    except Exception as error:  # a package for a kind of URL may refuse it in any way
        raise DynsurError(
            f"cannot reach '{store}': {error}; expected a folder or a URL that an installed "
            "fsspec package serves, e.g. s3:// with `pip install 'dynsur[s3]'`."
        ) from None
