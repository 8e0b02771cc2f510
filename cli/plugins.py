"""`dynsur plugins`: what is installed, and a system's parameters."""

from typing import Annotated

import typer
from dynsur.core import Simulator
from dynsur.core.host import host


def plugins(
    system: Annotated[str | None, typer.Argument(help="Show this system's parameters.")] = None,
) -> None:
    """List systems and what else plugins offer, or one system's parameters."""
    from rich.console import Console

    console = Console()
    if system is not None:
        console.print(_parameters(host().simulator(system)))
        return
    console.print(_offers())
    for broken in host().broken:
        console.print(str(broken), style="yellow", markup=False)


def _offers() -> object:
    from rich.table import Table

    table = Table(title="Offered by plugins")
    for heading in ("kind", "name", "description", "plugin", "distribution"):
        table.add_column(heading)
    for kind in ("simulators", "datasets", "models", "losses", "experiments"):
        for offer in host().offers(f"dynsur_{kind}").values():
            table.add_row(
                kind, offer.name, offer.value.description, offer.plugin, offer.distribution
            )
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
