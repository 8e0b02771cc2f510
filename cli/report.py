"""`dynsur report`: write the report of a run again."""

from pathlib import Path
from typing import Annotated

import typer

from .console import print_json
from .options import AsJson


def report(
    folder: Annotated[Path, typer.Argument(help="Run folder written by `dynsur run`.")],
    as_json: AsJson = False,
) -> None:
    """Write the report of a run folder again, and say how accurate its model is.

    Example: dynsur report runs/vteam
    """
    from dynsur.core.files import read_json
    from dynsur.core.reporting import headline, write_report

    page = write_report(folder)
    metrics = read_json(folder / "metrics.json", absent={})
    if as_json:
        print_json({"report": page, "metrics": metrics})
        return
    for line in headline(metrics):
        print(line)
    print(f"report: {page}")
