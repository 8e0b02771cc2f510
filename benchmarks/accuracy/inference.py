"""Time trained surrogates beside the solver, in one process on one core: a part of `make bench`.

Usage: python benchmarks/accuracy/inference.py EXPERIMENT RUN …
Each RUN is a folder with a model in it.
"""

import sys
import time

import numpy as np
import torch
from dynsur.core.registry import configure, host
from dynsur.core.surrogate import Surrogate
from dynsur.core.systems import driven
from rich.console import Console
from rich.table import Table

SEED, DEVICES, BATCH = 11, 60, 256


def quickest(call, repeats):
    """Return the least CPU time of a call after a first one that is not counted, in s."""
    times = []
    for _ in range(repeats + 1):
        began = time.process_time()
        call()
        times.append(time.process_time() - began)
    return min(times[1:])


def solver_times(simulator, columns):
    """Return the CPU time of each simulation, in s."""
    devices = [{name: float(c[i]) for name, c in columns.items()} for i in range(DEVICES)]
    simulator.simulate(devices[0])
    times = []
    for device in devices:
        began = time.process_time()
        simulator.simulate(device)
        times.append(time.process_time() - began)
    return np.array(times)


def curve_times(surrogate, columns):
    """Return the CPU time of one curve alone and of one in a batch, at the recorded instants."""
    instants, series = driven(surrogate.simulator, columns, None)

    def predict(count):
        surrogate.predict(
            {name: column[:count] for name, column in columns.items()},
            {name: drive[:count] for name, drive in series.items()},
            instants[:count],
        )

    return quickest(lambda: predict(1), 60), quickest(lambda: predict(BATCH), 15) / BATCH


def side_by_side(experiment, runs):
    """Return the table of times of an experiment's solver and of surrogates of it.

    Args:
        experiment: Name.
        runs: Folders of models by what to call them.
    """
    simulator = configure(host(), experiment, {}, None, 0).simulator
    columns = simulator.space.sample(seed=SEED, start=0, count=BATCH)
    solver = solver_times(simulator, columns)
    middle, mean = np.median(solver), solver.mean()
    table = Table(
        title=f"{experiment}, CPU time of a curve on one core; the solver takes {1e3 * middle:.0f} "
        f"ms in the median, {1e3 * mean:.0f} ms in the mean of {DEVICES} devices"
    )
    for heading in ("model", "one at a time", f"in a batch of {BATCH}", "of the solver's mean"):
        table.add_column(heading)
    for name, folder in runs.items():
        one, batch = curve_times(Surrogate.load(folder), columns)
        table.add_row(
            name,
            f"{1e3 * one:.2f} ms, {middle / one:.0f} ×",
            f"{1e3 * batch:.3f} ms, {middle / batch:.0f} ×",
            f"{mean / one:.0f} ×, {mean / batch:.0f} ×",
        )
    return table


def main():
    """Print the table of some runs."""
    experiment, *runs = sys.argv[1:]
    torch.set_num_threads(1)
    Console(width=120).print(side_by_side(experiment, {run: run for run in runs}))


if __name__ == "__main__":
    main()
