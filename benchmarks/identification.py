"""Train on public benchmarks of nonlinear system identification and test by their official rules.

Usage: python benchmarks/identification.py FOLDER [SET …] [--out RUNS] [--set NAME=VALUE …]

FOLDER holds the files of nonlinearbenchmark.org under the names of the table below; what is missing
is said and left out. Models are judged in free run over whole test records, of which they may use
the first samples to find their state. Printed is the RMSE beside published ones: of an LSTM and of
the best listed, black or grey box (Champneys et al. 2024, arXiv:2405.10779, and the benchmarks' own
papers). Settings were chosen on the validation part, which is cut from the training record;
those of the cascaded tanks, whose record is short, on each sixth of it in turn.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ |= {"OMP_NUM_THREADS": "1"}

import numpy as np
from dynsur.cli.display import RichDisplay
from dynsur.cli.options import parse_settings
from dynsur.core.recordings import import_files
from dynsur.core.registry import configure, host, simulator_of
from dynsur.core.store import open_store
from dynsur.core.workflow import evaluate_alone, train_alone
from dynsur.plugins.oscillators import bouc_wen
from rich.console import Console
from rich.table import Table
from scipy.io import loadmat

Records = list[tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Test:
    """A test part.

    Args:
        name: What it is called.
        piece: Its samples, as `dataset.test` takes them.
        aim: The RMSE to reach, in the printed unit.
        lstm: Published for an LSTM; NaN where none is.
        best: The best that is listed.
    """

    name: str
    piece: str
    aim: float
    lstm: float
    best: float


@dataclass(frozen=True)
class Benchmark:
    """A public set.

    Args:
        files: Its files.
        read: Returns the records of the files in a folder, each its input and its output.
        step: Interval of the samples, in s.
        units: Of input and output.
        printed: The printed unit, and how many of it are one of the output's.
        washout: Samples of a test record that may be used to find the state.
        train: The training part, as `dataset.train` takes it.
        tests: The test parts.
        settings: Settings of this set.
    """

    files: tuple[str, ...]
    read: Callable[[Path], Records]
    step: float
    units: tuple[str, str]
    printed: tuple[str, float]
    washout: int
    train: str
    tests: tuple[Test, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)


def silverbox(folder: Path) -> Records:
    """Return the one record."""
    held = np.genfromtxt(folder / "Silverbox_SNLS80mV.csv", delimiter=",", skip_header=1)
    return [(held[:, 0], held[:, 1])]


def cascaded_tanks(folder: Path) -> Records:
    """Return the record for the estimation and that for the test."""
    path = folder / "CascadedTanks_dataBenchmark.csv"
    held = np.genfromtxt(path, delimiter=",", skip_header=1)
    return [(held[:, 0], held[:, 2]), (held[:, 1], held[:, 3])]


def emps(folder: Path) -> Records:
    """Return the record without pulses and the one with them."""
    held = [loadmat(folder / name) for name in ("DATA_EMPS.mat", "DATA_EMPS_PULSES.mat")]
    return [(h["vir"].ravel(), h["qm"].ravel()) for h in held]


SIMULATED, RATE, PERIOD = 20, 750.0, 8192  # records of our own, Hz, samples


def bouc_wen_signals(folder: Path) -> Records:
    """Return records of our own simulations from rest, and the official test signals.

    The multisine of the test is given from its second period on, in steady state.
    """
    drawn = {
        "rms": np.where(np.arange(SIMULATED) % 2 == 0, 50.0, 30.0),
        "realisation": 1000.0 + np.arange(SIMULATED),
    }
    held = bouc_wen(PERIOD).simulate_batch(drawn)
    records = list(zip(held["force"], held["displacement"], strict=True))
    for name in ("multisine", "sinesweep"):
        pair = [loadmat(folder / f"BoucWen_{q}val_{name}.mat")[f"{q}val_{name}"] for q in "uy"]
        records.append((pair[0].ravel(), pair[1].ravel()))
    return records


SETS = {
    "silverbox": Benchmark(
        ("Silverbox_SNLS80mV.csv",),
        silverbox,
        1 / 610.35,
        ("V", "V"),
        ("mV", 1e3),
        50,
        "40650:105712",
        (
            Test("multisine", "105712:127400", 0.40, 1.50, 0.301),
            Test("arrow", "100:40575", 0.60, 2.68, 0.26),
            Test("arrow without extrapolation", "100:32100", 0.35, 0.960, 0.259),
        ),
        {"model.states": 2, "model.width": 10},
    ),
    "cascaded-tanks": Benchmark(
        ("CascadedTanks_dataBenchmark.csv",),
        cascaded_tanks,
        4.0,
        ("V", "V"),
        ("V", 1.0),
        50,
        "0/0:1024",
        (Test("validation record", "1/0:1024", 0.31, 0.490, 0.191),),
        {
            "dataset.validation_share": 0.06,
            "model.keep": "last",
            "model.members": 20,
            "model.ridge": 1e-4,
            "model.states": 2,
            "model.width": 6,
        },
    ),
    "emps": Benchmark(
        ("DATA_EMPS.mat", "DATA_EMPS_PULSES.mat"),
        emps,
        1e-3,
        ("V", "m"),
        ("mm", 1e3),
        20,
        "0/0:24841",
        (Test("record with pulses", "1/0:24841", 5.0, 74.0, 2.64),),
        {"model.states": 3, "model.width": 6, "model.integrating": True},
    ),
    "bouc-wen": Benchmark(
        tuple(f"BoucWen_{q}val_{n}.mat" for n in ("multisine", "sinesweep") for q in "uy"),
        bouc_wen_signals,
        1 / RATE,
        ("N", "m"),
        ("m", 1.0),
        50,
        ",".join(f"{k}" for k in range(SIMULATED)),
        (
            Test("multisine", f"{SIMULATED}/0:{PERIOD}", 9e-6, np.nan, 1.2e-5),
            Test("sine sweep", f"{SIMULATED + 1}/0:153000", 6e-6, np.nan, np.nan),
        ),
        {
            "dataset.validation_share": 0.1,
            "model.members": 1,
            "model.states": 4,
            "model.width": 20,
            "training.epochs": 160,
        },
    ),
}
COMMON = {
    "dataset.window": 0,
    "model": "state-equation",
    "model.start": "free",
    "model.members": 6,
    "training.epochs": 200,
    "training.patience": 60,
    "training.threads": 1,
}


def stored(folder: Path, out: Path, name: str, benchmark: Benchmark) -> Path:
    """Import a set's records, unless they are in the store, and return its path."""
    store = out / f"{name}.zarr"
    if store.exists():
        return store
    units = benchmark.units
    with tempfile.TemporaryDirectory() as scratch:
        paths = []
        for k, (u, y) in enumerate(benchmark.read(folder)):
            paths.append(Path(scratch) / f"record-{k:02d}.csv")
            header = f"drive ({units[0]}),response ({units[1]})"
            np.savetxt(
                paths[-1], np.column_stack([u, y]), delimiter=",", header=header, comments=""
            )
        columns = f"step={benchmark.step!r},drive=1,response=2"
        import_files(
            paths, store, inputs=["drive"], outputs=["response"], columns=columns, name=name
        )
    return store


def rows_of(
    folder: Path, out: Path, name: str, settings: Mapping[str, Any], display: RichDisplay
) -> Iterator[list[str]]:
    """Train on a set and yield a row of the table for each of its test parts."""
    benchmark = SETS[name]
    store = stored(folder, out, name, benchmark)
    recorded = simulator_of(open_store(store).attrs)
    given = {
        **COMMON,
        "dataset.washout": benchmark.washout,
        "dataset.train": benchmark.train,
        "dataset.test": ",".join(test.piece for test in benchmark.tests),
        **benchmark.settings,
        **settings,
    }
    began = time.process_time()
    model = out / f"{name}-model"
    setup = configure(host(), name, given, recorded=recorded)
    train_alone(setup, store, model, display)
    seconds = time.process_time() - began
    metrics = evaluate_alone(model, store, out / f"{name}-evaluation", display)
    unit, factor = benchmark.printed
    for test, rmse in zip(
        benchmark.tests, metrics["model"]["response"]["rmse"]["each"], strict=True
    ):
        numbers = (rmse * factor, test.aim, test.lstm, test.best)
        yield [
            name,
            test.name,
            *("–" if np.isnan(n) else f"{n:.3g}" for n in numbers),
            unit,
            f"{seconds:.0f}",
        ]


def main() -> None:
    """Train, test and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("sets", nargs="*", choices=[[], *SETS], metavar="SET")
    parser.add_argument("--out", type=Path, default=Path("runs/identification"))
    parser.add_argument("--set", action="append", default=[], dest="settings")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    table = Table("set", "test", "RMSE", "aim", "LSTM", "best listed", "unit", "CPU s")
    with RichDisplay() as display:
        for name in given.sets or SETS:
            lacking = [f for f in SETS[name].files if not (given.folder / f).exists()]
            if lacking:
                print(f"{name}: left out, since '{given.folder}' lacks {', '.join(lacking)}")
                continue
            settings = parse_settings(given.settings, None)
            for row in rows_of(given.folder, given.out, name, settings, display):
                table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    main()
