"""`dynsur export`: finished samples in other formats."""

from pathlib import Path
from typing import Annotated

import typer
from dynsur.core import DynsurError

from .options import StoreOrRun, store_in


def export(
    store: StoreOrRun,
    out: Annotated[Path, typer.Argument(help="File to write: OUT.nc or OUT.parquet.")],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Write the finished samples as netCDF, or their parameters and figures of merit as parquet.

    Example: dynsur export runs/reram devices.parquet
    """
    from dynsur.core.export import export as write

    if out.exists() and not force:
        raise DynsurError(f"'{out}' exists; choose another file or give --force to replace it.")
    count = write(store_in(store), out)
    typer.echo(f"wrote {count} samples to {out}")
