"""`dynsur fit`: find the device whose response was measured."""

from pathlib import Path
from typing import Annotated

import typer
from dynsur.core import DynsurError

from .console import print_json
from .options import (
    AsJson,
    Config,
    OfSystem,
    Quiet,
    Scheduler,
    Settings,
    Target,
    Workers,
    connector,
    parse_settings,
)

Loops = Annotated[
    list[Path],
    typer.Option(
        "--measured",
        help="Table of a measured loop with time, inputs and outputs; repeatable for several "
        "loops of one device. See docs/data-in.md.",
    ),
]
Columns = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="NAME=COLUMN,…",
        help="Which columns of the files hold what, e.g. time=1,voltage=2,current=3:mA; of several "
        "sweeps in a file sweep=2.",
    ),
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        metavar="NAME,…",
        help="Which outputs were measured: those that the files name, else the first one.",
    ),
]
Noise = Annotated[
    list[str],
    typer.Option(
        "--noise",
        metavar="KIND=VALUE",
        help="Known standard deviation of the noise: relative=0.02 of the output, absolute=1e-9 "
        "in its unit, absolute.NAME=1e-9 of one of several. What is not given is estimated.",
    ),
]
Nuisance = Annotated[
    str,
    typer.Option(
        "--nuisance",
        metavar="NAME,…",
        help="What is estimated beside the device: series-resistance, offset, area.",
    ),
]
Checks = Annotated[
    int, typer.Option("--checks", help="Draws that the solver simulates again; 0 for none.")
]

Rounds = Annotated[
    int,
    typer.Option(
        "--rounds",
        help="How often at most simulations correct the model near the posterior; 0 for never.",
    ),
]


def fit(
    target: Target,
    loops: Loops,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of the fit.")] = None,
    columns: Columns = None,
    output: Output = None,
    settings: Settings = [],  # noqa: B006
    config: Config = None,
    noise: Noise = [],  # noqa: B006
    nuisance: Nuisance = "",
    particles: Annotated[int, typer.Option("--particles", help="Draws of each chain.")] = 500,
    chains: Annotated[int, typer.Option("--chains", help="Independent chains.")] = 2,
    checks: Checks = 300,
    rounds: Rounds = 4,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of all draws.")] = 0,
    system: OfSystem = False,
    workers: Workers = None,
    scheduler: Scheduler = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Find which device it is: fit measured loops, and say what they determine and what not.

    The ranges of the parameters are the prior; --set narrows them or fixes what is known. When
    called again, the command goes on where it was.

    Example: dynsur fit vteam --measured loop.csv --set x_0=0.1 --out fits/loop
    """
    from dynsur.core.inference import FitOptions, question, read_loops, write_fit_page
    from dynsur.core.inference import fit as fit_all
    from dynsur.core.response import open_responder

    from .display import RichDisplay

    responder = open_responder(target, parse_settings(settings, config), system=system)
    options = FitOptions(particles, chains, checks, seed, rounds)
    outputs = [name.strip() for name in output.split(",") if name.strip()] if output else None
    records = [read_loops(path, responder.simulator, columns, outputs) for path in loops]
    found = [loop for record in records for loop in record]
    for record in records:
        typer.echo(record[0].summary, err=True)
    wanted = [name for name in nuisance.split(",") if name]
    likelihood = question(responder, found, _noise(noise), wanted)
    folder = out or Path("fits") / loops[0].stem
    with RichDisplay(quiet=quiet) as display:
        result = fit_all(
            likelihood,
            folder,
            connector(scheduler, workers),
            options,
            display.stage,
            display.counted,
        )
        display.stage("writing the report")
        page = write_fit_page(result, folder)
    if as_json:
        print_json({**result.summary, "report": page})
        return
    typer.echo(result.summary["in_words"])
    typer.echo(f"report: {page}")


def _noise(texts: list[str]) -> dict[str, float]:
    values = {}
    for text in texts:
        kind, sign, value = text.partition("=")
        try:
            values[kind.strip()] = float(value)
        except ValueError:
            sign = ""
        if not sign:
            raise DynsurError(f"--noise takes relative=SHARE or absolute=VALUE; got '{text}'.")
    return values
