"""`dynsur report`: write the report of a run again."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    folder: Annotated[Path, typer.Argument(help="Run folder written by `dynsur run`.")],
) -> None:
    """Write the report of a run folder again."""
    from dynsur.core.reporting import write_report

    typer.echo(f"report: {write_report(folder)}")
