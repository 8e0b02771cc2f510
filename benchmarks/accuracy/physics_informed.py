"""Does the residual of the state equation help where simulations are few? For docs/models.md.

Usage: python benchmarks/accuracy/physics_informed.py [--devices 100] [--model hdinn] [--blind]
    [WEIGHT ...]
"""

import argparse
import dataclasses
import tempfile
import time
from pathlib import Path

import numpy as np
import xarray as xr
from dynsur.core import Surrogate
from dynsur.core.evaluation import metrics
from dynsur.core.registry import configure, host
from dynsur.core.surrogate import conditions
from dynsur.core.training import train

SAMPLES = 1000


def simulated(system):
    """Return SAMPLES devices as a store holds them."""
    columns = system.space.sample(0, 0, SAMPLES)
    rows = system.simulate_batch(columns)
    names = ["time", *(v.name for v in (*system.inputs, *system.outputs))]
    series = {n: (("sample", "time"), rows[n]) for n in names}
    scalars = {n: ("sample", v) for n, v in columns.items()}
    return xr.Dataset({**series, **scalars, "status": ("sample", rows["status"])})


def judged(setup, store):
    """Train a setup on few devices; return nRMSE per output and curve, and the time taken."""
    data = setup.dataset.prepare(store, setup.simulator, setup.seed)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        train(setup.model, setup.loss, data, setup.training, seed=setup.seed,
              folder=Path(folder), simulator=setup.simulator)  # fmt: skip
        spent = time.perf_counter() - began
        surrogate = Surrogate.trained(folder, setup.model, setup.simulator, data, {})
    held, given = conditions(setup.simulator, store, data.test.sample)
    found, at = surrogate.predict(*given), data.time_index
    errors = {n: metrics.nrmse(y[:, at], held[n].values[:, at]) for n, y in found.items()}
    return errors, spent


def settings(arguments, weight):
    """Return what is set beside the experiment vteam's defaults."""
    chosen = {
        "model": arguments.model,
        "model.members": 1,
        "dataset.train_share": arguments.devices / 0.9 / SAMPLES,
        "dataset.threshold": 1e-4,
        "dataset.trust": 1.0,
        "dataset.soft": 1.0,
        "loss": "residual",
        "loss.weight": weight,
        "training.epochs": arguments.epochs,
        "training.patience": arguments.epochs,
        "training.batch_size": 16,
        "training.instants": 0,
        "training.threads": 1,
    }
    return chosen if arguments.model != "hdinn" else {**chosen, "model.dropout": 0.0}


def main():
    """Print a table, a row for each weight of the residual."""
    parser = argparse.ArgumentParser()
    parser.add_argument("weights", nargs="*", type=float, default=[0.0, 1.0, 10.0])
    parser.add_argument("--devices", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=150)
    parser.add_argument("--model", default="modulated")
    parser.add_argument("--blind", action="store_true", help="without features and estimate")
    arguments = parser.parse_args()
    known = {} if not arguments.blind else {"features": None, "estimate": None}
    store = simulated(host().simulator("vteam"))
    print("| weight | current, median (p95) | state, median (p95) | training |")
    print("|---|---|---|---|")
    for weight in arguments.weights:
        setup = configure(host(), "vteam", settings(arguments, weight), SAMPLES, 0)
        system = dataclasses.replace(setup.simulator, **known)
        curves, spent = judged(dataclasses.replace(setup, simulator=system), store)
        cells = [
            f"{100 * np.median(curves[n]):.2f} % ({100 * np.quantile(curves[n], 0.95):.1f} %)"
            for n in ("current", "state")
        ]
        print(f"| {weight:g} | {cells[0]} | {cells[1]} | {spent:.0f} s |", flush=True)


if __name__ == "__main__":
    main()
