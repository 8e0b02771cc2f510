"""`dynsur plugins`: list plugins, show a system's parameters, and check a plugin."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer
from dynsur.core import DynsurError, Simulator
from dynsur.core.registry import host
from typer.core import TyperGroup

KINDS = ("simulators", "datasets", "models", "losses", "experiments")
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
    subcommand_metavar="[SYSTEM | COMMAND [ARGS]...]",
)


@app.callback()
def plugins(context: typer.Context) -> None:
    """List the offers of all plugins, or the parameters of a SYSTEM.

    Example: dynsur plugins reram
    """
    if context.invoked_subcommand is None:
        from rich.console import Console

        console = Console()
        console.print(_offers())
        for fault in _faults():
            console.print(fault, style="yellow", markup=False, soft_wrap=True)


@app.command()
def show(system: Annotated[str, typer.Argument(help="Name of the system.")]) -> None:
    """List the parameters of a system with default, range, unit and scale."""
    from rich.console import Console

    Console().print(_parameters(host().simulator(system)))


@app.command()
def check(name: Name) -> None:
    """Check that a system, dataset, model or loss keeps its promises; exit with 2 if it does not.

    A system is also run end to end on 12 samples in a worker process. A plugin's own tests can
    import the same checks from dynsur.core.conformance.

    Example: dynsur plugins check reram
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=f"Promises of {name}")
    for heading in ("kind", "promise", "kept"):
        table.add_column(heading)
    failures = []
    console = Console()
    with console.status("checking"):
        for kind, result in _checked(name):
            kept = "[red]no[/]" if result.failure else "[green]yes[/]"
            table.add_row(kind, escape(result.promise), kept)
            failures += [result.failure] if result.failure else []
    console.print(table)
    for failure in failures:
        console.print(failure, markup=False, soft_wrap=True)
    if failures:
        count = "1 promise" if len(failures) == 1 else f"{len(failures)} promises"
        raise DynsurError(
            f"'{name}' does not keep {count} of a plugin; each line above says which."
        )


def _checked(name: str) -> Iterator[tuple[str, Any]]:
    from dynsur.core.conformance import CHECKS, results

    offered = {kind: host().offers(f"dynsur_{kind}") for kind in CHECKS}
    if not any(name in offers for offers in offered.values()):
        for kind in CHECKS:
            for clash in filter(None, [host().clashes(f"dynsur_{kind}").get(name)]):
                raise clash
        names = {n for offers in offered.values() for n in offers}
        raise host().unknown("system, dataset, model or loss", name, names)
    for kind, offers in offered.items():
        if name in offers:
            yield from ((kind, result) for result in results(kind, offers[name].value))


def _faults() -> list[str]:
    """Return a line for each name that is offered twice and for each broken plugin."""
    clashes = [str(e) for kind in KINDS for e in host().clashes(f"dynsur_{kind}").values()]
    return [*clashes, *map(str, host().broken)]


def _offers() -> object:
    from rich.markup import escape
    from rich.table import Table

    table = Table(title="Offered by plugins")
    for heading in ("kind", "name", "description", "plugin", "distribution"):
        table.add_column(heading)
    for kind in KINDS:
        for offer in host().offers(f"dynsur_{kind}").values():
            description = escape(str(offer.value.description))
            table.add_row(kind, offer.name, description, offer.plugin, offer.distribution)
    return table


def _parameters(simulator: Simulator) -> object:
    from rich.table import Table

    table = Table(title=f"Parameters of {simulator.name}: {simulator.description}")
    for heading in ("name", "default", "range", "unit", "scale", "what"):
        table.add_column(heading, overflow="fold")
    for p in simulator.space:
        span = f"{p.low:g}" if p.is_fixed else f"{p.low:g} … {p.high:g}"
        table.add_row(p.name, f"{p.value:g}", span, p.units, p.scale, p.long_name)
    return table
