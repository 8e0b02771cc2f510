"""The whole job in one folder: simulate, train, evaluate, report; run again, it resumes.

A stage is marked in run.json with a hash of what went into it. A stage whose mark still holds is
not redone; more samples change the data's hash, so training and what follows are done again.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DynsurError
from ..files import read_json, write_json, write_zarr
from ..generation.generate import Progress, generate
from ..generation.interrupt import finishing
from ..generation.log import logged
from ..registry.configuration import Setup
from ..store.location import exists
from ..store.samples import content_hash, create_or_extend, open_store, status_counts
from ..systems.simulator import Simulator
from ..systems.variables import Status
from .display import Connect, Display
from .record import describe, open_record, provenance_of, short_hash
from .stages import _save, _timed, stage

if TYPE_CHECKING:
    import xarray as xr

FLOOR = 1e-15  # unit of the output: where a dataset has no field `floor` of its own


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
        options: `time_limit` and `retry_failed` of `generate`.

    Raises:
        DynsurError: The folder holds something else (nothing is changed), or a stage cannot go on.
    """
    from ..reporting.report import write_report

    record = open_record(folder, describe(setup))
    data = simulate_into(setup, folder, record, connect, display, chunk, **options)
    key = key_of(setup, record, data)
    learn(setup, folder, record, key, data, display)
    stage(folder, record, "report", key, display, lambda: write_report(folder))
    return folder / "report.html"


def simulate_into(
    setup: Setup,
    folder: Path,
    record: dict[str, Any],
    connect: Connect,
    display: Display,
    chunk: int,
    **options: Any,
) -> "xr.Dataset":
    """Fill the folder's store, note the time it took and return the setup's samples."""
    store = folder / "data.zarr"
    with _timed(record, "simulation"):
        fill(setup, store, connect, display, chunk, **options)
    record["samples"] = setup.samples
    _save(folder, record)
    return select(store, setup.samples)


def key_of(setup: Setup, record: dict[str, Any], data: "xr.Dataset") -> str:
    """Hash what goes into training and evaluation."""
    return short_hash([record["identity"], setup.samples, content_hash(data)])


def learn(
    setup: Setup,
    folder: Path,
    record: dict[str, Any],
    key: str,
    data: "xr.Dataset",
    display: Display,
) -> None:
    """Train and evaluate in a folder, unless its record marks them as done with the same key."""
    stage(folder, record, "model", key, display, lambda: _train(setup, folder, data, display))
    stage(folder, record, "metrics", key, display, lambda: _evaluate(setup, folder, data))


def fill(
    setup: Setup,
    store: str | Path,
    connect: Connect,
    display: Display,
    chunk: int,
    **options: Any,
) -> None:
    """Simulate what a store lacks; a complete one is only checked, without a client.

    Raises:
        DynsurError: No simulation finished, e.g. because a package is missing.
    """
    if _is_complete(setup, store, bool(options.get("retry_failed"))):
        create_or_extend(store, setup.simulator, setup.samples, setup.seed, chunk)
        display.stage(f"{setup.samples} simulations are there")
    else:
        display.stage(f"simulating {setup.samples} samples of {setup.simulator.name}")
        sizes = {"samples": setup.samples, "seed": setup.seed, "chunk": chunk}
        generate_watched(setup.simulator, store, connect, display, **sizes, **options)
    counts = status_counts(store)
    if counts[Status.OK] or counts[Status.MISSING]:
        return
    reason = str(open_store(store)["reason"].isel(sample=0).values.item()).rstrip(".")
    raise DynsurError(
        f"none of the {sum(counts.values())} simulations in '{store}' finished; the first says: "
        f"{reason}. Once that is put right, run again with --retry-failed."
    )


def _is_complete(setup: Setup, store: str | Path, retry_failed: bool) -> bool:
    if not exists(store):
        return False
    counts = status_counts(store)
    failed = sum(counts.values()) - counts[Status.OK] if retry_failed else 0
    return sum(counts.values()) >= setup.samples and not counts[Status.MISSING] + failed


def generate_watched(
    simulator: Simulator, store: str | Path, connect: Connect, display: Display, **options: Any
) -> Progress:
    """Generate with a log file, shown progress and a Ctrl-C that finishes what is under way.

    Args:
        simulator: What to simulate.
        store: Folder or URL of the store.
        connect: Opens the dask client.
        display: Told about progress.
        options: Of `generate`.
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


def select(store: Path, samples: int | None = None) -> "xr.Dataset":
    """Open the first `samples` samples of a store, finished or not."""
    return open_store(store).isel(sample=slice(samples))


def floor_of(setup: Setup) -> float:
    """Return the size of outputs below which curves count as zero, in the output's unit."""
    return float(getattr(setup.dataset, "floor", FLOOR))


def _train(setup: Setup, folder: Path, data: "xr.Dataset", display: Display) -> None:
    train_into(setup, data, folder / "model", display)
    write_json(folder / "history.json", read_json(folder / "model" / "history.json"))


def train_into(setup: Setup, data: "xr.Dataset", folder: Path, display: Display) -> None:
    """Train a surrogate on a store and write it, resuming what the folder holds."""
    from ..evaluation.calibrate import calibrated
    from ..surrogate.surrogate import Surrogate
    from ..training.loop import train

    display.stage(f"training {setup.model.name}")
    prepared = setup.dataset.prepare(data, setup.simulator, setup.seed)
    history = train(
        setup.model,
        setup.loss,
        prepared,
        setup.training,
        seed=setup.seed,
        folder=folder,
        progress=lambda row: display.trained(row, setup.training.epochs),
        simulator=setup.simulator,
    )
    write_json(folder / "history.json", history)
    origin = provenance_of(setup, data)
    trained = Surrogate.trained(folder, setup.model, setup.simulator, prepared, origin)
    calibrated(trained, prepared, data, floor=floor_of(setup)).save(folder)


def _evaluate(setup: Setup, folder: Path, data: "xr.Dataset") -> None:
    evaluate_into(setup, folder / "model", data, folder)


def evaluate_into(setup: Setup, model: Path, data: "xr.Dataset", folder: Path) -> dict[str, Any]:
    """Judge a surrogate on the held-out samples; write metrics.json and predictions.zarr."""
    from ..evaluation.evaluate import evaluate
    from ..surrogate.surrogate import Surrogate

    prepared = setup.dataset.prepare(data, setup.simulator, setup.seed)
    surrogate = Surrogate.load(model)
    metrics, predictions = evaluate(surrogate, prepared, data, floor=floor_of(setup))
    write_zarr(predictions, folder / "predictions.zarr")
    write_json(folder / "metrics.json", metrics)
    return metrics
