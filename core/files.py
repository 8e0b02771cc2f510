"""Files that appear complete or not at all: JSON and small zarr stores."""

import contextlib
import json
import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import DynsurError

if TYPE_CHECKING:
    import xarray as xr


@contextlib.contextmanager
def replacing_file(path: Path) -> Iterator[Path]:
    """Give a place to write a file at, which takes the place of `path` once it is complete.

    Raises:
        DynsurError: It cannot be written; what was there still is.
    """
    partial = path.with_name(f".{os.getpid()}.{path.name}")  # a writer may look at the ending
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(path)
    except OSError as error:
        raise DynsurError(f"cannot write '{path}': {error}.") from None
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text, replacing the file at once.

    Raises:
        DynsurError: The file cannot be written.
    """
    with replacing_file(path) as partial:
        partial.write_text(text, encoding="utf-8")


def write_json(path: Path, content: Any) -> None:
    """Write plain JSON values, replacing the file at once.

    Raises:
        DynsurError: The file cannot be written.
    """
    write_text(path, json.dumps(content, indent=1, allow_nan=False) + "\n")


REQUIRED = object()


def read_json(path: Path, absent: Any = REQUIRED) -> Any:
    """Read a JSON file.

    Args:
        path: The file.
        absent: What is returned where there is no such file; by default that is an error.

    Raises:
        DynsurError: The file cannot be read or is damaged.
    """
    if absent is not REQUIRED and not path.exists():
        return absent
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DynsurError(f"cannot read '{path}': {error}; remove it and run again.") from None


def write_zarr(data: "xr.Dataset", path: Path) -> None:
    """Write a dataset as a zarr store, replacing what was there once the new one is complete.

    Raises:
        DynsurError: The store cannot be written.
    """
    with replacing(path) as partial, warnings.catch_warnings():
        # Consolidated metadata and strings are still extensions of zarr 3; xarray reads them.
        warnings.filterwarnings("ignore", category=UserWarning)
        data.to_zarr(partial, mode="w", consolidated=True, zarr_format=3)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a place to write a folder at, which takes the place of `path` once it is complete.

    Raises:
        DynsurError: It cannot be written; what was there still is.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        if path.exists():
            shutil.rmtree(path)
        partial.rename(path)
    except OSError as error:
        raise DynsurError(f"cannot write '{path}': {error}.") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
