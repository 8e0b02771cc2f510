"""Compare the surrogate of `battery-dfn` with the single-particle model that it starts from.

Usage: dynsur run battery-dfn; python benchmarks/accuracy/battery.py [RUN]

RUN is a run folder, by default runs/battery-dfn. Errors are those of its held-out cells. Times are
CPU times of a curve in this process, of all held-out cells in one call, coarse solve included. They
are those of one core with OMP_NUM_THREADS=1.
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch
import xarray as xr
from dynsur.core import Surrogate
from dynsur.plugins.pybamm.coarse import coarse
from rich.console import Console
from rich.table import Table

CELLS = 20  # simulated by the full model, for its time


def cpu_time(call, curves):
    """Return what a call returns, and its CPU time for one of the curves, in s."""
    call(1)  # builds models, compiles and warms up
    began = time.process_time()
    result = call(curves)
    return result, (time.process_time() - began) / curves


def comparison(run):
    """Return each model's RMSE in V and nRMSE, both [cell], and CPU time of a curve, in s."""
    surrogate = Surrogate.load(run)
    simulator = surrogate.simulator
    held = xr.open_zarr(run / "data.zarr")
    sample = xr.open_zarr(run / "predictions.zarr")["sample"].values
    held = held.isel(sample=sample).load()
    columns = {p.name: held[p.name].values for p in simulator.space}
    current, instants = held["current"].values, held["time"].values
    true = held["voltage"].values

    def simulate(count):
        rows = [{name: float(c[i]) for name, c in columns.items()} for i in range(count)]
        return np.stack([simulator.simulate(row)["voltage"].values for row in rows])

    def particle(count, model):
        part = {name: c[:count] for name, c in columns.items()}
        at = instants[:count]
        return coarse(part, current[:count], at, at, model)["voltage"]

    def predict(count):
        part = {name: c[:count] for name, c in columns.items()}
        return surrogate.predict(part, {"current": current[:count]}, instants[:count])["voltage"]

    result = {}
    for name, call, curves in (
        ("Doyle–Fuller–Newman (full)", simulate, CELLS),
        ("single particle (coarse)", lambda n: particle(n, "SPM"), len(sample)),
        ("the same with electrolyte", lambda n: particle(n, "SPMe"), len(sample)),
        ("surrogate", predict, len(sample)),
    ):
        voltage, seconds = cpu_time(call, curves)
        rmse = np.sqrt(np.mean((voltage - true[:curves]) ** 2, axis=1))
        result[name] = rmse, rmse / np.ptp(true[:curves], axis=1), seconds
    return result


def main(run):
    """Print the comparison and the two ratios."""
    torch.set_num_threads(1)
    result = comparison(run)
    table = Table(title=f"{run}: held-out cells, median (95th percentile)")
    for heading in ("model", "RMSE, mV", "nRMSE, %", "CPU time of a curve, ms"):
        table.add_column(heading)
    for name, (rmse, relative, seconds) in result.items():
        (m, m95), (r, r95) = np.quantile([1e3 * rmse, 1e2 * relative], [0.5, 0.95], axis=1).T
        table.add_row(name, f"{m:.3g} ({m95:.3g})", f"{r:.2g} ({r95:.2g})", f"{1e3 * seconds:.3g}")
    console = Console()
    console.print(table)
    full, particle, _, surrogate = result.values()
    times_as_accurate = np.median(particle[0]) / np.median(surrogate[0])
    console.print(
        f"the surrogate is {times_as_accurate:.1f} times as accurate as the single-particle model, "
        f"in {100 * surrogate[2] / full[2]:.1f} % of the full model's time"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "runs/battery-dfn"))
