"""Simulate the samples of one chunk in a separate process and write them."""

import contextlib
import functools
import pickle
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import DynsurError
from ..registry.fingerprint import fingerprint
from ..store.create import drawn_parameters
from ..store.samples import Chunk, write_chunk
from ..store.zarr_group import open_group
from ..systems.capabilities import batch_of
from ..systems.simulator import Simulator
from ..systems.variables import Status
from .process import ProcessDiedError, isolated
from .simulate import TRACEBACK, Rows, failed_rows, stacked, traced_rows

TIME_LIMIT = 600.0  # s, by default, for one simulation
ATTEMPTS = 2  # a process may also die of what another process did


@dataclass(frozen=True)
class Order:
    """The data that all tasks of a generation share.

    Args:
        store: Location of the store.
        version: The store's version, `dynsur.core.store.samples.version_of`.
        simulator: The simulator as `pickled` returns it.
        seed: Seed of the parameter samples; None where each has its own, recorded in the store.
        time_limit: Wall-clock time allowed for one simulation, in s.
    """

    store: str
    version: str
    simulator: bytes
    seed: int | None
    time_limit: float


@dataclass(frozen=True)
class Done:
    """The result of a task for its chunk.

    Args:
        chunk: The samples, as given to the task.
        counts: Number of samples by status.
        failures: Index, reason and traceback (or "") of each sample that failed.
        seconds: Duration of the task, in s.
    """

    chunk: Chunk
    counts: dict[Status, int]
    failures: tuple[tuple[int, str, str], ...]
    seconds: float


def pickled(simulator: Simulator) -> bytes:
    """Return a simulator and the fingerprint of its code, pickled for the workers.

    The fingerprint ensures that a process with an earlier version of the code is not used again.
    """
    import cloudpickle

    return cloudpickle.dumps((simulator, fingerprint(simulator)))


def simulate_chunk(order: Order, chunk: Chunk) -> Done:
    """Simulate the missing samples of one chunk and write them."""
    began = time.perf_counter()
    simulator = _simulator(order.simulator)
    counts: Counter[Status] = Counter()
    failures: list[tuple[int, str, str]] = []
    for start, stop in chunk:
        columns = (
            drawn_parameters(open_group(order.store, "r"), simulator, start, stop)
            if order.seed is None
            else simulator.space.sample(order.seed, start, stop - start)
        )
        rows = run_isolated(order.simulator, columns, order.time_limit)
        traces = rows.pop(TRACEBACK, [""] * (stop - start))
        write_chunk(order.store, start, rows, order.version)
        counts.update(Status(value) for value in rows["status"].tolist())
        failed = np.flatnonzero(rows["status"] != Status.OK)
        failures += [(start + int(i), rows["reason"][i], traces[i]) for i in failed]
    return Done(chunk, dict(counts), tuple(failures), time.perf_counter() - began)


def run_isolated(simulator: bytes, columns: Mapping[str, np.ndarray], time_limit: float) -> Rows:
    """Simulate samples in the process that this thread keeps for simulations.

    A simulation without a result within the limit is recorded as timed out, and one that ends its
    process twice as crashed. If this happens to a batch, its samples are simulated one by one.

    Args:
        simulator: The simulator as `pickled` returns it.
        columns: Every parameter by name, shape [count].
        time_limit: Wall-clock time allowed for one simulation, in s.
    """
    count = len(next(iter(columns.values())))
    if batch_of(_simulator(simulator)) is not None:
        with contextlib.suppress(TimeoutError, ProcessDiedError):
            return isolated(_function(simulator))(columns, count * time_limit)
    return run_alone(simulator, columns, time_limit)


def run_alone(simulator: bytes, columns: Mapping[str, np.ndarray], time_limit: float) -> Rows:
    """Simulate samples as `run_isolated` does, but each by itself, also where batches are known."""
    count = len(next(iter(columns.values())))
    samples = [{name: v[i : i + 1] for name, v in columns.items()} for i in range(count)]
    alone = batch_of(_simulator(simulator)) is not None
    process, blocks = isolated(_function(simulator, alone)), []
    deaths, began = 0, time.perf_counter()
    while len(blocks) < count:
        try:
            for row in process.each(samples[len(blocks) :], time_limit):
                blocks.append(row)
                deaths, began = 0, time.perf_counter()
            break
        except TimeoutError:
            fault = (Status.TIMED_OUT, f"no result within {time_limit:g} s")
        except ProcessDiedError as error:
            deaths += 1
            if deaths < ATTEMPTS:
                continue
            fault = (Status.CRASHED, f"the process {error}, {ATTEMPTS} times")
        blocks.append(failed_rows(_simulator(simulator), *fault, time.perf_counter() - began))
        deaths, began = 0, time.perf_counter()
    return stacked(blocks)


class Simulation:
    """The function that the process calls; unpickling it loads all that a simulation needs."""

    def __init__(self, simulator: Simulator, code: str, alone: bool) -> None:
        self._simulator, self._alone = simulator, alone
        self._code = code  # makes the process of other code another one

    def __setstate__(self, state: dict[str, Any]) -> None:
        import xarray  # noqa: F401 (its import must not count as time of the first simulation)

        self.__dict__.update(state)

    def __call__(self, columns: Mapping[str, np.ndarray]) -> Rows:
        """Simulate samples; see `traced_rows`."""
        return traced_rows(self._simulator, columns, self._alone)


def _simulator(sent: bytes) -> Simulator:
    return _received(sent)[0]


@functools.lru_cache(maxsize=4)
def _received(sent: bytes) -> tuple[Simulator, str]:
    try:
        return pickle.loads(sent)
    except Exception as error:  # a plugin may fail to import in any way
        raise DynsurError(
            f"a worker cannot load the system: {type(error).__name__}: {error}; install the same "
            "plugins wherever workers run."
        ) from None


@functools.lru_cache(maxsize=4)
def _function(simulator: bytes, alone: bool = False) -> bytes:
    import cloudpickle

    return cloudpickle.dumps(Simulation(*_received(simulator), alone))
