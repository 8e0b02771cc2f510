"""`dynsur merge`: stores of one system combined."""

from pathlib import Path
from typing import Annotated

import typer
from dynsur.core.numbers import count
from dynsur.core.store import store_in


def merge(
    stores: Annotated[
        list[str],
        typer.Argument(metavar="STORE...", help="Zarr stores or their URLs, or run folders."),
    ],
    out: Annotated[Path, typer.Option("--out", help="Zarr store to write; must not exist.")],
) -> None:
    """Combine stores of one system, made with other seeds or numbers of samples.

    Each sample keeps its seed and index, by which `dynsur verify` checks it. Of samples of the same
    seed and index one is kept.

    Example: dynsur merge first.zarr second.zarr --out both.zarr
    """
    from dynsur.core.workflow import merge_checked

    done = merge_checked([store_in(store) for store in stores], out)
    left_out = f"; left out {done.dropped} of the same seed and index" if done.dropped else ""
    typer.echo(f"store: {out}, {count(done.samples, 'sample')}{left_out}")
