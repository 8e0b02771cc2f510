"""The long parts of a fit on dask's workers; each result is kept on the disk once it is there."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..sampling import Population, sample
from .asking import FitOptions
from .likelihood import Likelihood

if TYPE_CHECKING:
    from distributed import Client

TOPIC = "dynsur-fit"  # under which workers tell how far they are
STEPS = 1000  # in which the progress of a chain is counted
BLOCK = 8  # draws that one task simulates
PAUSE = 0.5  # s between looks at the workers

Progress = Callable[[str, int, int], None]


def chains_of(
    likelihood: Likelihood,
    folder: Path,
    client: "Client",
    options: FitOptions,
    progress: Progress,
) -> list[Population]:
    """Return independent populations of draws; those that are on the disk are read."""
    paths = [folder / f"chain_{k}.npz" for k in range(options.chains)]
    missing = [k for k, path in enumerate(paths) if not path.exists()]
    if missing:
        shared = client.scatter(likelihood, broadcast=False, hash=False)
        seeds = np.random.SeedSequence(options.seed).generate_state(options.chains)
        futures = {
            client.submit(_chain, shared, options.particles, int(seeds[k]), k, pure=False): k
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


def _chain(likelihood: Likelihood, particles: int, seed: int, number: int) -> Population:
    """Draw one population on a worker, which tells each temperature that it reaches."""
    import torch
    from distributed import get_worker

    torch.set_num_threads(1)
    worker = get_worker()

    def tell(temperature: float) -> None:
        # Most steps are at small temperatures: their logarithm tells the way better.
        done = 1.0 + np.log10(max(temperature, 1e-6)) / 6.0
        worker.log_event(TOPIC, {"chain": number, "reached": min(0.99, max(0.0, float(done)))})

    return sample(likelihood, len(likelihood.prior.parameters), particles, seed, tell)


def _save(path: Path, chain: Population) -> None:
    partial = path.with_suffix(".part.npz")
    np.savez(
        partial,
        z=chain.z,
        log_likelihood=chain.log_likelihood,
        rest=np.array([chain.log_evidence, chain.evaluations, chain.correlation]),
        temperatures=np.array(chain.temperatures),
    )
    partial.replace(path)


def _load(path: Path) -> Population:
    with np.load(path) as kept:
        evidence, evaluations, correlation = (float(v) for v in kept["rest"])
        return Population(
            kept["z"],
            kept["log_likelihood"],
            evidence,
            int(evaluations),
            tuple(kept["temperatures"].tolist()),
            correlation,
        )


def simulated_draws(
    likelihood: Likelihood, folder: Path, client: "Client", z: np.ndarray, progress: Progress
) -> tuple[np.ndarray, ...]:
    """Return what the instrument would read of draws by the solver, for each loop [draw, point].

    A draw whose simulation fails is NaN. What is done is kept, also when the work is interrupted.
    """
    path = folder / "solver.npz"
    count, loops = len(z), likelihood.loops
    rows = [np.full((count, loop.time.size), np.nan) for loop in loops]
    done = np.zeros(count, bool)
    if path.exists():
        with np.load(path) as kept:
            done = kept["done"]
            rows = [kept[f"rows_{k}"] for k in range(len(loops))]
    blocks = np.split(np.arange(count), range(BLOCK, count, BLOCK))
    missing = [block for block in blocks if not done[block].all()]
    if not missing:
        return tuple(rows)
    shared = client.scatter(likelihood, broadcast=False, hash=False)
    futures = [client.submit(_readings, shared, z[block], pure=False) for block in missing]
    left = dict(zip(futures, missing, strict=True))
    try:
        from distributed import as_completed

        for future in as_completed(list(futures)):
            block = left.pop(future)
            for k, found in enumerate(future.result()):
                rows[k][block] = found
            done[block] = True
            progress("simulations", int(done.sum()), count)
    finally:
        client.cancel(list(left))
        _keep(path, done, rows)
    return tuple(rows)


def _keep(path: Path, done: np.ndarray, rows: Sequence[np.ndarray]) -> None:
    partial = path.with_suffix(".part.npz")
    np.savez(partial, done=done, **{f"rows_{k}": part for k, part in enumerate(rows)})  # type: ignore[arg-type]
    partial.replace(path)


def _readings(likelihood: Likelihood, z: np.ndarray) -> list[np.ndarray]:
    """Simulate draws on a worker."""
    values = likelihood.prior.values(z)
    return [
        likelihood.modelled(values, number, simulated=True)[0]
        for number in range(len(likelihood.loops))
    ]
