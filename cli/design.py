"""`dynsur design`: what to build."""

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
    connector,
    parse_settings,
    worker_pool,
)

if TYPE_CHECKING:
    from dynsur.core.design import Candidates
    from dynsur.core.response import Responder

Maximise = Annotated[
    list[str],
    typer.Option(
        "--maximise",
        metavar="NUMBER",
        help="Figure of merit to make large, or a formula of them; repeatable.",
    ),
]
Minimise = Annotated[
    list[str],
    typer.Option(
        "--minimise",
        metavar="NUMBER",
        help="Figure of merit to make small, or a formula of them; repeatable.",
    ),
]
SubjectTo = Annotated[
    list[str],
    typer.Option(
        "--subject-to",
        metavar="CONDITION",
        help='What a design must meet, by figures of merit and parameters: "peak < 1e-3"; '
        "repeatable.",
    ),
]
Robust = Annotated[
    bool,
    typer.Option("--robust", help="Judge each design at the worse end of the model's band."),
]
Population = Annotated[
    int, typer.Option("--population", min=4, help="Number of designs in a generation.")
]
Generations = Annotated[int, typer.Option("--generations", min=1, help="Number of generations.")]
Points = Annotated[
    int | None,
    typer.Option(
        "--points",
        min=1,
        help="Points of the front that are simulated and kept, spread over it; all by default.",
    ),
]
Refine = Annotated[
    bool,
    typer.Option(
        "--refine",
        help="Add simulations near the front and train again until model and solver agree; needs a "
        "run folder and --out, and continues there if it is interrupted.",
    ),
]
Rounds = Annotated[
    int, typer.Option("--rounds", min=1, help="Trainings that --refine adds at most.")
]
Near = Annotated[
    int, typer.Option("--near", min=8, help="Simulations near the front that each round adds.")
]
Agree = Annotated[
    float,
    typer.Option(
        "--agree",
        metavar="SHARE",
        help="Largest relative deviation of the model from the solver that counts as agreement.",
    ),
]
Out = Annotated[
    Path | None, typer.Option("--out", help="Folder for front.csv, the picture and report.html.")
]


def design(
    target: Target,
    maximise: Maximise = [],  # noqa: B006
    minimise: Minimise = [],  # noqa: B006
    subject_to: SubjectTo = [],  # noqa: B006
    settings: Settings = [],  # noqa: B006
    config: Config = None,
    robust: Robust = False,
    population: Population = 100,
    generations: Generations = 100,
    points: Points = None,
    seed: Seed = 0,
    read: Read = None,
    system: OfSystem = False,
    refine: Refine = False,
    rounds: Rounds = 5,
    near: Near = 128,
    agree: Agree = 0.05,
    workers: Workers = None,
    scheduler: Scheduler = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Search the designs that no other beats, under constraints, and simulate each of them.

    The parameters that --set does not fix may vary.

    Example: dynsur design runs/vteam --maximise current_on_off_ratio --minimise energy
    --subject-to "current_peak < 1e-2" --set p=2 --out designs
    """
    from dynsur.core.design import Candidates, read_goals
    from dynsur.core.response import open_responder

    _refuse_unusable(refine, out, system, agree)
    given = parse_settings(settings, config)

    def ask(responder: "Responder") -> "Candidates":
        goals = read_goals(responder, maximise, minimise, subject_to, read)
        return Candidates(responder, goals, robust)

    search: dict[str, Any] = {
        "population": population, "generations": generations, "points": points,
    }  # fmt: skip
    told = ""
    if refine and out is not None:
        folder, effort = out, {"rounds": rounds, "near": near, "tolerance": agree}
        pool = connector(scheduler, workers)
        front, told = _refined(target, folder, ask, given, pool, effort | {"seed": seed} | search)
    else:
        from dynsur.core.design import design as search_front

        from .display import RichDisplay

        candidates = ask(open_responder(target, given, system=system))
        with RichDisplay(as_json) as display, worker_pool(scheduler, workers) as client:
            front = search_front(
                candidates, seed=seed, client=client, progress=display.searched, **search
            )
    _finish(front, told, out, as_json)


def _refuse_unusable(refine: bool, out: Path | None, system: bool, agree: float) -> None:
    if refine and out is None:
        raise DynsurError("--refine works in a folder; give one by --out.")
    if refine and system:
        raise DynsurError("--refine trains a model; leave --system out.")
    if not 0.0 < agree < 1.0:
        raise DynsurError(f"--agree must lie between 0 and 1; got {agree:g}.")
    if out is not None and out.exists() and not out.is_dir():
        raise DynsurError(f"'{out}' is a file; choose a folder for --out.")


def _refined(
    target: str, out: Path, ask: Any, given: dict[str, Any], pool: Any, options: dict[str, Any]
) -> tuple[Any, str]:
    """Refine the model of a run in a folder; return the last front and how it went."""
    from dynsur.core.design import refine

    from .display import RichDisplay

    with RichDisplay() as display:
        found = refine(Path(target), out, ask, given, pool, display, **options)
    steps = " → ".join(f"{deviation:.1%}" for deviation in found.deviations)
    verdict = "agree" if found.agreed else "do not agree yet"
    told = f"model and solver {verdict} after {found.rounds} trainings; largest deviation: {steps}"
    return found.front, told


def _finish(front: Any, told: str, out: Path | None, as_json: bool) -> None:
    """Write and print a front, and how its refinement went."""
    from dynsur.core.design import front_rows, write_front

    written = write_front(front, out) if out is not None else []
    if as_json:
        print_json({**front.attrs, "refined": told, "designs": front_rows(front), "files": written})
        return
    if told:
        typer.echo(told)
    _show(front)
    for path in written:
        typer.echo(f"wrote {path}")


def _show(front: Any) -> None:
    from dynsur.core.design import headline
    from rich.table import Table

    table = Table(title=headline(front), title_justify="left")
    table.add_column("design", no_wrap=True)
    for name, aim in zip(front["objective"].values, front["aim"].values, strict=True):
        table.add_column(f"{aim} {name}: model", overflow="fold")
        table.add_column("solver", no_wrap=True)
    table.add_column("constraints, training", overflow="fold")
    for i in range(front.sizes["point"]):
        values = zip(front["predicted"].values[i], front["simulated"].values[i], strict=True)
        cells = [f"{value:.4g}" for pair in values for value in pair]
        table.add_row(str(i + 1), *cells, _remark(front, i))
    table_console(markup=False).print(table)


def _remark(front: Any, i: int) -> str:
    reason = str(front["reason"].values[i])
    broken = "" if front["met"].values[i] else reason or "broken by simulation"
    odd = "outside of the training" if front["unfamiliar"].values[i] else ""
    return ", ".join(filter(None, [broken, odd])) or "met"
