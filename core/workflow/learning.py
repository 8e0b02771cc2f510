"""Train and evaluate as stages, in the folder of a run or of a model alone."""

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DynsurError
from ..evaluation.metrics import FLOOR
from ..files import read_json, write_json, write_zarr
from ..generation.agreement import check_agreement, foreign_in
from ..registry.configuration import Setup, configure
from ..registry.host import host
from ..registry.recorded import Recorded, recorded_in
from ..store.damage import refuse_damage
from ..store.samples import content_hash, status_counts
from ..systems.variables import Status
from .display import Display
from .record import FILE, describe, open_evaluation, open_record, provenance_of, short_hash
from .simulations import select
from .stages import EVALUATION, METRICS, MODEL, MODEL_ALONE, Record

if TYPE_CHECKING:
    from collections.abc import Callable

    import xarray as xr

    from ..encoding.training_data import TrainingData

    Prepare = Callable[[], TrainingData]


def key_of(setup: Setup, record: Record, data: "xr.Dataset") -> str:
    """Return a hash of all inputs of training and evaluation."""
    return short_hash([record.identity, setup.samples, content_hash(data)])


def learn(setup: Setup, record: Record, key: str, data: "xr.Dataset", display: Display) -> None:
    """Train and evaluate in a folder unless its record marks them as done with the same key."""
    folder, prepare = record.folder, preparation(setup, data)

    def train_model() -> None:
        train_into(setup, data, folder / "model", display, prepare)
        write_json(folder / "history.json", read_json(folder / "model" / "history.json"))

    record.do(MODEL, key, display, train_model)
    record.do(
        METRICS,
        key,
        display,
        lambda: evaluate_into(setup, folder / "model", data, folder, prepare),
    )


def preparation(setup: Setup, data: "xr.Dataset") -> "Prepare":
    """Return what prepares a store for training once, however often it is called.

    A coarse solve of every sample may be part of it.
    """
    return functools.cache(lambda: setup.dataset.prepare(data, setup.simulator, setup.seed))


def train_alone(setup: Setup, store: str | Path, folder: Path, display: Display) -> None:
    """Train a model in a folder of its own, or resume an earlier training there.

    Args:
        setup: The setup of the training; all samples of the store are used.
        store: The simulations.
        folder: Folder of the model, which may exist from an earlier call with the same inputs.
        display: Shows the progress.

    Raises:
        DynsurError: The folder holds something else (nothing is changed), or the training fails.
    """
    data = select(store)
    _refuse_too_few(store, setup)
    _check_agreement(store, setup)
    _tell_foreign(store, setup, display)
    record = open_record(folder, describe(setup), kind="model")
    key = key_of(setup, record, data)
    held = record.values["stages"].get(MODEL_ALONE.name, {}).get("key", key)
    if held != key:
        raise DynsurError(
            f"'{folder}' holds a model trained on other simulations than those in '{store}'; "
            "nothing was changed; choose another --out."
        )
    prepare = preparation(setup, data)
    if not record.values["stages"]:
        prepare()  # what cannot be trained on is refused before a folder is made
    record.do(MODEL_ALONE, key, display, lambda: train_into(setup, data, folder, display, prepare))


def evaluate_alone(
    model: Path, store: str | Path, folder: Path, display: Display, *, force: bool = False
) -> dict[str, Any]:
    """Evaluate a model on the held-out samples of its store and return the metrics.

    Args:
        model: Folder of the model or of its run.
        store: The simulations on which it was trained.
        folder: Folder for metrics.json and predictions.zarr.
        display: Shows the progress.
        force: Whether results that no command of dynsur vouches for are replaced.

    Raises:
        DynsurError: The store on which the model was trained is not known, or it is another one;
            or the folder holds other results.
    """
    from ..surrogate.predict import weights_hash
    from ..surrogate.surrogate import Surrogate

    _refuse_other_results(folder, force)
    surrogate = Surrogate.load(model)
    past = surrogate.provenance
    if not {"experiment", "settings", "samples", "seed", "data"} <= past.keys():
        raise DynsurError(
            f"the model in '{model}' does not say what it was trained on; train it again."
        )
    data = select(store, past["samples"])
    recorded = recorded_in(data.attrs)
    setup = configure(
        host(), past["experiment"], past["settings"], past["samples"], past["seed"], recorded
    )
    if content_hash(data) != past["data"]:
        refuse_damage(store)  # a lost chunk reads as missing values
        raise DynsurError(
            f"'{store}' is not the store that '{model}' was trained on, so its held-out samples "
            "are unknown; give the store it was trained on."
        )
    _check_agreement(store, setup)
    record = open_evaluation(folder)
    bands = [calibration.to_json() for calibration in surrogate.calibration]
    key = short_hash([describe(setup), past, weights_hash(surrogate), bands])
    record.do(METRICS, key, display, lambda: evaluate_into(setup, model, data, folder))
    return read_json(folder / METRICS.result)


def _refuse_too_few(store: str | Path, setup: Setup) -> None:
    """Refuse a store with too few simulations before a folder is made for the model."""
    if isinstance(setup.simulator, Recorded):
        return
    least = int(getattr(setup.dataset, "minimum", 1))
    counts = status_counts(store)
    if counts[Status.OK] < least:
        raise DynsurError(
            f"the store holds {counts[Status.OK]} finished samples of {sum(counts.values())}; "
            f"training needs at least {least}; generate more with --samples."
        )


def _check_agreement(store: str | Path, setup: Setup) -> None:
    """Check that the system still does what a store holds; recordings are what they are."""
    if not isinstance(setup.simulator, Recorded):
        check_agreement(store, setup.simulator)


def _tell_foreign(store: str | Path, setup: Setup, display: Display) -> None:
    """Say that samples of a store do not follow from its seed; what is recorded is trained on."""
    if isinstance(setup.simulator, Recorded):
        return
    if found := foreign_in(store, setup.simulator):
        display.stage(
            f"sample {found[0]} of '{store}' is foreign: '{found[1]}' does not follow from the "
            "store's seed; the model is trained on what is recorded; `dynsur merge` combines "
            "stores so that each sample keeps its origin"
        )


def _refuse_other_results(folder: Path, force: bool) -> None:
    """Refuse a folder with results that were not written by an evaluation."""
    if not folder.is_dir() and folder.exists():
        raise DynsurError(f"'{folder}' is not a folder; choose another --out.")
    for name in (METRICS.result, EVALUATION):
        if (folder / name).is_dir():
            raise DynsurError(
                f"'{folder / name}' is a folder; expected a file; choose another --out."
            )
    if force or any((folder / name).exists() for name in (*FILE.values(), EVALUATION)):
        return
    for name in ("predictions.zarr", "metrics.json"):
        if (folder / name).exists():
            raise DynsurError(
                f"'{folder / name}' exists and was not written by an evaluation; choose another "
                "--out or give --force to replace it."
            )


def floor_of(setup: Setup) -> float:
    """Return the output below which a curve counts as zero, in the output's unit."""
    return float(getattr(setup.dataset, "floor", FLOOR))


def train_into(
    setup: Setup,
    data: "xr.Dataset",
    folder: Path,
    display: Display,
    prepare: "Prepare | None" = None,
) -> None:
    """Train a surrogate on a store and write it, or resume the training in the folder."""
    from ..evaluation.calibrate import calibrated
    from ..surrogate.surrogate import Surrogate
    from ..training.checkpoint import unreadable
    from ..training.loop import train

    display.stage(f"training {setup.model.name}")
    if damage := unreadable(folder):
        display.stage(f"{damage} The training starts anew.")
    prepared = (prepare or preparation(setup, data))()
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


def evaluate_into(
    setup: Setup,
    model: Path,
    data: "xr.Dataset",
    folder: Path,
    prepare: "Prepare | None" = None,
) -> dict[str, Any]:
    """Evaluate a surrogate on held-out samples; write metrics.json and predictions.zarr."""
    from ..evaluation.evaluate import evaluate
    from ..surrogate.surrogate import Surrogate

    prepared = (prepare or preparation(setup, data))()
    surrogate = Surrogate.load(model)
    metrics, predictions = evaluate(surrogate, prepared, data, floor=floor_of(setup))
    write_zarr(predictions, folder / "predictions.zarr")
    write_json(folder / "metrics.json", metrics)
    return metrics
