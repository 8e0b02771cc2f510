"""Do the whole job in one folder: simulate, train, evaluate, report; resumable.

A stage is marked in run.json with a hash of what went into it. A stage whose mark still holds is
not redone; more samples change the data's hash, so training and what follows are done again.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DynsurError
from ..registry.configuration import Setup
from .display import Connect, Display
from .learning import key_of, learn
from .record import describe, open_record
from .simulations import fill, select
from .stages import REPORT, Record

if TYPE_CHECKING:
    import xarray as xr


def run(
    setup: Setup,
    folder: Path,
    connect: Connect,
    display: Display,
    chunk: int = 16,
    **options: Any,
) -> Path:
    """Do what is left of a run and return the path of its report.

    Args:
        setup: What to run.
        folder: Run folder; may exist from an earlier run of the same setup.
        connect: Opens the dask client, called only if simulations are missing.
        display: Told about progress.
        chunk: Samples simulated by one task.
        options: `time_limit`, `retry_failed` and `again` of `generate`.

    Raises:
        DynsurError: The folder holds something else (nothing is changed), or a stage cannot go on.
    """
    from ..reporting.report import write_report

    _refuse_too_few(setup)
    record = open_record(folder, describe(setup))
    data = simulate_into(setup, record, connect, display, chunk, **options)
    key = key_of(setup, record, data)
    learn(setup, record, key, data, display)
    record.do(REPORT, key, display, lambda: write_report(folder))
    return folder / REPORT.result


def _refuse_too_few(setup: Setup) -> None:
    """Refuse, before anything is simulated, what no training could use."""
    least = int(getattr(setup.dataset, "minimum", 1))
    if setup.samples < least:
        raise DynsurError(
            f"training needs at least {least} finished simulations; got --samples "
            f"{setup.samples}; give more, or use `dynsur generate`, which only simulates."
        )


def simulate_into(
    setup: Setup,
    record: Record,
    connect: Connect,
    display: Display,
    chunk: int,
    **options: Any,
) -> "xr.Dataset":
    """Fill the folder's store, note the time it took and return the setup's samples."""
    store = record.folder / "data.zarr"
    with record.timed("simulation"):
        fill(setup, store, connect, display, chunk, **options)
    record.values["samples"] = setup.samples
    record.save()
    return select(store, setup.samples)
