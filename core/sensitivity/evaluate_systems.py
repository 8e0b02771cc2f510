"""Ask many systems, in batches, here or on dask workers."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .kept_answers import PARTS, KeptAnswers
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
        kept: Answers on the disk, which are not asked for again; None keeps none.
    """

    quantities: Quantities
    client: "Client | None" = None
    progress: Progress = lambda done, total: None
    kept: KeptAnswers | None = None
    done: int = 0
    expected: int = 0
    unfamiliar: int = 0
    _there: Any = field(default=None, repr=False)

    def expect(self, more: int) -> None:
        """Say that so many further systems will be asked."""
        self.expected = self.done + more

    def finish(self) -> None:
        """Remove the answers that were kept: the analysis is done."""
        if self.kept is not None:
            self.kept.remove()

    def __call__(self, unit: np.ndarray) -> Answers:
        """Return the quantities of systems at points [n, parameter] of the unit cube."""
        batches = [unit[i : i + BATCH] for i in range(0, len(unit), BATCH)]
        found = [None if self.kept is None else self.kept.find(batch) for batch in batches]
        new = self._asked([b for b, part in zip(batches, found, strict=True) if part is None])
        parts = []
        try:
            for batch, part in zip(batches, found, strict=True):
                if part is None:
                    part = next(new)
                    if self.kept is not None:
                        self.kept.add(batch, part)
                parts.append(self._count(part))
        finally:
            if self.kept is not None:
                self.kept.write()
        return Answers(*(np.concatenate([getattr(p, name) for p in parts]) for name in PARTS))

    def _asked(self, batches: list[np.ndarray]) -> Iterator[Answers]:
        if self.client is None or len(batches) < 2:
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
