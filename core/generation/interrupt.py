"""Handle Ctrl-C: the first finishes the chunks under way, the second stops at once."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any


@contextlib.contextmanager
def finishing(say: Callable[[str], None]) -> Iterator[Callable[[], bool]]:
    """Within this block the first Ctrl-C only makes the yielded function return True.

    Args:
        say: Shows a message to the user.
    """
    asked = threading.Event()

    def on_interrupt(number: int, frame: Any) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        say("finishing the chunks under way; Ctrl-C again stops at once")

    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set  # only the main thread receives signals
        return
    previous = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, previous)
