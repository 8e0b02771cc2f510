"""`dynsur merit`: the figures of merit of a store."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from dynsur.core import DynsurError
from dynsur.core.numbers import count
from dynsur.core.store import store_in

from .console import print_json, table_console
from .export import Force, refuse_existing
from .options import AsJson, StoreOrRun

if TYPE_CHECKING:
    from dynsur.core.store import Quantiles
    from rich.table import Table

Read = Annotated[
    float | None,
    typer.Option(
        "--read",
        metavar="INPUT",
        help="Input at which states are read, in its unit, negative for the negative side; by "
        "default 0.2 of each loop's largest input.",
    ),
]


def merit(
    store: StoreOrRun,
    of: Annotated[
        list[str],
        typer.Option(
            "--of",
            metavar="MERIT",
            help="Figure of merit to show, e.g. on_off_ratio or current_on_off_ratio; repeatable. "
            "By default all that apply.",
        ),
    ] = [],  # noqa: B006
    read: Read = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Table to write, OUT.csv or OUT.parquet: a row for each sample with its "
            "parameters and figures of merit.",
        ),
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Show the figures of merit of a store's samples: peak, on/off ratio, switching inputs, ….

    Example: dynsur merit runs/reram --read 0.5 --out merits.csv
    """
    from dynsur.core.store import merit_table, quantiles_of, write_table

    if out is not None:
        refuse_existing(out, force)
        if out.suffix not in (".csv", ".parquet"):
            raise DynsurError(f"--out '{out}' must end in .csv or .parquet.")
    table = merit_table(store_in(store), read=read, of=of or None)
    rows = quantiles_of(table)
    if not as_json:
        table_console(markup=False).print(_spread(rows, table.sizes["sample"]))
    if out is not None:
        write_table(table, out)
    if as_json:
        print_json(_described(rows, table.sizes["sample"], out))
    elif out is not None:
        typer.echo(f"wrote {count(table.sizes['sample'], 'sample')} to {out}")


def _described(rows: "list[Quantiles]", samples: int, out: Path | None) -> dict[str, Any]:
    from dynsur.core.store import QUANTILES

    merits = {
        row.name: {
            "units": row.units,
            "what": row.long_name,
            "defined": row.defined,
            "quantiles": {f"{q:g}": v for q, v in zip(QUANTILES, row.values, strict=False)},
        }
        for row in rows
    }
    return {"samples": samples, "merits": merits, **({"out": out} if out else {})}


def _spread(rows: "list[Quantiles]", samples: int) -> "Table":
    from dynsur.core.reporting import unit_text
    from dynsur.core.store import QUANTILES
    from rich.table import Table

    table = Table(title=f"Figures of merit of {count(samples, 'sample')}", title_justify="left")
    table.add_column("name", no_wrap=True)
    for column in ("unit", *(f"{q:.0%}" for q in QUANTILES), "defined"):
        table.add_column(column, overflow="fold")
    for row in rows:
        cells = [f"{value:.3g}" for value in row.values] or [""] * len(QUANTILES)
        table.add_row(row.name, unit_text(row.units), *cells, str(row.defined))
    return table
