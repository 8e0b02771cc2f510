"""`dynsur report`: write the report of a run again."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    folder: Annotated[Path, typer.Argument(help="Run folder written by `dynsur run`.")],
) -> None:
    """Write the report of a run folder again, and say how accurate its model is.

    Example: dynsur report runs/vteam
    """
    from dynsur.core.files import read_json
    from dynsur.core.reporting import headline, write_report

    page = write_report(folder)
    for line in headline(read_json(folder / "metrics.json", absent={})):
        print(line)
    print(f"report: {page}")
