"""Train models of ReRAM devices under random drives and judge them on drives they never saw.

The experiment `reram-drive` simulates 1,000 records of 32 s of one device and trains a state
equation; `reram-drive-tmdc` does so for devices around those of the literature. Judged are records
of other numbers and devices than those of the training: all kinds of drives, triangles alone, and
records ten times as long. Printed is the nRMSE, RMSE / (max − min) of a record, as the median with
the 95th percentile and the largest in brackets. Models beside that of the experiment train on the
same simulations.

Usage: python benchmarks/accuracy/drives.py [FOLDER] [--experiment NAME] [--samples N] [--tests N]
    [--seed N] [--workers N] [--models NAME ...] [--set NAME=VALUE ...]
"""

import argparse
import functools
import os
import time
from dataclasses import replace
from pathlib import Path

os.environ |= {"OMP_NUM_THREADS": "1"}

import numpy as np
from dynsur.cli.display import RichDisplay
from dynsur.cli.options import parse_settings
from dynsur.core import DynsurError, Surrogate
from dynsur.core.evaluation import nrmse
from dynsur.core.generation import connect
from dynsur.core.registry import configure, host
from dynsur.core.workflow import run, train_alone
from dynsur.plugins.reram import ReRAMDriven
from dynsur.plugins.reram.drives import KINDS

Records = tuple[dict[str, np.ndarray], np.ndarray, np.ndarray, np.ndarray]

BEYOND = 10_000_000  # numbers of drives that no training draws
# `nlss` sees the same records on the same scale, in steps of Adam.
MODELS = {
    "nlss": {
        "model": "nlss",
        "model.states": 12,
        "model.width": 32,
        "training.epochs": 300,
        "training.patience": 300,
        "training.batch_size": 16,
        "training.learning_rate": 0.005,
    },
}
PARTS = {  # number of the part, points of a record, kind of drive
    "all kinds": (1, 161, None),
    "triangles": (2, 161, "triangles"),
    "ten times as long": (3, 1601, None),
}


def records_of(
    simulator: ReRAMDriven, place: int, points: int, kind: str | None, count: int, seed: int
) -> Records:
    """Simulate records of one part of the tests: parameters, time, voltage and current."""
    first = BEYOND * (10 * seed + place)
    numbers = first + np.arange(count)
    if kind:
        numbers = first + KINDS.index(kind) + len(KINDS) * np.arange(count)
    columns = dict(simulator.space.sample(first, 0, count))
    columns["realisation"] = numbers.astype(float)
    columns["U_max"] = np.random.default_rng(first).uniform(2.0, 10.0, count)
    rows = replace(simulator, points=points).simulate_batch(columns)
    return columns, *(rows[name] for name in ("time", "voltage", "current"))


def summary(surrogate: Surrogate, records: Records) -> str:
    """Return the nRMSE of records in percent."""
    solved = np.isfinite(records[3]).all(axis=1)
    columns = {name: column[solved] for name, column in records[0].items()}
    t, u, true = (series[solved] for series in records[1:])
    try:
        found = surrogate.predict(columns, {"voltage": u}, t)["current"]
    except DynsurError as error:  # a state equation may diverge
        return str(error)
    error = 100.0 * nrmse(found, true)
    median, most, largest = np.quantile(error, [0.5, 0.95, 1.0])
    failed = f", {(~solved).sum()} records have no solution" if not solved.all() else ""
    return f"{median:.3f} % ({most:.3f} %, {largest:.3f} %){failed}"


def main() -> None:
    """Train every model and print its errors."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--experiment", default="reram-drive")
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--tests", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--models", nargs="*", choices=MODELS, default=[])
    parser.add_argument("--set", action="append", default=[], dest="settings")
    given = parser.parse_args()
    folder = given.folder or Path("runs") / given.experiment
    trained = {}
    for model in ("", *given.models):
        settings = {**MODELS.get(model, {}), **parse_settings(given.settings, None)}
        setup = configure(host(), given.experiment, settings, given.samples)
        began, name = time.monotonic(), setup.model.name
        trained[name] = folder / (model or "run")
        with RichDisplay() as display:
            if not model:
                run(setup, trained[name], functools.partial(connect, None, given.workers), display)
            else:
                train_alone(setup, folder / "run" / "data.zarr", trained[name], display)
        print(f"{name}: {time.monotonic() - began:.0f} s for what was not done before")
    surrogates = {name: Surrogate.load(where) for name, where in trained.items()}
    simulator = next(iter(surrogates.values())).simulator
    assert isinstance(simulator, ReRAMDriven)
    for part, (place, points, kind) in PARTS.items():
        records = records_of(simulator, place, points, kind, given.tests, given.seed)
        for name, surrogate in surrogates.items():
            print(f"{name}, {part}: nRMSE {summary(surrogate, records)}", flush=True)


if __name__ == "__main__":
    main()
