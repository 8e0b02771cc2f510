"""Show progress: bars on a terminal and in notebooks, plain lines elsewhere."""

import math
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..numbers import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.progress import Progress as Bars

    from ..generation.generate import Progress

REASONS = 3  # the most frequent ones, shown
LINE_INTERVAL = 5.0  # s between lines where nobody watches a bar


def _is_live(console: "Console") -> bool:
    """Whether a console can redraw what it shows: a terminal or a notebook."""
    return console.is_terminal or console.is_jupyter


def _bars(console: "Console") -> "Bars":
    """Return bars with the note of each in a line of its own, so that 80 columns hold both."""
    from rich.console import RenderableType
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars
    from rich.text import Text

    class NotedBars(Bars):
        def get_renderables(self) -> "Iterator[RenderableType]":
            yield self.make_tasks_table(self.tasks)
            for task in self.tasks[-1:]:
                yield Text(task.fields["note"], style="dim", no_wrap=True, overflow="ellipsis")

    return NotedBars(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.completed:g}/{task.total:g}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        disable=not _is_live(console),
    )


class RichDisplay:
    """Shows a run's stages, simulations and epochs; use it as a context manager.

    Args:
        quiet: Whether nothing is shown.
    """

    def __init__(self, quiet: bool = False) -> None:
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False, quiet=quiet)
        self._bars = _bars(self._console)
        self._tasks: dict[str, Any] = {}
        self._last_line = -math.inf

    def __enter__(self) -> "RichDisplay":
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def stage(self, text: str) -> None:
        """Show that a stage begins or is skipped."""
        self._console.print(f"· {text}", markup=False)

    def simulated(self, progress: "Progress") -> None:
        """Show the progress and the rate of the simulations, and the reasons of failures."""
        if progress.dashboard and "simulations" not in self._tasks:
            self.stage(f"{count(progress.workers, 'worker')}, dashboard {progress.dashboard}")
        left = f", {progress.remaining:.0f} s left" if progress.rate else ""
        failed = f", {progress.failed} failed so far"
        kinds = "; ".join(f"{n}× {kind[:50]}" for kind, n in progress.reasons.most_common(REASONS))
        note = f"{progress.rate:.3g}/s{left}, {count(progress.workers, 'worker')}{failed}"
        self._show("simulations", progress.done, progress.total, note + (kinds and f" ({kinds})"))

    def trained(self, row: dict[str, Any], epochs: int) -> None:
        """Show the number of the epoch and its losses."""
        note = f"loss {row['train']:.3g}, validation {row['validation']:.3g}"
        self._show("epochs", int(row["epoch"]), epochs, note)

    def predicted(self, done: int, total: int) -> None:
        """Show the number of systems predicted so far."""
        self._show("predictions", done, total, "")

    def searched(self, done: int, total: int) -> None:
        """Show the number of generations of a search."""
        self._show("generations", done, total, "")

    def asked(self, done: int, total: int) -> None:
        """Show the number of systems asked so far."""
        self._show("systems", done, total, "")

    def counted(self, name: str, done: int, total: int) -> None:
        """Show how much of some work is done."""
        self._show(name, done, total, "")

    def _show(self, name: str, done: int, total: int, note: str) -> None:
        if _is_live(self._console):
            if name not in self._tasks:
                self._tasks[name] = self._bars.add_task(
                    name, total=total, completed=done, note=note
                )
            self._bars.update(self._tasks[name], completed=done, total=total, note=note)
            return
        self._tasks[name] = None
        if time.monotonic() - self._last_line > LINE_INTERVAL or done >= total:
            self._last_line = time.monotonic()
            self.stage(f"{name} {done}/{total}" + (note and f", {note}"))
