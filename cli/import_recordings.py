"""`dynsur import`: make a store of recorded data."""

from pathlib import Path
from typing import Annotated

import typer
from dynsur.core import DynsurError
from dynsur.core.numbers import count

from .console import print_json
from .options import AsJson, Quiet

SHOWN = 5  # summaries of files


Files = Annotated[
    list[Path],
    typer.Argument(metavar="FOLDER|FILES", help="Files, each a record, or folders of such files."),
]
Inputs = Annotated[
    str,
    typer.Option("--inputs", metavar="NAME,…", help="What drove the system, e.g. voltage."),
]
Outputs = Annotated[
    str,
    typer.Option("--outputs", metavar="NAME,…", help="What was measured, e.g. current."),
]
Table = Annotated[
    Path | None,
    typer.Option(
        "--table",
        help="Table of the records' parameters: a row for each, with a column of the files' "
        "names or in their order, and units in the header, e.g. 'R_on (ohm)'.",
    ),
]
Columns = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="NAME=COLUMN,…",
        help="Which column of the files holds what, by name or number from 1, with a unit "
        "where the file has none: voltage=V1:V,current=3:mA. Without a clock step=0.01 (s).",
    ),
]
Resample = Annotated[
    str | None,
    typer.Option(
        "--resample",
        metavar="SECONDS",
        help="Resample all records onto a clock of this interval, along straight lines; the "
        "error is recorded. By default the recorded instants are kept, and shorter records "
        "are padded.",
    ),
]


def import_recordings(
    files: Files,
    inputs: Inputs,
    outputs: Outputs,
    out: Annotated[Path, typer.Option("--out", help="Zarr store to write; must not exist.")],
    table: Table = None,
    columns: Columns = None,
    resample: Resample = None,
    name: Annotated[
        str, typer.Option("--name", help="Name of the system; by default that of the store.")
    ] = "",
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Make a store of recorded data, which models are trained on as on simulations.

    Example: dynsur import sweeps/ --table devices.csv --inputs voltage --outputs current
    --out cells.zarr
    """
    from dynsur.core.recordings import import_files

    made = import_files(
        files,
        out,
        inputs=_names(inputs),
        outputs=_names(outputs),
        table=table,
        columns=columns,
        resample=_seconds(resample),
        name=name,
    )
    if not quiet:
        for line in made.summaries[:SHOWN]:
            typer.echo(line, err=True)
        if made.records > SHOWN:
            typer.echo(f"and {made.records - SHOWN} more", err=True)
    if as_json:
        about = {"store": out, "system": made.system.name, "records": made.records}
        print_json({**about, "clock": made.clock})
        return
    typer.echo(f"{count(made.records, 'record')} of {made.system.name}: {made.clock}")
    typer.echo(f"store: {out}")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        raise DynsurError(f"--resample takes an interval in s, e.g. 0.01; got '{text}'.") from None
