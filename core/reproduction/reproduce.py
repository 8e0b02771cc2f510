"""Run a publication's protocol and the experiment's own defaults on the same store.

Every training has a folder of its own with a record like that of a run. When it is called again,
trainings that were done with the same simulations are skipped.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DynsurError
from ..registry.configuration import Setup
from ..registry.interfaces import Published
from ..reporting.tables import duration
from ..systems.variables import Variable
from ..workflow.display import Connect, Display
from ..workflow.learning import key_of, learn
from ..workflow.record import describe, open_record, short_hash
from ..workflow.run import refuse_too_few, simulate_into
from ..workflow.stages import METRICS, MODEL, REPORT
from .protocol import OWN, Trial, trials

if TYPE_CHECKING:
    import xarray as xr


def reproduce(
    setups: Mapping[str, Setup],
    published: Published,
    folder: Path,
    connect: Connect,
    display: Display,
    *,
    runs: int,
    chunk: int,
    measured: Path | None = None,
    columns: str | None = None,
    **options: Any,
) -> Path:
    """Do the remaining trainings of a reproduction and return the path of its page.

    Args:
        setups: The setups of the two protocols, as `protocol.protocols` returns them.
        published: The published results.
        folder: Folder, which may exist from an earlier call with the same setups.
        connect: Opens the dask client; called only if simulations are missing.
        display: Shows the progress.
        runs: Number of runs with different seeds for each protocol.
        chunk: Number of samples that one task simulates.
        measured: Table with a measured curve to draw together with the predicted ones.
        columns: Which columns of that table are read, as `--columns`.
        options: `time_limit`, `retry_failed` and `again` of `generate`.

    Raises:
        DynsurError: The folder or the table holds something else, or a stage fails.
    """
    from .measured_curve import measured_curve
    from .page import write_reproduction

    for setup in setups.values():
        refuse_too_few(setup)
    simulator = setups[OWN].simulator
    points = None
    if measured is not None:
        curve = (measured, _input_of(setups[OWN]), simulator.outputs[0])
        points, understood = measured_curve(*curve, columns)
        display.stage(understood)
    elif columns:
        raise DynsurError("--columns says what a file of --measured holds; give --measured too.")
    record = open_record(folder, {name: describe(setup) for name, setup in setups.items()})
    work = trials(setups, runs)
    for trial in work:  # a damaged record is refused before anything is done
        open_record(folder / trial.name, describe(trial.setup))
    data = simulate_into(setups[OWN], record, connect, display, chunk, **options).load()
    keys = _learn_all(work, folder, data, display)
    key = short_hash([*keys, published.source, None if points is None else points.tolist()])
    record.do(
        REPORT, key, display, lambda: write_reproduction(folder, work, published, data, points)
    )
    return folder / REPORT.result


def _learn_all(work: list[Trial], folder: Path, data: "xr.Dataset", display: Display) -> list[str]:
    """Train and evaluate every trial that is not done, and show the remaining time."""
    keys: list[str] = []
    left = []
    for trial in work:
        record = open_record(folder / trial.name, describe(trial.setup))
        keys.append(key_of(trial.setup, record, data))
        if not all(record.is_done(stage, keys[-1]) for stage in (MODEL, METRICS)):
            left.append((trial, record, keys[-1]))
    if len(left) < len(work):
        display.stage(f"{len(work) - len(left)} of {len(work)} trainings: up to date, skipped")
    spent: dict[str, list[float]] = {}  # by protocol: shares of the data and seconds
    for position, (trial, record, key) in enumerate(left):
        display.stage(f"training {position + 1} of {len(left)}: {trial.name}")
        started = time.perf_counter()
        learn(trial.setup, record, key, data, display)
        done = spent.setdefault(trial.protocol, [0.0, 0.0])
        done[0] += trial.share
        done[1] += time.perf_counter() - started
        _tell_rest([trial for trial, _, _ in left[position + 1 :]], spent, display)
    return keys


def _tell_rest(rest: list[Trial], spent: dict[str, list[float]], display: Display) -> None:
    shares = sum(done[0] for done in spent.values())
    common = sum(done[1] for done in spent.values()) / shares
    rates = {protocol: done[1] / done[0] for protocol, done in spent.items()}
    left = sum(trial.share * rates.get(trial.protocol, common) for trial in rest)
    if rest:
        display.stage(f"{len(rest)} more to train, about {duration(left)}")


def _input_of(setup: Setup) -> Variable:
    if not setup.simulator.inputs:
        raise DynsurError(
            f"system '{setup.simulator.name}' has no input to draw a measured curve over; leave "
            "--measured out."
        )
    return setup.simulator.inputs[0]
