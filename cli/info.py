"""`dynsur info`: what a store holds."""

from pathlib import Path
from typing import Annotated

import typer


def info(
    store: Annotated[Path, typer.Argument(help="Zarr store, or a run folder that holds one.")],
) -> None:
    """Show provenance, sizes, failures and the content's hash of a store."""
    from dynsur.core.store import describe
    from rich.console import Console
    from rich.table import Table

    inner = store / "data.zarr"
    table = Table(title=str(store), show_header=False)
    for key, value in describe(inner if inner.exists() else store).items():
        if isinstance(value, dict):
            value = ", ".join(f"{count} {name}" for name, count in value.items() if count)
        table.add_row(key, str(value))
    Console().print(table)
