"""`dynsur run`: simulate, train, evaluate and report."""

import json
from pathlib import Path
from typing import Annotated

import typer
from dynsur.core.generation import TIME_LIMIT
from dynsur.core.registry import host

from .console import print_json
from .options import (
    Again,
    AsJson,
    Chunk,
    Config,
    DryRun,
    Epochs,
    Quiet,
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
    dry_run: DryRun = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Simulate a system, train a surrogate, evaluate it and write a report.

    When called again, the command resumes and repeats no finished work; more --samples extend it.

    Example: dynsur run vteam --samples 200
    """
    from dynsur.core.registry import configure
    from dynsur.core.workflow import run as run_all

    from .display import RichDisplay

    setup = configure(host(), system, parse_settings(settings, config, epochs), samples, seed)
    folder = out or Path("runs") / system
    if dry_run:
        from .estimate import show_estimate

        show_estimate(setup, folder / "data.zarr", workers, as_json, trained=True)
        return
    with RichDisplay(quiet) as display:
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
    _tell(page, as_json)


def _tell(page: Path, as_json: bool) -> None:
    """Print how accurate the surrogate is, and where the report lies."""
    from dynsur.core.reporting import headline

    metrics = json.loads((page.parent / "metrics.json").read_text(encoding="utf-8"))
    if as_json:
        print_json({"report": str(page), "metrics": metrics})
        return
    for line in headline(metrics):
        print(line)
    print(f"report: {page}")
