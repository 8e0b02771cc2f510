"""`dynsur verify`: check the contents of a store, and repair it."""

from typing import TYPE_CHECKING, Annotated

import typer
from dynsur.core.generation import TIME_LIMIT
from dynsur.core.numbers import count

from .options import Scheduler, StoreOrRun, TimeLimit, Workers, connector, store_in

if TYPE_CHECKING:
    from dynsur.core.generation import Fault

DAMAGED = 1
SHOWN = 20  # faults


def verify(
    store: StoreOrRun,
    repair: Annotated[
        bool, typer.Option("--repair", help="Simulate damaged and missing samples again.")
    ] = False,
    rerun: Annotated[
        int, typer.Option("--rerun", help="Finished samples to simulate again and compare.", min=0)
    ] = 8,
    workers: Workers = None,
    scheduler: Scheduler = None,
    time_limit: TimeLimit = TIME_LIMIT,
) -> None:
    """Read every chunk of a store, check its statuses and simulate some samples again.

    Parameters are part of the record: no repair changes those that can be read and that their
    simulation follows from. The exit code is 0 if the store has no faults, or none after a repair,
    and 1 otherwise.
    """
    from dynsur.core.generation import FOREIGN
    from dynsur.core.generation import verify as check
    from dynsur.core.registry import simulator_of
    from dynsur.core.workflow import repair_store, select

    from .display import RichDisplay

    location = store_in(store)
    _check_description(location, repair)
    simulator = simulator_of(select(location).attrs)
    found = check(location, simulator, rerun=rerun, time_limit=time_limit)
    typer.echo(
        f"read {count(found.chunks, 'chunk')}; {count(found.missing, 'sample')} missing; "
        f"simulated {count(found.rerun, 'sample')} again, {found.identical} identical"
    )
    _tell(found.faults)
    if repair and (found.faults or found.missing):
        with RichDisplay() as display:
            connect = connector(scheduler, workers)
            repair_store(location, simulator, found.faults, connect, display, time_limit=time_limit)
        found = check(location, simulator, rerun=rerun, time_limit=time_limit)
        _tell(found.faults)
    if found.faults:
        hint = "" if repair else f"; `dynsur verify {store} --repair` mends it"
        if all(fault.what == FOREIGN for fault in found.faults):
            hint = "; parameters are kept as they are; `dynsur merge` combines stores rightly"
        typer.echo(f"{location}: {count(len(found.faults), 'fault')}{hint}")
        raise typer.Exit(DAMAGED)
    typer.echo(f"{location}: nothing is wrong")


def _check_description(location: str, repair: bool) -> None:
    """Tell what is wrong with the zarr.json files of a store, and mend them if asked to."""
    from dynsur.core.store import description_faults, mend_description

    faults = description_faults(location)
    for line in faults:
        typer.echo(f"description: {line}")
    if not faults:
        return
    if not repair:
        typer.echo(f"{location}: cannot be read; `dynsur verify {location} --repair` mends it")
        raise typer.Exit(DAMAGED)
    mend_description(location)
    typer.echo("description: written anew from its copy")


def _tell(faults: "list[Fault]") -> None:
    for fault in faults[:SHOWN]:
        first, last = fault.samples[0], fault.samples[-1]
        samples = f"sample {first}" if first == last else f"samples {first} to {last}"
        typer.echo(f"{fault.variable}, {samples}: {fault.what}")
    if len(faults) > SHOWN:
        typer.echo(f"and {len(faults) - SHOWN} more")
