"""Compute for the newest request only, so that the page follows the hand."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from ..errors import DynsurError


class Latest:
    """Hands requests to a computation one at a time; of those that wait only the newest is kept.

    All methods are called by the page's own thread.

    Args:
        compute: Starts a computation and returns its future.
        show: Takes a request and its result, or the error that it raised.
        soon: Calls a function in the page's thread, from any thread.
    """

    def __init__(
        self,
        compute: Callable[[Any], "Future[Any]"],
        show: Callable[[Any, Any], None],
        soon: Callable[[Callable[[], None]], Any],
    ) -> None:
        self._compute, self._show, self._soon = compute, show, soon
        self._waiting: list[Any] = []
        self.busy = False

    def request(self, what: Any) -> None:
        """Compute for `what` as soon as the computation is free, unless a newer request comes."""
        self._waiting = [what]
        if not self.busy:
            self._start()

    def _start(self) -> None:
        what, self._waiting = self._waiting.pop(), []
        self.busy = True
        self._compute(what).add_done_callback(
            lambda future: self._soon(lambda: self._finish(what, future))
        )

    def _finish(self, what: Any, future: "Future[Any]") -> None:
        self.busy = False
        if self._waiting:
            self._start()
        if future.cancelled():
            return
        error = future.exception()
        if error is not None and not isinstance(error, DynsurError):
            error = DynsurError(f"{type(error).__name__}: {' '.join(str(error).split())}")
        self._show(what, error or future.result())
