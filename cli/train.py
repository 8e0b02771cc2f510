"""`dynsur train`: train a surrogate on an existing store."""

from pathlib import Path
from typing import Annotated

import typer
from dynsur.core.registry import host
from dynsur.core.store import store_in

from .console import print_json
from .options import (
    AsJson,
    Config,
    Epochs,
    Quiet,
    Seed,
    Settings,
    StoreOrRun,
    parse_settings,
)


def train(
    store: StoreOrRun,
    epochs: Epochs = None,
    seed: Seed = 0,
    out: Annotated[Path, typer.Option("--out", help="Model folder to write.")] = Path("model"),
    settings: Settings = [],  # noqa: B006
    config: Config = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Train a surrogate on a store; when called again, the command resumes.

    Example: dynsur train vteam.zarr --out model
    """
    from dynsur.core.files import read_json
    from dynsur.core.registry import configure, recorded_in
    from dynsur.core.store import open_store
    from dynsur.core.workflow import train_alone

    from .display import RichDisplay

    location = store_in(store)
    data = open_store(location)
    setup = configure(
        host(),
        str(data.attrs["system"]),
        parse_settings(settings, config, epochs),
        data.sizes["sample"],
        seed,
        recorded_in(data.attrs),
    )
    with RichDisplay(quiet) as display:
        train_alone(setup, location, out, display)
    history = read_json(out / "history.json")
    best = min(history, key=lambda epoch: epoch["validation"])
    if as_json:
        print_json({"model": out, "epochs": len(history), "best": best, "history": history})
        return
    print(
        f"loss on the validation part: {best['validation']:.3g} after epoch {best['epoch']} of "
        f"{len(history)}"
    )
    print(f"model: {out}; `dynsur evaluate {out} {store}` says how accurate it is")
