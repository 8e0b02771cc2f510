"""Fill the store of a workflow with progress and a log, and open it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DynsurError
from ..generation.agreement import check_agreement, prepare_store
from ..generation.generate import Progress, generate
from ..generation.interrupt import finishing
from ..generation.log import logged
from ..generation.repair import mend
from ..generation.repeat import Fault
from ..numbers import count
from ..registry.configuration import Setup
from ..registry.identity import simulator_of
from ..registry.recorded import recorded_in
from ..store.create import held
from ..store.damage import refuse_damage
from ..store.location import exists
from ..store.merge import Merged, merge
from ..store.samples import holds_predictions, open_store, status_counts
from ..store.zarr_group import is_unfinished
from ..systems.simulator import Simulator
from ..systems.variables import Status
from .display import Connect, Display

if TYPE_CHECKING:
    import xarray as xr


def fill(
    setup: Setup,
    store: str | Path,
    connect: Connect,
    display: Display,
    chunk: int,
    **options: Any,
) -> None:
    """Run the simulations that a store lacks; a complete store is only checked.

    Raises:
        DynsurError: No simulation finished, e.g. because a package is missing; or a chunk is
            damaged, and nothing was changed.
    """
    again = bool(options.get("again"))
    if not again and _is_made(store):
        refuse_damage(store)
    if not again and _is_complete(setup, store, bool(options.get("retry_failed"))):
        limit = {"time_limit": options["time_limit"]} if "time_limit" in options else {}
        prepare_store(store, setup.simulator, setup.samples, setup.seed, chunk, **limit)
        display.stage(f"{count(setup.samples, 'simulation')}: up to date, skipped")
    else:
        display.stage(f"simulating {count(setup.samples, 'sample')} of {setup.simulator.name}")
        sizes = {"samples": setup.samples, "seed": setup.seed, "chunk": chunk}
        generate_watched(setup.simulator, store, connect, display, **sizes, **options)
    counts = status_counts(store, setup.samples)
    if counts[Status.OK] or counts[Status.MISSING]:
        return
    reason = str(open_store(store)["reason"].isel(sample=0).values.item()).rstrip(".")
    raise DynsurError(
        f"none of the {count(sum(counts.values()), 'simulation')} in '{store}' finished; the "
        f"first says: {reason}. Once that is put right, run again with --retry-failed."
    )


def _is_made(store: str | Path) -> bool:
    return exists(store) and not is_unfinished(str(store))


def _is_complete(setup: Setup, store: str | Path, retry_failed: bool) -> bool:
    if not _is_made(store):
        return False
    counts = status_counts(store, setup.samples)
    failed = sum(counts.values()) - counts[Status.OK] if retry_failed else 0
    return sum(counts.values()) >= setup.samples and not counts[Status.MISSING] + failed


def generate_watched(
    simulator: Simulator, store: str | Path, connect: Connect, display: Display, **options: Any
) -> Progress:
    """Generate with a log file, a progress display and a Ctrl-C that finishes chunks.

    Args:
        simulator: The simulator.
        store: Folder or URL of the store.
        connect: Opens the dask client.
        display: Shows the progress.
        options: Options of `generate`.
    """
    with logged(store), finishing(display.stage) as stopping, connect() as client:
        return generate(
            simulator,
            store,
            client=client,
            progress=display.simulated,
            stopping=stopping,
            **options,
        )


def select(store: str | Path, samples: int | None = None) -> "xr.Dataset":
    """Open the first `samples` samples of a store, finished and unfinished."""
    data = open_store(store)
    if "status" not in data:
        raise holds_predictions(store)
    return data.isel(sample=slice(samples))


def counted(store: str | Path, samples: int) -> dict[str, int]:
    """Count the first samples of a store by status, named in words."""
    counts = status_counts(store, samples)
    return {status.name.lower().replace("_", " "): counts[status] for status in Status}


def merge_checked(stores: list[str | Path], out: Path) -> Merged:
    """Merge stores once it is seen that the installed system agrees with each of them.

    Raises:
        DynsurError: They cannot be merged, see `core.store.merge`, or a sample that is simulated
            again comes out otherwise.
    """
    for store in stores:
        data = select(store)
        if recorded_in(data.attrs):
            continue  # `merge` refuses it
        if len(stores) > 1:
            check_agreement(store, simulator_of(data.attrs), notes=False)
    return merge(stores, out)


def repair_store(
    store: str,
    simulator: Simulator,
    faults: list[Fault],
    connect: Connect,
    display: Display,
    **options: Any,
) -> None:
    """Simulate again what is damaged or missing in a store.

    Args:
        store: Folder or URL of the store.
        simulator: What filled it.
        faults: What `verify` has found.
        connect: Opens the dask client.
        display: Told about progress.
        options: Of `generate`.
    """
    with held(store):
        again = mend(store, simulator, faults)
        display.stage(f"{count(again, 'sample')} to simulate again")
        sizes = {"samples": select(store).sizes["sample"], "seed": None}
        generate_watched(simulator, store, connect, display, **sizes, **options)
