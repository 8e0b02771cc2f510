"""Write a log file next to the store, with times and the reasons of failures."""

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

from ..store.location import is_url


def log_file(store: str | Path) -> Path:
    """Return the path of a store's log; for a URL it lies in the current folder.

    >>> log_file("runs/reram/data.zarr").as_posix()
    'runs/reram/data.log'
    """
    text = str(store).rstrip("/")
    return Path(text.rpartition("/")[2] if is_url(text) else text).with_suffix(".log")


@contextlib.contextmanager
def logged(store: str | Path) -> Iterator[None]:
    """Append the messages that dynsur logs to the store's log file."""
    handler = _LogFile(log_file(store), delay=True, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("dynsur")
    logger.addHandler(handler)
    level, logger.propagate = logger.level, False
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()
        logger.setLevel(level)
        logger.propagate = True


class _LogFile(logging.FileHandler):
    """A log file whose own errors, such as a full disk, do not stop the program."""

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        pass
