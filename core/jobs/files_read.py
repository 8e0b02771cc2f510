"""Which files are read while systems are simulated, as Python's audit events tell."""

import contextlib
import os
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CODE = (".py", ".pyc", ".pyi", ".so", ".nbi", ".nbc", ".pth")  # the fingerprint's business
ELSEWHERE = ("/proc/", "/sys/", "/dev/")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT

_watching = 0
_is_hooked = False
# Of the whole process, for a loader may remember what it read for an earlier simulation.
_seen: set[str] = set()


@contextlib.contextmanager
def noting_files() -> Iterator[list[Path]]:
    """Note the files of data that Python opens for reading in this process, as absolute paths.

    The list is filled at the end. Code, packages and what was written meanwhile are left out.
    """
    global _watching, _is_hooked
    if not _is_hooked:
        sys.addaudithook(_heard)
        _is_hooked = True
    found: list[Path] = []
    began = time.time()
    _watching += 1
    try:
        yield found
    finally:
        _watching -= 1
        found += [path for text in sorted(_seen) if _is_data(path := Path(text), began)]


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching or event != "open":
        return
    path, _, flags = arguments
    if isinstance(path, str | bytes | os.PathLike) and not (flags or 0) & WRITING:
        with contextlib.suppress(OSError, ValueError):
            _seen.add(os.path.abspath(os.fsdecode(path)))


def _is_data(path: Path, began: float) -> bool:
    text = str(path)
    installed = {sys.prefix, *(sysconfig.get_path(name) for name in ("stdlib", "purelib"))}
    if path.suffix in CODE or text.startswith((*ELSEWHERE, *(f"{at}{os.sep}" for at in installed))):
        return False
    try:
        return path.is_file() and path.stat().st_mtime < began
    except (OSError, ValueError):
        return False
