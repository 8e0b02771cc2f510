"""End calls that exceed their time limit, with one thread for the whole process."""

import math
import threading
import time
from collections.abc import Callable, Hashable
from typing import Any


class Watchdog:
    """Ends objects whose time limit is not called off in time.

    It sleeps until the earliest limit, so that a later one costs only an entry in a table. Starting
    a thread for each call would take milliseconds on a machine whose cores are busy.

    Args:
        end: Function that ends the object given to `set`.
    """

    def __init__(self, end: Callable[[Any], None]) -> None:
        self._end = end
        self._due: dict[Hashable, float] = {}
        self._ended: set[Hashable] = set()
        self._changed = threading.Condition()
        self._wakes = math.inf
        self._thread: threading.Thread | None = None

    def set(self, what: Hashable, limit: float) -> None:
        """End an object after `limit` seconds unless this is called off."""
        with self._changed:
            self._due[what] = due = time.monotonic() + limit
            if due >= self._wakes:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
                self._thread.start()
            self._changed.notify()

    def call_off(self, what: Hashable) -> bool:
        """Remove the limit of an object; return whether the object has already been ended."""
        with self._changed:
            self._due.pop(what, None)
            ended = what in self._ended
            self._ended.discard(what)
            return ended

    def _watch(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for what in [what for what, due in self._due.items() if due <= now]:
                    del self._due[what]
                    self._ended.add(what)
                    self._end(what)
                self._wakes = min(self._due.values(), default=math.inf)
                self._changed.wait(min(self._wakes - now, threading.TIMEOUT_MAX))
