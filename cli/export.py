"""`dynsur export` and `dynsur export-model`: write samples and models in other formats."""

from pathlib import Path
from typing import Annotated

import typer
from dynsur.core import DynsurError
from dynsur.core.numbers import count
from dynsur.core.store import store_in

from .options import ModelFolder, StoreOrRun

Force = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]


def export(
    store: StoreOrRun,
    out: Annotated[Path, typer.Argument(help="File to write: OUT.nc or OUT.parquet.")],
    force: Force = False,
) -> None:
    """Write the finished samples as netCDF, or their parameters and figures of merit as parquet.

    Example: dynsur export runs/reram devices.parquet
    """
    from dynsur.core.store import export as write

    refuse_existing(out, force)
    written = write(store_in(store), out)
    typer.echo(f"wrote {count(written, 'sample')} to {out}")


def export_model(
    model: ModelFolder,
    out: Annotated[
        Path, typer.Argument(help="File to write: OUT.onnx, or OUT.pt2 for torch.export.load.")
    ],
    force: Force = False,
) -> None:
    """Write a trained model to one file that runs without dynsur, in physical units.

    Example: dynsur export-model runs/reram reram.onnx
    """
    from dynsur.core import Surrogate
    from dynsur.core.surrogate import export_model as write

    refuse_existing(out, force)
    surrogate = Surrogate.load(model)
    typer.echo(f"tracing {surrogate.model.name}, which takes up to a minute", err=True)
    deviation = write(surrogate, out)
    typer.echo(f"wrote {out}; its outputs differ from the model's by {deviation:.1g} of the range")


def refuse_existing(out: Path, force: bool) -> None:
    """Refuse a folder, and without --force an existing file."""
    if out.is_dir():
        raise DynsurError(f"'{out}' is a folder; choose a file.")
    if out.exists() and not force:
        raise DynsurError(f"'{out}' exists; choose another file or give --force to replace it.")
