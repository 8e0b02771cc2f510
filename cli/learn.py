"""`dynsur train`, `evaluate` and `report`: from a store to a judged model."""

import json
from pathlib import Path
from typing import Annotated

import typer
from dynsur.core import DynsurError
from dynsur.core.registry import host

from .options import Config, Epochs, Seed, Settings, parse_settings

Store = Annotated[Path, typer.Argument(help="Zarr store written by `dynsur generate` or `run`.")]
ModelFolder = Annotated[
    Path, typer.Argument(help="Model folder written by `dynsur train`, or a run folder.")
]


def train(
    store: Store,
    epochs: Epochs = None,
    seed: Seed = 0,
    out: Annotated[Path, typer.Option("--out", help="Model folder to write.")] = Path("model"),
    settings: Settings = [],  # noqa: B006
    config: Config = None,
) -> None:
    """Train a surrogate on a store; run again, it resumes."""
    from dynsur.core.files import read_json, write_json
    from dynsur.core.registry import configure
    from dynsur.core.store import open_store
    from dynsur.core.workflow import describe, provenance_of, select, train_into

    from .display import RichDisplay

    data = open_store(store)
    setup = configure(
        host(),
        str(data.attrs["system"]),
        parse_settings(settings, config, epochs),
        data.sizes["sample"],
        seed,
    )
    data = select(store)
    made_of = {**describe(setup), "data": provenance_of(setup, data)["data"]}
    mark = out / "training.json"
    if mark.exists() and read_json(mark) != made_of:
        raise DynsurError(
            f"'{out}' holds a model trained otherwise; nothing was changed; choose another --out."
        )
    if not mark.exists() and out.exists() and any(out.iterdir()):
        raise DynsurError(f"'{out}' exists and is not a model folder; choose another --out.")
    write_json(mark, made_of)
    with RichDisplay() as display:
        train_into(setup, data, out, display)
    typer.echo(f"model: {out}")


def evaluate(
    model: ModelFolder,
    store: Store,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of the results; by default the model's.")
    ] = None,
) -> None:
    """Judge a model on the samples of its store that were held out of its training."""
    from dynsur.core.registry import configure
    from dynsur.core.store import content_hash
    from dynsur.core.surrogate import Surrogate
    from dynsur.core.workflow import evaluate_into, select

    past = Surrogate.load(model).provenance
    if not {"experiment", "settings", "samples", "seed", "data"} <= past.keys():
        raise DynsurError(
            f"the model in '{model}' does not say what it was trained on; train it again."
        )
    setup = configure(host(), past["experiment"], past["settings"], past["samples"], past["seed"])
    data = select(store, setup.samples)
    if content_hash(data) != past["data"]:
        raise DynsurError(
            f"'{store}' is not the store that '{model}' was trained on, so its held-out samples "
            "are unknown; give the store it was trained on."
        )
    folder = out or model
    metrics = evaluate_into(setup, model, data, folder)
    typer.echo(json.dumps(metrics, indent=1))
    typer.echo(f"results: {folder / 'metrics.json'}, {folder / 'predictions.zarr'}")


def report(
    folder: Annotated[Path, typer.Argument(help="Run folder written by `dynsur run`.")],
) -> None:
    """Write the report of a run folder again."""
    from dynsur.core.reporting import write_report

    typer.echo(f"report: {write_report(folder)}")
