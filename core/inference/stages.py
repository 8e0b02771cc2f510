"""The long parts of a fit on dask's workers; each result is kept on the disk once it is there."""

import dataclasses
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..files import read_arrays, write_arrays
from ..sampling import Population, sample, sample_near
from .asking import FitOptions
from .likelihood import Likelihood

if TYPE_CHECKING:
    from distributed import Client

CHAIN = ("z", "log_likelihood", "rest", "temperatures")  # arrays in the file of a chain
TOPIC = "dynsur-fit"  # under which workers tell how far they are
STEPS = 1000  # in which the progress of a chain is counted
BLOCKS = 4  # of draws for each worker, each simulated side by side
SMALLEST, LARGEST = 8, 32  # draws of one
WRITTEN = 5.0  # s after which simulations are written
PAUSE = 0.5  # s between looks at the workers

Progress = Callable[[str, int, int], None]


def chains_of(
    likelihood: Likelihood,
    folder: Path,
    client: "Client",
    options: FitOptions,
    progress: Progress,
    name: str = "chain",
    near: np.ndarray | None = None,
) -> list[Population]:
    """Return independent populations of draws; those that are on the disk are read.

    Args:
        likelihood: What is drawn from.
        folder: Where the draws are kept.
        client: The dask client.
        options: How many chains of how many draws, and their seed.
        progress: Called with a name, how much is done and the total.
        name: Under which the draws are kept.
        near: Draws of a similar posterior to start from, [draw, d]; by default the prior.
    """
    paths = [folder / f"{name}_{k}.npz" for k in range(options.chains)]
    missing = [k for k, path in enumerate(paths) if not path.exists()]
    if missing:
        shared = client.scatter(likelihood, broadcast=False, hash=False)
        seeds = np.random.SeedSequence(options.seed).generate_state(options.chains)
        futures = {
            client.submit(_chain, shared, options.particles, int(seeds[k]), k, near, pure=False): k
            for k in missing
        }
        _follow(client, futures, lambda k, found: _save(paths[k], found), progress)
    return [_load(path) for path in paths]


def _follow(
    client: "Client",
    futures: dict[Any, int],
    keep: Callable[[int, Any], None],
    progress: Progress,
) -> None:
    """Keep each result as it comes, and tell how far the chains are."""
    left = dict(futures)
    reached = dict.fromkeys(futures.values(), 0.0)
    try:
        while left:
            for future in [future for future in left if future.done()]:
                number = left.pop(future)
                keep(number, future.result())
                reached[number] = 1.0
            for _, event in cast("list[Any]", client.get_events(TOPIC) or []):
                if event["chain"] in reached:
                    reached[event["chain"]] = max(reached[event["chain"]], event["reached"])
            progress("posterior", int(STEPS * sum(reached.values())), STEPS * len(reached))
            if left:
                time.sleep(PAUSE)
    finally:
        client.cancel(list(left))


def _chain(
    likelihood: Likelihood, particles: int, seed: int, number: int, near: np.ndarray | None
) -> Population:
    """Draw one population on a worker, which tells each temperature that it reaches."""
    import torch
    from distributed import get_worker

    torch.set_num_threads(1)
    worker = get_worker()

    def tell(temperature: float) -> None:
        # Most steps are at small temperatures: their logarithm tells the way better.
        done = 1.0 + np.log10(max(temperature, 1e-6)) / 6.0
        worker.log_event(TOPIC, {"chain": number, "reached": min(0.99, max(0.0, float(done)))})

    if near is not None:
        return sample_near(likelihood, near, particles, seed, tell)
    return sample(likelihood, len(likelihood.prior.parameters), particles, seed, tell)


def _save(path: Path, chain: Population) -> None:
    rest = [chain.log_evidence, chain.evaluations, chain.correlation]
    columns = (chain.z, chain.log_likelihood, rest, chain.temperatures)
    write_arrays(path, dict(zip(CHAIN, columns, strict=True)))


def _load(path: Path) -> Population:
    z, log_likelihood, rest, temperatures = map(read_arrays(path, CHAIN).__getitem__, CHAIN)
    evidence, evaluations, correlation = (float(v) for v in rest)
    steps = tuple(temperatures.tolist())
    return Population(z, log_likelihood, evidence, int(evaluations), steps, correlation)


def simulated_draws(
    likelihood: Likelihood,
    folder: Path,
    client: "Client",
    z: np.ndarray,
    progress: Progress,
    name: str = "solver",
) -> tuple[np.ndarray, ...]:
    """Return what the instrument would read of draws by the solver, for each loop [draw, point].

    A draw whose simulation fails is NaN, and its reason is counted in the likelihood's failures.
    What is done is kept every few seconds, so that neither an interrupt nor a kill loses much.
    """
    path = folder / f"{name}.npz"
    count, loops = len(z), likelihood.loops
    rows = [np.full((count, loop.time.size), np.nan) for loop in loops]
    done = np.zeros(count, bool)
    failures: Counter[str] = Counter()
    if path.exists():
        names = [f"rows_{k}" for k in range(len(loops))]
        kept = read_arrays(path, ["done", *names])
        done, rows = kept["done"], [kept[name] for name in names]
        failures = Counter(json.loads(str(kept.get("failures", "{}"))))
    missing = np.flatnonzero(~done)
    if missing.size:
        workers = max(1, len(client.scheduler_info()["workers"]))
        size = int(np.clip(missing.size // (BLOCKS * workers), SMALLEST, LARGEST))
        blocks = np.split(missing, range(size, missing.size, size))
        _simulate_missing(likelihood, client, z, blocks, (done, rows, failures), path, progress)
    likelihood.failures.update(failures)
    return tuple(rows)


def _simulate_missing(
    likelihood: Likelihood,
    client: "Client",
    z: np.ndarray,
    missing: list[np.ndarray],
    kept: tuple[np.ndarray, list[np.ndarray], Counter[str]],
    path: Path,
    progress: Progress,
) -> None:
    """Simulate blocks of draws on the workers; fill and write what is kept as they come."""
    from distributed import as_completed

    done, rows, failures = kept
    shared = client.scatter(likelihood, broadcast=False, hash=False)
    futures = [client.submit(_readings, shared, z[block], pure=False) for block in missing]
    left = dict(zip(futures, missing, strict=True))
    try:
        written = time.monotonic()
        for future in as_completed(list(futures)):
            block = left.pop(future)
            found, reasons = future.result()
            for k, part in enumerate(found):
                rows[k][block] = part
            failures.update(reasons)
            done[block] = True
            progress("simulations", int(done.sum()), len(done))
            if time.monotonic() - written > WRITTEN:
                _keep(path, done, rows, failures)
                written = time.monotonic()
    finally:
        client.cancel(list(left))
        _keep(path, done, rows, failures)


def _keep(path: Path, done: np.ndarray, rows: Sequence[np.ndarray], failures: Counter[str]) -> None:
    columns = {f"rows_{k}": part for k, part in enumerate(rows)}
    write_arrays(path, {"done": done, "failures": np.array(json.dumps(failures)), **columns})


def _readings(likelihood: Likelihood, z: np.ndarray) -> tuple[list[np.ndarray], Counter[str]]:
    """Simulate draws on a worker; the reasons of those that fail stand beside the readings."""
    own = dataclasses.replace(likelihood, failures=Counter())
    values = likelihood.prior.values(z)
    readings = [
        own.modelled(values, number, simulated=True)[0] for number in range(len(likelihood.loops))
    ]
    return readings, own.failures
