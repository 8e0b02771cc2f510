"""`dynsur evaluate`: evaluate a model on simulations that its training did not see."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from dynsur.core.store import store_in

from .console import print_json, table_console
from .options import AsJson, ModelFolder, Quiet, StoreOrRun

if TYPE_CHECKING:
    from rich.table import Table


def evaluate(
    model: ModelFolder,
    store: StoreOrRun,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of the results; by default the model's.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace results that no evaluation has written.")
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Evaluate a model on the samples of its store that were held out of its training.

    Example: dynsur evaluate runs/vteam runs/vteam
    """
    from dynsur.core.workflow import evaluate_alone

    from .display import RichDisplay

    folder = out or model
    with RichDisplay(quiet) as display:
        metrics = evaluate_alone(model, store_in(store), folder, display, force=force)
    if as_json:
        print_json(metrics)
        return
    _print(metrics)
    print(f"results: {folder / 'metrics.json'}, {folder / 'predictions.zarr'}")


def _print(metrics: dict[str, Any]) -> None:
    from dynsur.core.reporting import accuracy_tables, headline

    console = table_console()
    for title, columns, rows in accuracy_tables(metrics):
        console.print(_table(title, columns, rows))
    for line in headline(metrics):
        print(line)


def _table(title: str, columns: list[str], rows: list[tuple[str, list[str]]]) -> "Table":
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(
        title=escape(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False,
        show_edge=False, padding=0,  # so that 80 characters suffice
    )  # fmt: skip
    for place, heading in enumerate(["median of held-out curves", *columns]):
        table.add_column(escape(heading), justify="right" if place else "left")
    for name, cells in rows:
        table.add_row(name, *cells)
    return table
