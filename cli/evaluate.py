"""`dynsur evaluate`: evaluate a model on simulations that its training did not see."""

import json
from pathlib import Path
from typing import Annotated

import typer

from .options import ModelFolder, StoreOrRun, store_in


def evaluate(
    model: ModelFolder,
    store: StoreOrRun,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of the results; by default the model's.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace results that no evaluation has written.")
    ] = False,
) -> None:
    """Evaluate a model on the samples of its store that were held out of its training."""
    from dynsur.core.workflow import evaluate_alone

    from .display import RichDisplay

    folder = out or model
    with RichDisplay() as display:
        metrics = evaluate_alone(model, store_in(store), folder, display, force=force)
    typer.echo(json.dumps(metrics, indent=1))
    typer.echo(f"results: {folder / 'metrics.json'}, {folder / 'predictions.zarr'}")
