"""`dynsur plugins`: list what plugins offer, show one of the parts, and check a plugin."""

import dataclasses
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from dynsur.core import DynsurError
from dynsur.core.numbers import count
from dynsur.core.registry import KINDS, Part, host, parts
from typer.core import TyperGroup

from .console import print_json, table_console
from .options import AsJson
from .show import show

HEADINGS = {
    "system": "Systems, for `dynsur simulate` and `dynsur run`",
    "experiment": "Experiments, for `dynsur run`: systems with a model chosen for them",
    "model": "Models, for --set model=NAME",
    "dataset": "Datasets, for --set dataset=NAME",
    "loss": "Losses, for --set loss=NAME",
}
Name = Annotated[str, typer.Argument(help="Name of a system, dataset, model or loss.")]


class _SystemOrCommand(TyperGroup):
    """Accepts `dynsur plugins reram` as short for `dynsur plugins show reram`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        shortened = len(args) == 1 and args[0] not in self.commands
        return super().resolve_command(ctx, ["show", *args] if shortened else args)


app = typer.Typer(
    cls=_SystemOrCommand,
    invoke_without_command=True,
    rich_markup_mode=None,
    subcommand_metavar="[NAME | COMMAND [ARGS]...]",
)


@app.callback()
def plugins(
    context: typer.Context,
    as_json: AsJson = False,
) -> None:
    """List everything that plugins offer, or the settings of one NAME.

    Example: dynsur plugins vteam
    """
    if context.invoked_subcommand is not None:
        return

    offered = parts(host())
    if as_json:
        print_json([_as_json(part) for part in offered])
        return
    console = table_console()
    for kind, heading in HEADINGS.items():
        console.print(_listed(heading, [part for part in offered if part.kind == kind]))
    console.print("`dynsur show NAME` prints the settings of any of them.", markup=False)
    for fault in _faults():
        console.print(fault, style="yellow", markup=False, soft_wrap=True)


app.command(name="show")(show)


@app.command()
def check(name: Name, as_json: AsJson = False) -> None:
    """Check that a system, dataset, model or loss keeps its promises; exit with 2 if it does not.

    A system is also run end to end on 12 samples in a worker process. A plugin's own tests can
    import the same checks from dynsur.core.conformance.

    Example: dynsur plugins check reram
    """
    console = table_console(stderr=as_json)
    with console.status("checking"):
        checked = list(_checked(name))
    failures = [result.failure for _, result in checked if result.failure]
    if as_json:
        print_json([{"kind": kind, **dataclasses.asdict(result)} for kind, result in checked])
    else:
        console.print(_kept(name, checked))
        for failure in failures:
            console.print(failure, markup=False, soft_wrap=True)
    if failures:
        raise DynsurError(
            f"'{name}' does not keep {count(len(failures), 'promise')} of a plugin; the lines "
            "above say which."
        )


def _kept(name: str, checked: list[tuple[str, Any]]) -> object:
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=f"Promises of {name}")
    for heading in ("kind", "promise", "kept"):
        table.add_column(heading)
    for kind, result in checked:
        kept = "[red]no[/]" if result.failure else "[green]yes[/]"
        table.add_row(kind, escape(result.promise), kept)
    return table


def _checked(name: str) -> Iterator[tuple[str, Any]]:
    from dynsur.core.conformance import CHECKS, results

    offered = {kind: host().offers(f"dynsur_{kind}") for kind in CHECKS}
    if not any(name in offers for offers in offered.values()):
        for kind in CHECKS:
            for clash in filter(None, [host().clashes(f"dynsur_{kind}").get(name)]):
                raise clash
        names = {n for offers in offered.values() for n in offers}
        raise host().unknown("system, dataset, model or loss", name, names)
    words = {hook.removeprefix("dynsur_"): kind for kind, hook in KINDS.items()}
    for kind, offers in offered.items():
        if name in offers:
            yield from ((words[kind], result) for result in results(kind, offers[name].value))


def _faults() -> list[str]:
    """Return a line for each name that is offered twice and for each broken plugin."""
    clashes = [str(e) for hook in KINDS.values() for e in host().clashes(hook).values()]
    return [*clashes, *map(str, host().broken)]


def _as_json(part: Part) -> dict[str, str]:
    named = ("kind", "name", "description", "distribution")
    return {name: getattr(part, name) for name in named}


def _listed(heading: str, offered: list[Part]) -> object:
    from rich.markup import escape
    from rich.table import Table

    foreign = any(not part.distribution.startswith("dynsur ") for part in offered)
    table = Table(title=escape(heading), title_justify="left", box=None, pad_edge=False)
    for column in ("name", "what it is", *(["from"] if foreign else [])):
        table.add_column(column, overflow="fold", no_wrap=column == "name")
    for part in offered:
        table.add_row(part.name, escape(part.description), part.distribution if foreign else None)
    return table
