"""Simulate, train, evaluate and report in one folder, with stages that can be resumed.

Each finished stage is marked in run.json with a hash of its inputs. A stage is skipped as long as
its inputs have this hash. More samples change the hash of the data, so that the training and the
later stages are done again.
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
    """Do the remaining stages of a run and return the path of its report.

    Args:
        setup: The setup of the run.
        folder: Run folder, which may exist from an earlier run of the same setup.
        connect: Opens the dask client; called only if simulations are missing.
        display: Shows the progress.
        chunk: Number of samples that one task simulates.
        options: `time_limit`, `retry_failed` and `again` of `generate`.

    Raises:
        DynsurError: The folder holds something else (nothing is changed), or a stage fails.
    """
    from ..reporting.report import write_report

    refuse_too_few(setup)
    record = open_record(folder, describe(setup))
    data = simulate_into(setup, record, connect, display, chunk, **options)
    key = key_of(setup, record, data)
    learn(setup, record, key, data, display)
    record.do(REPORT, key, display, lambda: write_report(folder))
    return folder / REPORT.result


def refuse_too_few(setup: Setup) -> None:
    """Refuse too few samples for a training before anything is simulated.

    Raises:
        DynsurError: The setup has fewer samples than its dataset needs.
    """
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
    """Fill the store of the folder, record the time and return the samples of the setup."""
    store = record.folder / "data.zarr"
    with record.timed("simulation"):
        fill(setup, store, connect, display, chunk, **options)
    record.values["samples"] = setup.samples
    record.save()
    return select(store, setup.samples)
