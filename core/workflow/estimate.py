"""Estimate from a few simulations what a whole generation will take."""

import resource
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..generation.simulate import simulate_safely
from ..registry.configuration import Setup
from ..store.location import exists
from ..store.samples import status_counts
from ..systems.capabilities import batch_of
from ..systems.simulator import Simulator, series_names
from ..systems.variables import Status

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
    """

    simulations: int
    seconds_each: float
    workers: int
    seconds: float
    memory: float
    disk: float


def estimate(setup: Setup, store: str | Path, workers: int) -> Estimate:
    """Return what the simulations of a setup will take; nothing is written.

    Args:
        setup: What is to be simulated.
        store: Where the simulations will be, or some already are.
        workers: Number of worker processes.
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
