"""Simulate many samples in parallel into a store; running it again resumes it."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DynsurError
from ..numbers import seconds_allowed
from ..store.create import held
from ..store.location import locate
from ..store.samples import (
    Chunk,
    failed_samples,
    forget,
    pending_chunks,
    status_counts,
    version_of,
)
from ..systems.simulator import Simulator
from ..systems.variables import Status, reason_kind
from .agreement import prepare_store
from .worker import TIME_LIMIT, Done, Order, pickled, simulate_chunk

if TYPE_CHECKING:
    from distributed import Client

TASKS_PER_WORKER = 2
SUBMISSIONS = 5  # of one chunk whose workers keep dying
PASSES = 3  # over a store that others write too

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """The progress of a generation.

    Args:
        done: Number of samples with a result, including those of earlier runs.
        total: Number of samples wanted.
        failed: Number of samples whose simulation failed.
        elapsed: Time since this run started, in s.
        rate: Samples of this run per second.
        workers: Number of threads that simulate.
        dashboard: Address of dask's dashboard, or "".
        reasons: Number of failures of this run by reason; see `reason_kind`.
    """

    done: int
    total: int
    failed: int
    elapsed: float
    rate: float
    workers: int
    dashboard: str
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def remaining(self) -> float:
        """Remaining time at this rate, in s."""
        return (self.total - self.done) / self.rate if self.rate else float("inf")


def generate(
    simulator: Simulator,
    path: str | Path,
    *,
    samples: int,
    seed: int | None = 0,
    chunk: int = 16,
    client: "Client",
    progress: Callable[[Progress], None] | None = None,
    time_limit: float = TIME_LIMIT,
    retry_failed: bool = False,
    stopping: Callable[[], bool] = lambda: False,
    again: bool = False,
) -> Progress:
    """Run the simulations that a store lacks and write them into it.

    A simulation that fails, hangs or kills its process is recorded with its reason, and the others
    go on. After an interruption at any moment the store is readable and the same call continues
    it. An existing store is extended only if some of its samples, simulated again, agree with it.

    Args:
        simulator: The simulator, which is pickled for the workers.
        path: Folder or URL of the store, which the workers must be able to reach.
        samples: Number of samples wanted. Of a store that holds more, the first ones are taken.
        seed: Seed of the parameter samples. None fills an existing store, which may be merged,
            with each sample's own seed.
        chunk: Number of samples that one task simulates and writes.
        client: The dask client that runs the simulations.
        progress: Called at the start and after each chunk.
        time_limit: Wall-clock time allowed for one simulation, in s.
        retry_failed: Whether samples that failed before are simulated again.
        stopping: Called after each chunk; once it returns True, no further chunk is started.
        again: Whether to start anew; an existing store is then renamed and kept.

    Raises:
        DynsurError: The store was made with another configuration, cannot be written or is being
            written by another command, or the scheduler is lost.
        KeyboardInterrupt: `stopping` returned True; the chunks under way are finished.
    """
    time_limit = seconds_allowed(time_limit)
    store = locate(path)
    prepare_store(store, simulator, samples, seed, chunk, time_limit=time_limit, again=again)
    with held(store):
        if retry_failed:
            forget(store, failed_samples(store))
        order = Order(store, version_of(store), pickled(simulator), seed, time_limit)
        tally = _Tally(client, Counter(status_counts(store, samples)), progress or (lambda _: None))
        log.info("%s: %d samples of %s, seed %s", store, tally.total, simulator.name, seed)
        state = tally.report()
        # A worker cut off from an earlier run may still write, so the store has the last word.
        for _ in range(PASSES):
            for done in _results(client, order, pending_chunks(store, samples), stopping):
                tally.count(done)
            state = tally.recount(Counter(status_counts(store, samples)))
            if state.done == state.total:
                break
        log.info("%s: %d of %d samples have a result", store, state.done, state.total)
        return state


class _Tally:
    """Counts results, logs them and reports the progress."""

    def __init__(
        self, client: "Client", counts: Counter[Status], progress: Callable[[Progress], None]
    ) -> None:
        self._client, self._counts, self._progress = client, counts, progress
        self._reasons: Counter[str] = Counter()
        self._started, self.total = time.perf_counter(), counts.total()
        self._missing_before = counts[Status.MISSING]

    def recount(self, counts: Counter[Status]) -> Progress:
        self._counts = counts
        return self.report()

    def count(self, done: Done) -> None:
        self._counts.update(done.counts)
        self._counts[Status.MISSING] -= sum(done.counts.values())
        for index, reason, trace in done.failures:
            is_new = reason_kind(reason) not in self._reasons  # one traceback of a kind is enough
            log.warning("sample %d: %s%s", index, reason, f"\n{trace}" if trace and is_new else "")
            self._reasons[reason_kind(reason)] += 1
        log.info("samples %d to %d: %.2f s", done.chunk[0][0], done.chunk[-1][1] - 1, done.seconds)
        self.report()

    def report(self) -> Progress:
        missing, elapsed = self._counts[Status.MISSING], time.perf_counter() - self._started
        state = Progress(
            done=self.total - missing,
            total=self.total,
            failed=self.total - missing - self._counts[Status.OK],
            elapsed=elapsed,
            rate=(self._missing_before - missing) / elapsed,
            workers=_threads(self._client),
            dashboard=str(self._client.dashboard_link or ""),
            reasons=self._reasons,
        )
        self._progress(state)
        return state


def _results(
    client: "Client", order: Order, pending: list[Chunk], stopping: Callable[[], bool]
) -> Iterator[Done]:
    """Keep a few chunks per worker in flight and yield the result of each."""
    from distributed import KilledWorker, as_completed

    waiting, tries = iter(pending), Counter[Chunk]()
    running, flying = as_completed(), {}

    def submit(chunk: Chunk) -> None:
        tries[chunk] += 1
        future = client.submit(simulate_chunk, order, chunk, pure=False)
        flying[future] = chunk
        running.add(future)

    def top_up() -> None:
        # Workers may have joined; with none yet, something must wait for the first.
        while len(flying) < TASKS_PER_WORKER * max(1, _threads(client)) and not stopping():
            chunk = next(waiting, None)
            if chunk is None:
                return
            submit(chunk)

    top_up()
    try:
        for future in running:
            chunk = flying.pop(future)
            try:
                done = _result(future)
            except KilledWorker:
                if tries[chunk] == SUBMISSIONS:
                    raise DynsurError(
                        f"workers died again and again on the same samples of '{order.store}' "
                        "(out of memory?); finished samples are kept; run the same command again "
                        "to continue."
                    ) from None
                submit(chunk)
                continue
            del tries[chunk]
            top_up()
            yield done
    finally:
        # Chunks under way may still be written: they hold what a resumed run would write.
        client.cancel(list(flying))
    if stopping():
        raise KeyboardInterrupt


def _threads(client: "Client") -> int:
    threads: Any = client.nthreads()  # its annotation covers the asynchronous client too
    return sum(threads.values())


def _result(future: Any) -> Done:
    from distributed.client import FutureCancelledError

    try:
        return future.result()
    except FutureCancelledError:
        raise DynsurError(
            "the dask scheduler is gone; finished samples are kept; start it and run the same "
            "command again to continue."
        ) from None
