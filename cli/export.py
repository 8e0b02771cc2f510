"""`dynsur export`: finished samples in other formats."""

from pathlib import Path
from typing import Annotated

import typer

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

    from .simulate import refuse_existing

    refuse_existing(out, force)
    count = write(store_in(store), out)
    typer.echo(f"wrote {count} samples to {out}")
