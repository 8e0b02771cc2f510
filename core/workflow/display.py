"""The protocol by which a workflow shows progress, and the type that opens a dask client."""

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from ..generation.generate import Progress

if TYPE_CHECKING:
    from distributed import Client


Connect = Callable[[], contextlib.AbstractContextManager["Client"]]


class Display(Protocol):
    """What a run tells while it works."""

    def stage(self, text: str) -> None:
        """Say what begins or was found done."""

    def simulated(self, progress: Progress) -> None:
        """Show how far the simulations are."""

    def trained(self, row: dict[str, Any], epochs: int) -> None:
        """Show an epoch's row of the history."""
