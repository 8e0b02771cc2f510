"""Ask many systems, in batches, here or on dask workers."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .quantities import Answers, Quantities

if TYPE_CHECKING:
    from distributed import Client

BATCH = 128  # systems asked at once: larger arrays cost as much to allocate as to compute
AHEAD = 4  # batches for each worker that wait

Progress = Callable[[int, int], None]


@dataclass
class Evaluation:
    """Asks systems and counts them.

    Args:
        quantities: What is asked.
        client: A dask client, whose workers share the work; None works here.
        progress: Called with the number of systems asked so far and the number expected.
    """

    quantities: Quantities
    client: "Client | None" = None
    progress: Progress = lambda done, total: None
    done: int = 0
    expected: int = 0
    unfamiliar: int = 0
    _there: Any = field(default=None, repr=False)

    def expect(self, more: int) -> None:
        """Say that so many further systems will be asked."""
        self.expected = self.done + more

    def __call__(self, unit: np.ndarray) -> Answers:
        """Return the quantities of systems at points [n, parameter] of the unit cube."""
        batches = [unit[i : i + BATCH] for i in range(0, len(unit), BATCH)]
        parts = [self._count(part) for part in self._asked(batches)]
        return Answers(
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("values", "shifts", "inside", "unfamiliar")
            )
        )

    def _asked(self, batches: list[np.ndarray]) -> Any:
        if self.client is None or len(batches) == 1:
            yield from map(self.quantities, batches)
            return
        if self._there is None:
            self._there = self.client.scatter(self.quantities, broadcast=True, hash=False)
        most = AHEAD * max(1, len(self.client.scheduler_info()["workers"]))
        waiting: deque[Any] = deque()
        for batch in batches:
            waiting.append(self.client.submit(_ask, self._there, batch, pure=False))
            if len(waiting) >= most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _count(self, part: Answers) -> Answers:
        self.done += len(part.values)
        self.unfamiliar += int(part.unfamiliar.sum())
        self.progress(self.done, max(self.done, self.expected))
        return part


def _ask(quantities: Quantities, unit: np.ndarray) -> Answers:
    return quantities(unit)
