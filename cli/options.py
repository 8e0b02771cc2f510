"""The options that several commands share."""

import contextlib
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from dynsur.core import DynsurError, Simulator
from dynsur.core.machine import available_cores
from dynsur.core.systems import batch_of

from .command import complete_system, take_options

System = Annotated[
    str,
    typer.Argument(
        help="Name of the system or experiment; `dynsur plugins` lists them.",
        autocompletion=complete_system,
    ),
]
Settings = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Fix a parameter (E_g=1.3), narrow its range (E_g=1:2), set a field of a part "
        "(model.width=64, training.epochs=20) or choose a part (dataset=paper); repeatable.",
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="TOML file with settings and options, as `dynsur show SYSTEM` prints it; or the "
        "folder of a run, whose settings are taken.",
        is_eager=True,
        callback=take_options,
    ),
]
Samples = Annotated[
    int | None,
    typer.Option(
        "--samples",
        min=1,
        help="Number of simulations; by default that of the experiment, which `dynsur show SYSTEM` "
        "prints.",
        show_default=False,
    ),
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, help="Seed of the samples, the split and the training.")
]
Epochs = Annotated[
    int | None,
    typer.Option(
        "--epochs",
        min=1,
        help="Most passes over the training part, short for --set training.epochs=…; by default "
        "that of the experiment.",
        show_default=False,
    ),
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="Worker processes; one per core by default."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Estimate the time, the memory and the disk space from a few simulations, and stop.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", help="Address of a running dask scheduler, tcp://host:8786."),
]
TimeLimit = Annotated[
    float,
    typer.Option(
        "--time-limit",
        metavar="SECONDS",
        help="Wall-clock time allowed for one simulation, in s; inf for no limit.",
    ),
]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Simulate failed samples again.")]
Chunk = Annotated[
    int | None,
    typer.Option(
        "--chunk",
        help="Number of samples of a new store that are simulated and written together, which a "
        "crash can lose. By default at most 16, up to 64 in large stores, and 256 for systems that "
        "simulate batches.",
        min=1,
    ),
]
Again = Annotated[
    bool,
    typer.Option(
        "--again",
        help="Simulate everything anew; an existing store is renamed and kept.",
    ),
]
StoreOrRun = Annotated[
    str, typer.Argument(metavar="STORE", help="Zarr store or its URL, or the run folder.")
]
ModelFolder = Annotated[
    Path,
    typer.Argument(
        help="Model folder written by `dynsur train`, a run folder, or the name of a model that "
        "ships with a plugin, e.g. reram."
    ),
]
Plot = Annotated[
    Path | None,
    typer.Option(
        "--plot", help="Picture to draw, e.g. iv.png; a .png that dynsur drew is drawn anew."
    ),
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Replace an existing --out, or a --plot that is not dynsur's."),
]
Against = Annotated[
    str | None,
    typer.Option(
        "--against",
        metavar="time|INPUT",
        help="What --plot draws the outputs against; the input by default, and time shows the "
        "response to pulses.",
    ),
]
WaveformFile = Annotated[
    Path | None,
    typer.Option(
        "--waveform",
        help="Table with a recorded drive over time: CSV of any dialect, .xlsx or .parquet; see "
        "docs/data-in.md.",
    ),
]
ColumnChoice = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="NAME=COLUMN,…",
        help="Which columns of the file hold what, by name or number from 1, with a unit where "
        "the file has none: time=1:ms,voltage=3. Without a clock step=0.01 (s); of several "
        "sweeps sweep=2; where it cannot be told, decimal=comma or decimal=point.",
    ),
]
Target = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="Run or model folder, the name of a model that ships with a plugin, or the name of a "
        "system or experiment, which is then simulated itself.",
    ),
]
OfSystem = Annotated[
    bool,
    typer.Option(
        "--system", help="Simulate the system itself, even if a trained model of its name ships."
    ),
]
FitFolder = Annotated[
    Path | None,
    typer.Option("--fit", help="Folder of a fit, whose best device is taken; --set overrides it."),
]
Cycles = Annotated[
    int | None, typer.Option("--cycles", help="Cycles of the system's default waveform.")
]


def parse_settings(
    settings: list[str], config: Path | None = None, epochs: int | None = None
) -> dict[str, Any]:
    """Collect the settings of a TOML file, of NAME=VALUE texts and of --epochs.

    The texts override the file.

    Raises:
        DynsurError: A text is not NAME=VALUE, or the file cannot be read.

    >>> parse_settings(["E_g=1.3", "model.width=64"])
    {'E_g': '1.3', 'model.width': '64'}
    """
    values: dict[str, Any] = {}
    if config is not None:
        from dynsur.core.registry import read_config

        values |= read_config(config).settings
    for text in settings:
        name, sign, value = text.partition("=")
        if not (sign and name.strip() and value.strip()):
            raise DynsurError(f"--set takes NAME=VALUE, e.g. --set E_g=1.3; got '{text}'.")
        values[name.strip()] = value.strip()
    if epochs is not None:
        values["training.epochs"] = epochs
    return values


def single_values(settings: Mapping[str, Any]) -> None:
    """Refuse a range where a single system is meant."""
    for name, value in settings.items():
        if "." not in name and (isinstance(value, list) or ":" in str(value)):
            raise DynsurError(f"'{name}' takes one value here, not a range; got '{value}'.")


def connector(scheduler: str | None, workers: int | None) -> Any:
    """Return a function that opens the dask client once it is needed."""
    from dynsur.core import connect

    return functools.partial(connect, scheduler, available_cores() if workers is None else workers)


def worker_pool(scheduler: str | None, workers: int | None) -> Any:
    """Return a context of the dask client that shares the work; one worker is this process."""
    if scheduler is None and workers == 1:
        return contextlib.nullcontext()
    return connector(scheduler, workers)()


def chunk_of(samples: int, workers: int | None, simulator: Simulator) -> int:
    """Return the number of samples in a task, with many tasks of some seconds for each worker.

    Large stores have larger chunks, which are read faster. Systems that simulate batches also have
    larger chunks, since a large batch takes less time for each sample.
    """
    workers = max(1, workers or available_cores())
    most = 256 if batch_of(simulator) else 16
    few, many = min(most, samples // (4 * workers)), min(64, samples // (32 * workers))
    return max(1, few, many)
