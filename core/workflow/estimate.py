"""Estimate from a few simulations and two epochs what a run will take."""

import dataclasses
import math
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..encoding.training_data import Split
from ..errors import DynsurError
from ..generation.simulate import simulate_rows, simulate_safely
from ..registry.configuration import Setup
from ..store.location import exists
from ..store.samples import create_or_extend, open_store, status_counts, write_chunk
from ..systems.capabilities import batch_of
from ..systems.simulator import Simulator, series_names
from ..systems.variables import Status

if TYPE_CHECKING:
    import xarray as xr

TRIAL = 24  # simulations from which a training is tried
PROBES = 4  # simulations that are timed, after one that may compile the solver
BATCH = 64  # samples of the timed batch


@dataclass(frozen=True)
class Estimate:
    """What a generation will take on this machine.

    Args:
        simulations: Number of simulations that are still missing.
        seconds_each: Time of one of them on one core, in s.
        workers: Number of worker processes.
        seconds: Time of all of them, in s.
        memory: Memory of the workers and of the data together, in bytes.
        disk: Space of the store before compression, in bytes.
        training: Time of all epochs of the training, in s; None where none is asked for or a trial
            of it fails.
    """

    simulations: int
    seconds_each: float
    workers: int
    seconds: float
    memory: float
    disk: float
    training: float | None = None


def estimate(setup: Setup, store: str | Path, workers: int, *, trained: bool = False) -> Estimate:
    """Return what the simulations and the training of a setup will take; nothing stays on disk.

    Args:
        setup: What is to be simulated.
        store: Where the simulations will be, or some already are.
        workers: Number of worker processes.
        trained: Whether a model is trained too.
    """
    done = status_counts(store, setup.samples)[Status.OK] if exists(store) else 0
    missing = max(0, setup.samples - done)
    each = seconds_per_simulation(setup.simulator, setup.seed) if missing else 0.0
    size = 8.0 * setup.simulator.points * len(series_names(setup.simulator)) * setup.samples
    process = 1024.0 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    running = min(workers, missing)
    return Estimate(
        simulations=missing,
        seconds_each=each,
        workers=workers,
        seconds=each * missing / max(1, running),
        memory=process * (1 + running) + size,
        disk=size,
        training=seconds_of_training(setup) if trained else None,
    )


def seconds_per_simulation(simulator: Simulator, seed: int) -> float:
    """Return the mean time of a simulation on one core, in s, without that of compiling it."""
    batch = batch_of(simulator)
    if batch is not None:
        samples = simulator.space.sample(seed, 0, BATCH)
        batch({name: values[:1] for name, values in samples.items()})
        began = time.perf_counter()
        batch(samples)
        return (time.perf_counter() - began) / BATCH
    samples = simulator.space.sample(seed, 0, PROBES + 1)
    times = []
    for i in range(PROBES + 1):
        began = time.perf_counter()
        simulate_safely(simulator, {name: float(v[i]) for name, v in samples.items()})
        times.append(time.perf_counter() - began)
    return float(np.mean(times[1:]))


def seconds_of_training(setup: Setup) -> float | None:
    """Return how long all epochs of a training take, in s, from two epochs of one batch.

    Some systems are simulated into a temporary store, and repeated until they fill a batch. None
    stands for a trial that fails, for example because too few of the simulations finish.
    """
    from ..training.loop import train

    count = max(TRIAL, 2 * int(getattr(setup.dataset, "minimum", 1)))
    with tempfile.TemporaryDirectory() as folder:
        try:
            data = _simulated(setup, Path(folder) / "data.zarr", count)
            began = time.perf_counter()
            prepared = setup.dataset.prepare(data, setup.simulator, setup.seed)
            preparation = (time.perf_counter() - began) / count * setup.samples
            batch = setup.training.batch_size
            rows = round(len(prepared.train) / count * setup.samples)
            parts = {
                name: _repeated(getattr(prepared, name), min(batch, max(1, rows)))
                for name in ("train", "validation")
            }
            history = train(
                setup.model,
                setup.loss,
                dataclasses.replace(prepared, **parts),
                dataclasses.replace(setup.training, epochs=2, patience=2),
                seed=setup.seed,
                folder=Path(folder) / "model",
                simulator=setup.simulator,
            )
        except DynsurError:
            return None
    steps = math.ceil(rows / batch)
    return preparation + setup.training.epochs * steps * float(history[-1]["seconds"])


def _simulated(setup: Setup, store: Path, count: int) -> "xr.Dataset":
    create_or_extend(store, setup.simulator, count, setup.seed, count)
    columns = setup.simulator.space.sample(setup.seed, 0, count)
    write_chunk(store, 0, {**columns, **simulate_rows(setup.simulator, columns)})
    return open_store(store)


def _repeated(part: Split, rows: int) -> Split:
    """Return a part with its samples repeated until there are so many rows."""
    which = np.arange(rows) % len(part)
    return Split(*(getattr(part, f.name)[which] for f in dataclasses.fields(part)))
