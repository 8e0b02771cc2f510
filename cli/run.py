"""`dynsur run`: simulate, train, evaluate and report."""

from pathlib import Path
from typing import Annotated

import typer
from dynsur.core.generation import TIME_LIMIT
from dynsur.core.registry import host

from .options import (
    Again,
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
    chunk_of,
    connector,
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
    again: Again = False,
) -> None:
    """Simulate a system, train a surrogate, evaluate it and write a report.

    When called again, the command resumes and repeats no finished work; more --samples extend it.
    """
    from dynsur.core.registry import configure
    from dynsur.core.workflow import run as run_all

    from .display import RichDisplay

    setup = configure(host(), system, parse_settings(settings, config, epochs), samples, seed)
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
            again=again,
        )
    typer.echo(f"report: {page}")
