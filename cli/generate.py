"""`dynsur generate`: run simulations in parallel into a store."""

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
    again: Again = False,
    dry_run: DryRun = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Run the simulations that a zarr store lacks, in parallel.

    Example: dynsur generate vteam --samples 1000 --out vteam.zarr
    """
    from dynsur.core.registry import configure
    from dynsur.core.workflow import counted, fill

    from .display import RichDisplay

    setup = configure(host(), system, parse_settings(settings, config), samples, seed)
    store = out or f"{system}.zarr"
    if dry_run:
        from .estimate import show_estimate

        show_estimate(setup, store, workers, as_json)
        return
    with RichDisplay(quiet) as display:
        fill(
            setup,
            store,
            connector(scheduler, workers),
            display,
            chunk or chunk_of(setup.samples, workers, setup.simulator),
            time_limit=time_limit,
            retry_failed=retry_failed,
            again=again,
        )
    counts = counted(store, setup.samples)
    if as_json:
        print_json({"store": store, "status": counts})
        return
    print(", ".join(f"{n} {name}" for name, n in counts.items() if n))
    print(f"store: {store}")
