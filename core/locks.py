"""Hold a folder while it is written, so that no other command writes it at the same time."""

import contextlib
import datetime
import json
import os
import platform
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from .errors import DynsurError

LOCK, HOLDER = "lock", "holder.json"


@contextlib.contextmanager
def holding(folder: Path, what: str) -> Iterator[None]:
    """Hold a lock of the operating system on a file in a folder; it ends with the process.

    This thread may hold it already. On a file system without locks nothing is held.

    Args:
        folder: Where the lock's file lies.
        what: What is held, for the message.

    Raises:
        DynsurError: Another process holds it, or the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK, timeout=0, is_singleton=True)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(lock)
            _sign(folder)
        except Timeout:
            raise DynsurError(
                f"'{what}' is being written by {_holder(folder)}; nothing was changed; wait until "
                "it has ended, or end it: what is finished is kept."
            ) from None
        except NotImplementedError:
            pass  # no locks here
        except OSError as error:
            raise DynsurError(f"cannot write '{what}': {error}.") from None
        try:
            yield
        finally:
            if lock.lock_counter == 1:  # no outer holder in this thread
                (folder / HOLDER).unlink(missing_ok=True)


def _sign(folder: Path) -> None:
    """Leave a note of who holds the folder."""
    note = {
        "process": os.getpid(),
        "host": platform.node(),
        "since": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
    }
    (folder / HOLDER).write_text(json.dumps(note), encoding="utf-8")


def _holder(folder: Path) -> str:
    try:
        note = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        return f"process {note['process']} on {note['host']} since {note['since']}"
    except (OSError, ValueError, KeyError, TypeError):  # it is just being written
        return "another process"
