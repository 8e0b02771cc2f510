"""The protocol through which a workflow shows progress, and the type of `connect`."""

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from ..generation.generate import Progress

if TYPE_CHECKING:
    from distributed import Client


Connect = Callable[[], contextlib.AbstractContextManager["Client"]]


class Display(Protocol):
    """Shows the progress of a run."""

    def stage(self, text: str) -> None:
        """Show that a stage begins, or that it is skipped."""

    def simulated(self, progress: Progress) -> None:
        """Show the progress of the simulations."""

    def trained(self, row: dict[str, Any], epochs: int) -> None:
        """Show the row of the history of an epoch."""
