"""`dynsur verify`: check the contents of a store, and repair it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer
from dynsur.core import DynsurError
from dynsur.core.generation import TIME_LIMIT
from dynsur.core.numbers import count
from dynsur.core.store import store_in

from .console import print_json
from .options import AsJson, Scheduler, StoreOrRun, TimeLimit, Workers, connector

if TYPE_CHECKING:
    from dynsur.core.generation import Fault, Findings
    from dynsur.core.registry import Recorded

DAMAGED = 1
SHOWN = 20  # faults


Repair = Annotated[
    bool, typer.Option("--repair", help="Simulate damaged and missing samples again.")
]
Rerun = Annotated[
    int | None,
    typer.Option(
        "--rerun",
        help="Finished samples to simulate again and compare; by default 8.",
        min=0,
        show_default=False,
    ),
]


def verify(
    store: StoreOrRun,
    repair: Repair = False,
    rerun: Rerun = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    time_limit: TimeLimit = TIME_LIMIT,
    as_json: AsJson = False,
) -> None:
    """Read every chunk of a store, check its statuses and simulate some samples again.

    Recordings cannot be simulated again; their values are compared with their checksum.

    Parameters are part of the record: no repair changes those that can be read and that their
    simulation follows from. The exit code is 0 if the store has no faults, or none after a repair,
    and 1 otherwise.
    """
    from dynsur.core.generation import RERUN
    from dynsur.core.generation import verify as check
    from dynsur.core.registry import Recorded, simulator_of
    from dynsur.core.workflow import repair_store, select

    from .display import RichDisplay

    location = store_in(store)
    tell = _silent if as_json else typer.echo
    description = _check_description(location, repair, tell)
    if description and not repair:
        if as_json:
            print_json({"store": location, "damaged": True, "description": description})
        raise typer.Exit(DAMAGED)
    simulator = simulator_of(select(location).attrs)
    if isinstance(simulator, Recorded):
        _verify_records(location, simulator, repair, rerun, as_json)
        return
    rerun = RERUN if rerun is None else rerun
    found = check(location, simulator, rerun=rerun, time_limit=time_limit)
    tell(
        f"read {count(found.chunks, 'chunk')}; {count(found.missing, 'sample')} missing; "
        f"simulated {count(found.rerun, 'sample')} again, {found.identical} identical"
    )
    _tell_faults(found.faults, tell)
    if repair and (found.faults or found.missing):
        with RichDisplay(as_json) as display:
            connect = connector(scheduler, workers)
            repair_store(location, simulator, found.faults, connect, display, time_limit=time_limit)
        found = check(location, simulator, rerun=rerun, time_limit=time_limit)
        _tell_faults(found.faults, tell)
    if as_json:
        print_json(_findings(location, description, found))
    tell(_verdict(location, store, found.faults, repair))
    if found.faults:
        raise typer.Exit(DAMAGED)


def _silent(text: str) -> None:
    """Take a line for a reader where a program reads."""


def _verify_records(
    location: str, system: "Recorded", repair: bool, rerun: int | None, as_json: bool
) -> None:
    """Verify a store of recordings, which no simulator can repeat."""
    from dynsur.core.recordings import check_records
    from dynsur.core.registry import needs_simulator

    if rerun:
        raise needs_simulator(system.name)
    found = check_records(location)
    if as_json:
        print_json(
            {
                "store": location,
                "damaged": bool(found.faults),
                "chunks": found.chunks,
                "faults": list(found.faults),
            }
        )
    else:
        typer.echo(f"read {count(found.chunks, 'chunk')} of recordings")
        for line in found.faults:
            typer.echo(line)
    if found.faults and repair:
        raise DynsurError(
            f"'{location}' holds recordings, that no simulation repairs; import the files again."
        )
    if not as_json:
        wrong = f"{count(len(found.faults), 'fault')}; import the files again"
        typer.echo(f"{location}: {wrong if found.faults else 'nothing is wrong'}")
    if found.faults:
        raise typer.Exit(DAMAGED)


def _check_description(location: str, repair: bool, tell: Callable[[str], None]) -> list[str]:
    """Return what is wrong with the zarr.json files of a store, and mend them if asked to."""
    from dynsur.core.store import description_faults, mend_description

    faults = description_faults(location)
    for line in faults:
        tell(f"description: {line}")
    if faults and not repair:
        tell(f"{location}: cannot be read; `dynsur verify {location} --repair` mends it")
    elif faults:
        mend_description(location)
        tell("description: written anew from its copy")
    return faults


def _verdict(location: str, store: str, faults: "list[Fault]", repair: bool) -> str:
    from dynsur.core.generation import FOREIGN

    if not faults:
        return f"{location}: nothing is wrong"
    hint = "" if repair else f"; `dynsur verify {store} --repair` mends it"
    if all(fault.what == FOREIGN for fault in faults):
        hint = "; parameters are kept as they are; `dynsur merge` combines stores rightly"
    return f"{location}: {count(len(faults), 'fault')}{hint}"


def _findings(location: str, description: list[str], found: "Findings") -> dict[str, Any]:
    """Return findings as JSON values; `description` tells what was wrong before a repair."""
    numbers = {name: getattr(found, name) for name in ("chunks", "missing", "rerun", "identical")}
    faults = [{"variable": f.variable, "samples": f.samples, "what": f.what} for f in found.faults]
    return {
        "store": location,
        "damaged": bool(found.faults),
        "description": description,
        **numbers,
        "faults": faults,
    }


def _tell_faults(faults: "list[Fault]", tell: Callable[[str], None]) -> None:
    for fault in faults[:SHOWN]:
        first, last = fault.samples[0], fault.samples[-1]
        samples = f"sample {first}" if first == last else f"samples {first} to {last}"
        tell(f"{fault.variable}, {samples}: {fault.what}")
    if len(faults) > SHOWN:
        tell(f"and {len(faults) - SHOWN} more")
