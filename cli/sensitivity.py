"""`dynsur sensitivity`: which parameters matter."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from dynsur.core import DynsurError

from .console import print_json, table_console
from .merit import Read
from .options import (
    AsJson,
    Config,
    OfSystem,
    Scheduler,
    Seed,
    Settings,
    Target,
    Workers,
    parse_settings,
    worker_pool,
)

if TYPE_CHECKING:
    import xarray as xr
    from rich.table import Table

Of = Annotated[
    list[str],
    typer.Option("--of", metavar="MERIT", help="Figure of merit, e.g. on_off_ratio; repeatable."),
]
OverTime = Annotated[
    str | None,
    typer.Option("--over-time", metavar="OUTPUT", help="Output to analyse over time too."),
]
Where = Annotated[
    str | None,
    typer.Option(
        "--where",
        metavar="CONDITION",
        help='Systems that count, by figures of merit and parameters: "peak > 1e-6".',
    ),
]
Posterior = Annotated[
    Path | None,
    typer.Option(
        "--posterior",
        help="Store of draws, posterior.zarr of `dynsur fit`: systems are those draws instead of "
        "the whole box.",
    ),
]
Base = Annotated[
    int,
    typer.Option(
        "--base",
        min=64,
        help="Base samples, best a power of two; d free parameters need (d + 2) systems for each, "
        "and more for the Shapley effects.",
    ),
]
Linear = Annotated[
    bool,
    typer.Option(
        "--linear", help="Analyse figures that span decades as they are, not their logarithm."
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Folder for indices.csv and the pictures. An interrupted analysis keeps its answers "
        "there, and goes on when called again.",
    ),
]


def sensitivity(
    target: Target,
    of: Of = [],  # noqa: B006
    over_time: OverTime = None,
    where: Where = None,
    posterior: Posterior = None,
    settings: Settings = [],  # noqa: B006
    config: Config = None,
    base: Base = 1024,
    seed: Seed = 0,
    read: Read = None,
    linear: Linear = False,
    system: OfSystem = False,
    workers: Workers = None,
    scheduler: Scheduler = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Rank the parameters by what they contribute to figures of merit, and to an output over time.

    Prints first-order and total Sobol indices and Shapley effects with 95 % confidence, from the
    bootstrap and from the model's error.

    Example: dynsur sensitivity runs/vteam --of current_on_off_ratio --of energy --out ranking

    Example: dynsur sensitivity reram --of peak --where "peak > 1e-6" --over-time current
    """
    from dynsur.core.response import open_responder
    from dynsur.core.sensitivity import read_draws
    from dynsur.core.sensitivity import sensitivity as analysed

    from .display import RichDisplay

    if out is not None and out.exists() and not out.is_dir():
        raise DynsurError(f"'{out}' is a file; choose a folder for --out.")
    responder = open_responder(target, parse_settings(settings, config), system=system)
    draws = None if posterior is None else read_draws(posterior, responder.space)
    with RichDisplay(as_json) as display, worker_pool(scheduler, workers) as client:
        found = analysed(
            responder,
            of,
            over_time=over_time or "",
            where=where or "",
            draws=draws,
            base=base,
            seed=seed,
            read=read,
            linear=linear,
            client=client,
            progress=display.asked,
            folder=out,
        )
    _finish(found, out, as_json)


def _finish(found: "xr.Dataset", out: Path | None, as_json: bool) -> None:
    """Write and print indices."""
    from dynsur.core.sensitivity import index_rows, write_indices

    written = write_indices(found, out) if out is not None else []
    if as_json:
        print_json({**found.attrs, "indices": index_rows(found), "files": written})
        return
    console = table_console(markup=False)
    for i in [i for i in range(found.sizes["quantity"]) if not found["phase"].values[i] >= 0]:
        console.print(_ranking(found.isel(quantity=i)))
    _tell(found)
    for path in written:
        typer.echo(f"wrote {path}")


def _ranking(row: "xr.Dataset") -> "Table":
    from rich.table import Table

    name, scale, method = (row[k].item() for k in ("quantity", "scale", "method"))
    about = {
        "box": "all systems of the box",
        "subset": f"{row['share'].item():.1%} of the systems",
        "posterior": "draws of the posterior",
    }[method]
    table = Table(title=f"{name}, {scale}: {about}", title_justify="left")
    table.add_column("parameter", no_wrap=True)
    for column in ("Shapley", "first order", "total"):
        table.add_column(column, no_wrap=True)
    for j in row["shapley"].values.argsort()[::-1]:
        table.add_row(str(row["parameter"].values[j]), *(_cell(row, kind, j) for kind in (
            "shapley", "first", "total")))  # fmt: skip
    return table


def _cell(row: "xr.Dataset", kind: str, j: int) -> str:
    errors = [row[f"{kind}_{of}"].values[j] for of in ("sampling", "model")]
    return f"{row[kind].values[j]:.3f} ± {1.96 * (errors[0] ** 2 + errors[1] ** 2) ** 0.5:.3f}"


def _tell(found: "xr.Dataset") -> None:
    attrs: dict[str, Any] = found.attrs
    typer.echo(f"{attrs['systems']} systems by {attrs['answers_by']}; 95 % confidence", err=True)
    if attrs["unfamiliar"]:
        typer.echo(
            f"outside of the training: {attrs['unfamiliar']} of {attrs['systems']} systems",
            err=True,
        )
    fixed = float(found["fixed"].max())
    if fixed > 0.02:
        typer.echo(
            f"{fixed:.1%} of the redrawn systems found no other that meets the condition and count "
            "as unchanged: total indices and Shapley effects are too small by up to that share",
            err=True,
        )
