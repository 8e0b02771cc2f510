"""`dynsur reproduce`: repeat a publication's protocol and compare its results with ours."""

from pathlib import Path
from typing import Annotated

import typer
from dynsur.core.generation import TIME_LIMIT
from dynsur.core.registry import host

from .options import (
    Again,
    Chunk,
    ColumnChoice,
    Config,
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

Runs = Annotated[
    int | None,
    typer.Option(
        "--runs",
        min=1,
        show_default=False,
        help="Number of runs with different seeds; by default as many as published.",
    ),
]
Measured = Annotated[
    Path | None,
    typer.Option(
        "--measured",
        help="Table of a measured curve, input and output (voltage and current), to draw with "
        "the nearest held-out one: CSV of any dialect, .xlsx or .parquet.",
    ),
]


def reproduce(
    experiment: System,
    samples: Samples = None,
    runs: Runs = None,
    epochs: Epochs = None,
    seed: Seed = 0,
    workers: Workers = None,
    scheduler: Scheduler = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder; by default reproductions/SYSTEM.")
    ] = None,
    settings: Settings = [],  # noqa: B006
    config: Config = None,
    measured: Measured = None,
    columns: ColumnChoice = None,
    time_limit: TimeLimit = TIME_LIMIT,
    retry_failed: RetryFailed = False,
    chunk: Chunk = None,
    again: Again = False,
    quiet: Quiet = False,
) -> None:
    """Repeat a published experiment and compare numbers, figures and times.

    The published protocol and the experiment's own are run several times on the same simulations
    and compared with baselines. When called again, the command resumes and repeats no finished
    work; more --runs or --samples extend it.

    Example: dynsur reproduce reram
    """
    from dynsur.core.reproduction import protocols, published_of
    from dynsur.core.reproduction import reproduce as reproduce_all

    from .display import RichDisplay

    published = published_of(host(), experiment)
    given = parse_settings(settings, config, epochs)
    setups = protocols(host(), experiment, given, samples, seed)
    first = next(iter(setups.values()))
    with RichDisplay(quiet) as display:
        page = reproduce_all(
            setups,
            published,
            out or Path("reproductions") / experiment,
            connector(scheduler, workers),
            display,
            runs=runs or published.runs,
            chunk=chunk or chunk_of(first.samples, workers, first.simulator),
            measured=measured,
            columns=columns,
            time_limit=time_limit,
            retry_failed=retry_failed,
            again=again,
        )
    typer.echo(f"report: {page}")
