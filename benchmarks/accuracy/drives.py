"""Train models of the ReRAM device under random drives and judge them on drives they never saw.

The experiment `reram-drive` simulates 1,000 records of 32 s and trains a state equation. Judged are
records of other numbers than those of the training: all kinds of drives, triangles alone, and
records ten times as long. Printed is the nRMSE, RMSE / (max − min) of a record, as the median with
the 95th percentile and the largest in brackets. Models beside `state-equation`
train on the same simulations.

Usage: python benchmarks/accuracy/drives.py [FOLDER] [--samples N] [--tests N] [--seed N]
    [--workers N] [--models NAME ...] [--set NAME=VALUE ...]
"""

import argparse
import functools
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
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

BEYOND = 10_000_000  # numbers of drives that no training draws
# `nlss` sees the same records on the same scale, in steps of Adam.
MODELS = {
    "state-equation": {},
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


def simulated(job: tuple[dict[str, float], int]) -> np.ndarray:
    """Return time, voltage and current of a record, [3, time]; NaN where the solver failed."""
    values, points = job
    data = ReRAMDriven(points=points).simulate(values)
    return np.stack([data[name].values for name in ("time", "voltage", "current")])


def tests(folder: Path, count: int, seed: int, workers: int) -> Iterator[tuple[str, np.ndarray]]:
    """Simulate the records of the tests once: name, and time, voltage and current of each."""
    of = {"all kinds": (1, 161, None), "triangles": (2, 161, "triangles")}
    of["ten times as long"] = (3, 1601, None)
    for name, (place, points, kind) in of.items():
        path = folder / f"test-{seed}-{count}-{place}.npy"
        if not path.exists():
            first = BEYOND * (10 * seed + place)
            numbers = first + np.arange(count)
            if kind:
                numbers = first + KINDS.index(kind) + len(KINDS) * np.arange(count)
            sizes = np.random.default_rng(first).uniform(2.0, 10.0, count)
            jobs = [
                ({"realisation": float(n), "U_max": float(u)}, points)
                for n, u in zip(numbers, sizes, strict=True)
            ]
            with ProcessPoolExecutor(workers) as pool:
                np.save(path, np.array(list(pool.map(simulated, jobs))))
        yield name, np.load(path)


def summary(surrogate: Surrogate, records: np.ndarray) -> str:
    """Return the nRMSE of records [record, 3, time] in percent."""
    solved = np.isfinite(records).all(axis=(1, 2))
    t, u, true = np.moveaxis(records[solved], 1, 0)
    try:
        found = surrogate.predict({}, {"voltage": u}, t)["current"]
    except DynsurError as error:  # a state equation may diverge
        return str(error)
    error = 100.0 * nrmse(found, true)
    median, most, largest = np.quantile(error, [0.5, 0.95, 1.0])
    failed = f", {(~solved).sum()} records have no solution" if not solved.all() else ""
    return f"{median:.3f} % ({most:.3f} %, {largest:.3f} %){failed}"


def main() -> None:
    """Train every model and print its errors."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", nargs="?", default="runs/reram-drive", type=Path)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--tests", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--models", nargs="*", choices=MODELS, default=["state-equation"])
    parser.add_argument("--set", action="append", default=[], dest="settings")
    given = parser.parse_args()
    folder = given.folder
    for model in given.models:
        settings = {**MODELS[model], **parse_settings(given.settings, None)}
        setup = configure(host(), "reram-drive", settings, given.samples)
        began, trained = time.monotonic(), folder / "run"
        with RichDisplay() as display:
            if model == "state-equation":
                run(setup, trained, functools.partial(connect, None, given.workers), display)
            else:
                trained = folder / model
                train_alone(setup, folder / "run" / "data.zarr", trained, display)
        print(f"{model}: {time.monotonic() - began:.0f} s for what was not done before")
        surrogate = Surrogate.load(trained)
        for name, records in tests(folder, given.tests, given.seed, given.workers):
            print(f"{model}, {name}: nRMSE {summary(surrogate, records)}")


if __name__ == "__main__":
    main()
