"""Simulate many samples in parallel into a store; running it again resumes it."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import DynsurError
from .store import create_or_extend, pending_chunks, status_counts, write_chunk
from .types import Simulator, Status, failed_trajectory

if TYPE_CHECKING:
    import xarray as xr
    from distributed import Client

TASKS_PER_WORKER = 2


@dataclass(frozen=True)
class Progress:
    """How far a generation is.

    Args:
        done: Samples with a result, those of earlier runs included.
        total: Samples of the store.
        failed: Samples whose result is a failure.
        elapsed: Time since this run started, in s.
        workers: Threads that simulate.
        dashboard: Address of dask's dashboard, or "".
    """

    done: int
    total: int
    failed: int
    elapsed: float
    workers: int
    dashboard: str


def generate(
    simulator: Simulator,
    path: str | Path,
    *,
    samples: int,
    seed: int = 0,
    chunk: int = 16,
    client: "Client",
    progress: Callable[[Progress], None] | None = None,
) -> Progress:
    """Fill a store with simulations, those it lacks only.

    A simulation that fails is recorded with its reason and the rest goes on. Interrupted at any
    moment, the store stays readable and the same call continues it.

    Args:
        simulator: What to simulate; it is pickled to the workers.
        path: Folder of the store, reachable from the workers.
        samples: Number of samples the store shall hold.
        seed: Seed of the parameter samples.
        chunk: Samples simulated by one task and written together.
        client: Where to simulate.
        progress: Called at the start and after each chunk.

    Raises:
        DynsurError: The store was made otherwise, or cannot be written.
    """
    path = Path(path).absolute()
    create_or_extend(path, simulator, samples, seed, chunk)
    started, counts = time.perf_counter(), Counter(status_counts(path))

    def report() -> Progress:
        missing, total = counts[Status.MISSING], counts.total()
        state = Progress(
            done=total - missing,
            total=total,
            failed=total - missing - counts[Status.OK],
            elapsed=time.perf_counter() - started,
            workers=_threads(client),
            dashboard=str(client.dashboard_link or ""),
        )
        if progress:
            progress(state)
        return state

    state = report()
    for result in _results(client, path, simulator, seed):
        counts.update({Status(key): n for key, n in result.items()})
        counts[Status.MISSING] -= sum(result.values())
        state = report()
    return state


def _results(
    client: "Client", path: Path, simulator: Simulator, seed: int
) -> Iterator[dict[int, int]]:
    """Keep a few chunks per worker in flight and yield each one's counts by status."""
    from distributed import as_completed

    waiting = iter(pending_chunks(path))
    running = as_completed()
    flying = set()

    def submit() -> None:
        for start, stop in waiting:
            future = client.submit(
                simulate_range, str(path), simulator, seed, start, stop, pure=False
            )
            flying.add(future)
            running.add(future)
            return

    for _ in range(TASKS_PER_WORKER * max(1, _threads(client))):
        submit()
    try:
        for future in running:
            result = _result(future, path)
            flying.discard(future)
            submit()
            yield result
    finally:
        # Chunks under way may still be written: they hold what a resumed run would write.
        client.cancel(list(flying))


def _threads(client: "Client") -> int:
    threads: Any = client.nthreads()  # its annotation covers the asynchronous client too
    return sum(threads.values())


def _result(future: Any, path: Path) -> dict[int, int]:
    from distributed import KilledWorker

    try:
        return future.result()
    except OSError as error:
        raise DynsurError(f"a worker cannot write the store '{path}': {error}.") from None
    except KilledWorker:
        raise DynsurError(
            f"workers died again and again on the same samples of '{path}' (out of memory?); "
            "finished samples are kept; run the same command again to continue."
        ) from None


def simulate_range(
    path: str, simulator: Simulator, seed: int, start: int, stop: int
) -> dict[int, int]:
    """Simulate samples start … stop - 1 of one chunk and write them: a worker's task.

    Returns:
        Number of samples by status.
    """
    count = stop - start
    columns = simulator.space.sample(seed, start, count)
    rows: dict[str, Any] = {name: np.asarray(values) for name, values in columns.items()}
    names = ["time", *(v.name for v in (*simulator.inputs, *simulator.outputs))]
    rows |= {name: np.full((count, simulator.points), np.nan) for name in names}
    rows["status"] = np.zeros(count, np.int8)
    rows["wall_time"] = np.zeros(count)
    reasons = []
    for i in range(count):
        began = time.perf_counter()
        data = simulate_safely(simulator, {name: float(v[i]) for name, v in columns.items()})
        rows["wall_time"][i] = time.perf_counter() - began
        rows["status"][i] = int(data["status"])
        reasons.append(str(data["reason"].item()))
        for name in names:
            rows[name][i] = data[name].values
    rows["reason"] = np.array(reasons, dtype=np.dtypes.StringDType())
    write_chunk(path, start, rows)
    return dict(Counter(rows["status"].tolist()))


def simulate_safely(simulator: Simulator, parameters: dict[str, float]) -> "xr.Dataset":
    """Simulate one sample; whatever goes wrong becomes a status and a reason."""
    try:
        data = simulator.simulate(parameters)
        fault = _fault(simulator, data)
    except DynsurError as error:
        return failed_trajectory(simulator, str(error), Status.INVALID)
    except Exception as error:  # a plugin may fail in any way; the other samples go on
        text = " ".join(str(error).split())
        return failed_trajectory(simulator, f"{type(error).__name__}: {text}")
    return failed_trajectory(simulator, fault) if fault else data


def _fault(simulator: Simulator, data: "xr.Dataset") -> str:
    """Say what keeps a result that claims to be finished from being one."""
    if int(data["status"]) != Status.OK:
        return ""
    for name in ("time", *(v.name for v in (*simulator.inputs, *simulator.outputs))):
        values = data[name].values
        if values.shape != (simulator.points,):
            return f"'{name}' has shape {values.shape}; expected ({simulator.points},)"
        if not np.isfinite(values).all():
            return f"'{name}' is not finite"
    return ""
