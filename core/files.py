"""Write JSON files and small zarr stores so that they appear complete or not at all.

A new file is flushed to the disk before it replaces the old one, so that a power failure leaves
either of them. The environment variable DYNSUR_FLUSH=0 leaves flushing to the operating system.
"""

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import DynsurError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr


def path_of(what: str, given: Any) -> Path:
    """Return the path that a caller gives, or raise DynsurError.

    >>> path_of("the folder", "runs/reram").name
    'reram'
    """
    if isinstance(given, str | os.PathLike) and not isinstance(given, bytes):
        return Path(given)
    shown = " ".join(f"{given!r:.60}".split())
    raise DynsurError(f"{what} is given as a path, a text or a pathlib.Path; got {shown}.")


def flush(*paths: Path) -> None:
    """Wait until files and folders, in this order, are on the disk, unless DYNSUR_FLUSH is 0.

    Folders are left out if the system cannot open them, as on Windows.
    """
    if os.environ.get("DYNSUR_FLUSH", "1") == "0":
        return
    for path in paths:
        if path.is_dir() and os.name == "nt":
            continue
        # Windows flushes only what is open for writing.
        descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def flush_tree(folder: Path) -> None:
    """Flush every file in a folder and then every folder, the outermost one last."""
    inside = sorted(folder.rglob("*"), key=lambda path: (path.is_dir(), -len(path.parts)))
    flush(*inside, folder)


LEFT_BEHIND = re.compile(r"\.\d+\..+|\..+\.\d+")  # what a killed writer leaves, by its name
FORGOTTEN = 3600.0  # s after which nobody writes to it any more


def is_left_behind(path: Path) -> bool:
    """Whether a file or folder is what a killed writer has left behind."""
    return LEFT_BEHIND.fullmatch(path.name) is not None


def remove_left_behind(path: Path) -> None:
    """Remove what killed writers of a file or folder have left beside it an hour ago or earlier."""
    names = (f".{path.name}.", f".{path.name}")
    with contextlib.suppress(OSError):
        for left in filter(is_left_behind, path.parent.iterdir()):
            of_path = left.name.startswith(names[0]) or left.name.endswith(names[1])
            if of_path and time.time() - left.stat().st_mtime > FORGOTTEN:
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def content_checksum(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of plain JSON values by name, without an entry "checksum" of their own."""
    held = {key: value for key, value in content.items() if key != "checksum"}
    plain = json.loads(json.dumps(held))
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, or of all files in a folder with their names; "" of neither."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    if not path.is_dir():
        return ""
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")):
        if file.is_file():
            name = file.relative_to(path).as_posix()
            digest.update(f"{name} {checksum(file)}\n".encode())
    return digest.hexdigest()


@contextlib.contextmanager
def replacing_file(path: Path) -> Iterator[Path]:
    """Yield the path of a temporary file, which replaces `path` once it is complete.

    Raises:
        DynsurError: It cannot be written; what was there still is.
    """
    partial = path.with_name(f".{os.getpid()}.{path.name}")  # a writer may look at the ending
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_left_behind(path)
        yield partial
        flush(partial)
        partial.replace(path)
        flush(path.parent)
    except OSError as error:
        raise DynsurError(f"cannot write '{path}': {error}.") from None
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file, replacing an existing one atomically.

    Raises:
        DynsurError: The file cannot be written.
    """
    with replacing_file(path) as partial:
        partial.write_text(text, encoding="utf-8")


def write_json(path: Path, content: Any) -> None:
    """Write plain JSON values to a file, replacing an existing one atomically.

    Raises:
        DynsurError: The file cannot be written.
    """
    write_text(path, json.dumps(content, indent=1, allow_nan=False) + "\n")


REQUIRED = object()


def read_json(path: Path, absent: Any = REQUIRED) -> Any:
    """Read a JSON file.

    Args:
        path: Path of the file.
        absent: Value to return if the file does not exist; without it, that is an error.

    Raises:
        DynsurError: The file cannot be read or is damaged.
    """
    if absent is not REQUIRED and not path.exists():
        return absent
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DynsurError(f"cannot read '{path}': {error}; remove it and run again.") from None


def write_arrays(path: Path, arrays: "Mapping[str, npt.ArrayLike]") -> None:
    """Write arrays by name to a file, replacing an existing one atomically.

    Raises:
        DynsurError: The file cannot be written.
    """
    import numpy as np

    columns: dict[str, Any] = {name: np.asarray(values) for name, values in arrays.items()}
    with replacing_file(path) as partial, partial.open("wb") as file:
        np.savez(file, **columns)


def read_arrays(path: Path, names: Iterable[str]) -> "dict[str, np.ndarray]":
    """Return all arrays of a file that `write_arrays` has written.

    Args:
        path: The file.
        names: What it must hold.

    Raises:
        DynsurError: The file is damaged or lacks an array.
    """
    import numpy as np

    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as held:
            arrays = {str(name): np.asarray(held[name]) for name in held.files}
        lost = sorted(set(names) - arrays.keys())
        why = f"it lacks {lost[0]}" if lost else ""
    except Exception as error:  # what a damaged archive raises is up to where it is damaged
        arrays, why = {}, " ".join(str(error).split()) or type(error).__name__
    if why:
        raise DynsurError(
            f"'{path}' is damaged ({why}); remove it and run again: the rest is kept."
        )
    return arrays


def write_zarr(data: "xr.Dataset", path: Path) -> None:
    """Write a dataset as a zarr store, which replaces an existing one once it is complete.

    Raises:
        DynsurError: The store cannot be written.
    """
    with replacing(path) as partial, warnings.catch_warnings():
        # Consolidated metadata and strings are still extensions of zarr 3; xarray reads them.
        warnings.filterwarnings("ignore", category=UserWarning)
        data.to_zarr(partial, mode="w", consolidated=True, zarr_format=3)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield the path of a temporary folder, which replaces `path` once it is complete.

    Raises:
        DynsurError: It cannot be written; what was there still is.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_left_behind(path)
        yield partial
        flush_tree(partial)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        partial.rename(path)
        flush(path.parent)
    except OSError as error:
        raise DynsurError(f"cannot write '{path}': {error}.") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
