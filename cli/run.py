"""`dynsur run` and `dynsur generate`: simulations in parallel, and all that follows."""

import functools
from pathlib import Path
from typing import Annotated, Any

import typer
from dynsur.core import Simulator
from dynsur.core.generation import TIME_LIMIT
from dynsur.core.registry import host

from .options import (
    Chunk,
    Config,
    Epochs,
    RetryFailed,
    Samples,
    Scheduler,
    Seed,
    Settings,
    System,
    TimeLimit,
    Workers,
    cores,
    parse_settings,
)


def run(
    system: System,
    samples: Samples = None,
    epochs: Epochs = None,
    seed: Seed = 0,
    workers: Workers = None,
    scheduler: Scheduler = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Run folder; by default runs/SYSTEM.")
    ] = None,
    settings: Settings = [],  # noqa: B006
    config: Config = None,
    time_limit: TimeLimit = TIME_LIMIT,
    retry_failed: RetryFailed = False,
    chunk: Chunk = None,
) -> None:
    """Do the whole job: sample, simulate, train, evaluate, report.

    Run again, it resumes and redoes nothing; with more --samples it extends.
    """
    from dynsur.core.workflow import run as run_all

    from .display import RichDisplay

    setup = _setup(system, samples, seed, parse_settings(settings, config, epochs))
    folder = out or Path("runs") / system
    with RichDisplay() as display:
        page = run_all(
            setup,
            folder,
            connector(scheduler, workers),
            display,
            chunk or chunk_of(setup.samples, workers, setup.simulator),
            time_limit=time_limit,
            retry_failed=retry_failed,
        )
    typer.echo(f"report: {page}")


def generate(
    system: System,
    samples: Samples = None,
    seed: Seed = 0,
    workers: Workers = None,
    scheduler: Scheduler = None,
    out: Annotated[
        str | None,
        typer.Option("--out", help="Zarr store, a folder or URL; by default SYSTEM.zarr."),
    ] = None,
    settings: Settings = [],  # noqa: B006
    config: Config = None,
    time_limit: TimeLimit = TIME_LIMIT,
    retry_failed: RetryFailed = False,
    chunk: Chunk = None,
) -> None:
    """Simulate samples into a zarr store, those it lacks only."""
    from dynsur.core.workflow import fill

    from .display import RichDisplay

    setup = _setup(system, samples, seed, parse_settings(settings, config))
    store = out or f"{system}.zarr"
    with RichDisplay() as display:
        fill(
            setup,
            store,
            connector(scheduler, workers),
            display,
            chunk or chunk_of(setup.samples, workers, setup.simulator),
            time_limit=time_limit,
            retry_failed=retry_failed,
        )
    typer.echo(f"store: {store}")


def _setup(system: str, samples: int | None, seed: int, settings: dict[str, Any]) -> Any:
    from dynsur.core.registry import configure

    return configure(host(), system, settings, samples, seed)


def connector(scheduler: str | None, workers: int | None) -> Any:
    """Return what opens the dask client: nothing is started before it is needed."""
    from dynsur.core.generation import connect

    return functools.partial(connect, scheduler, cores() if workers is None else workers)


def chunk_of(samples: int, workers: int | None, simulator: Simulator) -> int:
    """Return samples a task: some seconds of work, and many tasks for each worker.

    Large stores get larger chunks, which are read faster; so do systems that simulate many samples
    at once, several times faster than a few.
    """
    workers = max(1, workers or cores())
    most = 256 if hasattr(simulator, "simulate_batch") else 16
    few, many = min(most, samples // (4 * workers)), min(64, samples // (32 * workers))
    return max(1, few, many)
