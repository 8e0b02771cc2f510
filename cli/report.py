"""`dynsur report`: write the report of a run again."""

from pathlib import Path
from typing import Annotated

import typer
from dynsur.core import DynsurError

from .console import print_json
from .options import AsJson


def report(
    folder: Annotated[
        Path, typer.Argument(help="Run folder written by `dynsur run`, or a model folder.")
    ],
    store: Annotated[
        Path | None,
        typer.Option(
            "--store", help="Store on which the model in a model folder was trained and evaluated."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the report of a run folder again, or of a model, and say how accurate it is.

    Example: dynsur report runs/vteam
    """
    from dynsur.core.files import read_json
    from dynsur.core.reporting import headline, write_report

    if store is None and not (folder / "data.zarr").exists() and (folder / "model.json").exists():
        raise DynsurError(
            f"'{folder}' holds a model without its store; give --store STORE, on which it was "
            "trained."
        )
    page = write_report(folder, store)
    metrics = read_json(folder / "metrics.json", absent={})
    if as_json:
        print_json({"report": page, "metrics": metrics})
        return
    for line in headline(metrics):
        print(line)
    print(f"report: {page}")
