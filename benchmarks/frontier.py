"""Error against time: every base, model and solver tolerance of `reram` on one chart.

Usage: python benchmarks/frontier.py [--out FOLDER] [--picture PNG] [NAME=RUN …]

All are judged on the same held-out devices of seed 0's 1,000 draws, against the solver at its
default tolerance, in one process on one core. The models of 1,000 simulations are trained where
they are missing; NAME=RUN adds a folder with a model in it. A row is dominated where another one is
as accurate in every error and takes no more time.
"""

import argparse
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

# One core for everything that is timed; compiled code reads these when it is loaded.
os.environ |= {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
sys.path.insert(0, str(Path(__file__).parent / "accuracy"))

import numpy as np
import torch
from dynsur.cli.display import RichDisplay
from dynsur.core.evaluation import log_error, loop_area_error, nrmse
from dynsur.core.surrogate import Surrogate
from dynsur.core.systems import base_series
from dynsur.core.workflow import select
from experiments import judged
from rich.console import Console
from rich.table import Table

FLOOR = 1e-15
SAMPLES = 1000
TOLERANCES = (0.5, 0.3, 0.2, 0.1, 0.03)
MODULATED = {  # as the experiment reram-modulated has it
    "model": "modulated",
    "loss": "huber",
    "dataset.soft": 0.02,
    "model.dropout": 0.1,
    "training.instants": 25,
    "training.batch_size": 64,
    "training.epochs": 300,
    "training.patience": 300,
}
MODELS = {
    "hdinn on the coarse solve": {},
    "modulated on the coarse solve": MODULATED,
    "modulated on a solve at 0.3": {**MODULATED, "simulator.base_tolerance": 0.3},
    "hdinn on the closed form": {"dataset.base": "closed-form", "dataset.soft": 0.1},
}
ALONE = 20  # devices that are timed one at a time


class Row(NamedTuple):
    """One way to a current, with its errors and times.

    Args:
        name: What it is.
        alone: CPU time of a device by itself, in s.
        batch: CPU time of a device among all of them, in s.
        errors: Median and 95th percentile of log error, nRMSE and loop area, shape [3, 2].
    """

    name: str
    alone: float
    batch: float
    errors: np.ndarray


class Devices(NamedTuple):
    """The held-out devices, their drives and the true currents."""

    columns: dict[str, np.ndarray]
    time: np.ndarray
    voltage: np.ndarray
    current: np.ndarray

    def part(self, where):
        """Return some of the devices."""
        columns = {name: column[where] for name, column in self.columns.items()}
        return Devices(columns, self.time[where], self.voltage[where], self.current[where])


def held_out(store, simulator, sample):
    """Return the devices at these indices of a store."""
    held = store.isel(sample=sample).load()
    columns = {p.name: held[p.name].values for p in simulator.space}
    return Devices(columns, *(held[name].values for name in ("time", "voltage", "current")))


def errors(devices, current):
    """Return median and 95th percentile of the three errors over the devices above the floor."""
    above = np.abs(devices.current).max(axis=1) > FLOOR
    true, found = devices.current[above], current[above]
    curves = (
        log_error(found, true, FLOOR),
        nrmse(found, true),
        loop_area_error(found, true, devices.voltage[above]),
    )
    return np.array([np.nanquantile(curve, [0.5, 0.95]) for curve in curves])


def measured(name, call, devices):
    """Return the row of a function from devices to their currents."""
    one = devices.part(slice(0, 1))
    call(one)
    began = time.process_time()
    current = call(devices)
    batch = (time.process_time() - began) / len(devices.time)
    began = time.process_time()
    for i in range(ALONE):
        call(devices.part(slice(i, i + 1)))
    alone = (time.process_time() - began) / ALONE
    return Row(name, alone, batch, errors(devices, current))


def of_base(simulator, base):
    """Return the function of a base."""

    def call(devices):
        given = devices.columns, {"voltage": devices.voltage}, devices.time
        (found,), reasons = base_series(simulator, base, *given, [devices.time])
        assert (reasons == "").all(), reasons
        return found["current"]

    return call


def of_solver(simulator, tolerance):
    """Return the function of the solver at a tolerance: alone, or eight devices at a time."""
    chosen = replace(simulator, tolerance=tolerance)

    def call(devices):
        if len(devices.time) > 1:
            return chosen.simulate_batch(devices.columns)["current"]
        row = {name: float(column[0]) for name, column in devices.columns.items()}
        return chosen.simulate(row)["current"].values[None]

    return call


def of_model(surrogate):
    """Return the function of a surrogate."""

    def call(devices):
        given = devices.columns, {"voltage": devices.voltage}, devices.time
        return surrogate.predict(*given)["current"]

    return call


def is_dominated(row, rows):
    """Return whether another row takes no more time and errs no more."""
    return any(
        other is not row and other.batch <= row.batch and (other.errors <= row.errors).all()
        for other in rows
    )


def table_of(rows):
    """Return the rows as a table, the fastest first."""
    table = Table(title="CPU time of a device on one core, median (95th percentile) errors")
    for heading in (
        "", "alone [ms]", "batch [ms]", "log error [decade]", "nRMSE", "loop area", "dominated",
    ):  # fmt: skip
        table.add_column(heading)
    for row in sorted(rows, key=lambda row: row.batch):
        cells = [f"{median:.4f} ({high:.3f})" for median, high in row.errors]
        times = f"{1e3 * row.alone:.2f}", f"{1e3 * row.batch:.3f}"
        table.add_row(row.name, *times, *cells, "yes" if is_dominated(row, rows) else "")
    return table


def draw(rows, path):
    """Draw the three errors over the time of a device in a batch."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(11.0, 4.2), layout="constrained", sharex=True)
    labels = "log error (decade)", "nRMSE", "relative error of the loop area"
    ordered = sorted(rows, key=lambda row: row.batch)
    colours = plt.get_cmap("turbo")(np.linspace(0.03, 0.97, len(rows)))
    for k, (ax, label) in enumerate(zip(axes, labels, strict=True)):
        for row, colour in zip(ordered, colours, strict=True):
            face = "none" if is_dominated(row, rows) else colour
            median, high = row.errors[k]
            ax.plot([1e3 * row.batch] * 2, [median, high], "-", color=colour, lw=1, alpha=0.5)
            ax.plot(1e3 * row.batch, median, "o", color=colour, mfc=face, label=row.name)
            ax.plot(1e3 * row.batch, high, "_", color=colour)
        ax.set(
            xscale="log", yscale="log", xlabel="CPU time of a device in a batch (ms)", ylabel=label
        )
        ax.grid(alpha=0.3)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=4, frameon=False, fontsize=8)
    figure.suptitle("median (dots) and 95th percentile (bars); hollow where dominated", fontsize=10)
    figure.savefig(path, dpi=110)


def main():
    """Train what is missing, measure everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="*", help="NAME=RUN, further folders of models")
    parser.add_argument("--out", type=Path, default=Path("runs/accuracy"))
    parser.add_argument("--picture", type=Path, help="draw the chart there")
    given = parser.parse_args()
    torch.set_num_threads(1)
    folders = {name: Path(run) for name, run in (text.split("=", 1) for text in given.runs)}
    with RichDisplay() as display:
        for name, settings in MODELS.items():
            key = name.replace(" ", "-")
            # Another base is another simulator, with a store of its own.
            out = given.out / "finer" if "simulator.base_tolerance" in settings else given.out
            judged("reram", SAMPLES, key, settings, out, display)
            folders[name] = out / "reram" / f"{key}-{SAMPLES}"
    surrogates = {name: Surrogate.load(folder) for name, folder in folders.items()}
    surrogates["pretrained, on the closed form"] = Surrogate.load("reram")
    first = next(iter(MODELS))
    simulator = surrogates[first].simulator
    import xarray as xr

    test = xr.open_zarr(str(folders[first] / "predictions.zarr"), consolidated=False)["sample"]
    devices = held_out(select(given.out / "reram" / "data.zarr", SAMPLES), simulator, test.values)
    rows = [
        measured("closed form", of_base(simulator, "closed-form"), devices),
        measured("coarse solve", of_base(simulator, "coarse"), devices),
        *(measured(name, of_model(surrogate), devices) for name, surrogate in surrogates.items()),
        *(
            measured(f"solver, tolerance {tolerance:g}", of_solver(simulator, tolerance), devices)
            for tolerance in TOLERANCES
        ),
    ]
    Console(width=max(130, Console().width)).print(table_of(rows))
    if given.picture:
        draw(rows, given.picture)


if __name__ == "__main__":
    main()
