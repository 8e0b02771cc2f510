"""Memristor-like loops over many decades, and a run folder holding everything a report reads."""

import json
from dataclasses import dataclass

import numpy as np
from dynsur.core import (
    Parameter,
    ParameterSpace,
    Status,
    Variable,
    failed_trajectory,
    trajectory,
    triangle,
)
from dynsur.core.store.samples import create_or_extend, open_store, write_chunk

FLOOR = 1e-15


@dataclass(frozen=True)
class Memristors:
    """I = g·sinh(3U)·(1 + 30w), where the state w is high on the falling sweep."""

    points: int = 101
    broken_every: int = 10

    name = "memristors"
    description = "toy"
    space = ParameterSpace(
        (
            Parameter("g", 1e-18, 1e-6, "A", scale="log", long_name="size", symbol=r"$g_{\max}$"),
            Parameter("U_max", 1.0, 3.0, "V", long_name="amplitude", symbol=r"$U_{\max}$"),
        )
    )
    inputs = (Variable("voltage", "V", "voltage", "U"),)
    outputs = (Variable("current", "A", "current", "I"),)

    def simulate(self, parameters):
        waveform = triangle(parameters["U_max"], 4.0)
        t = waveform.grid(self.points)
        u = waveform(t)
        w = 1 / (1 + np.exp(-8 * (t - 1.0))) - 1 / (1 + np.exp(-8 * (t - 3.0)))
        current = parameters["g"] * np.sinh(3 * u) * (1 + 30 * w)
        return trajectory(self, t, {"voltage": u, "current": current})


def make_run(folder, samples=40, evaluated=True):
    """Write data.zarr of `samples` devices, every tenth failed, and what evaluation adds."""
    simulator = Memristors()
    path = folder / "data.zarr"
    create_or_extend(path, simulator, samples, seed=1, chunk=samples)
    parameters = simulator.space.sample(1, 0, samples)
    runs = []
    for i in range(samples):
        values = {name: float(v[i]) for name, v in parameters.items()}
        broken = i % simulator.broken_every == 5
        reason = f"t = {0.1 * i:.2g} s: <Newton> did not converge"
        runs.append(failed_trajectory(simulator, reason) if broken else simulator.simulate(values))
    rows = {n: np.stack([r[n].values for r in runs]) for n in ("time", "voltage", "current")}
    rows["status"] = np.array([int(r["status"]) for r in runs], np.int8)
    rows["reason"] = np.array([r["reason"].item() for r in runs], dtype=object)
    rows["wall_time"] = np.random.default_rng(0).lognormal(0.0, 0.5, samples)
    write_chunk(path, 0, {**parameters, **rows})
    if evaluated:
        _evaluate(folder, np.flatnonzero(rows["status"] == Status.OK)[-samples // 3 :])
    return folder


def _evaluate(folder, test):
    store = open_store(folder / "data.zarr")
    random = np.random.default_rng(2)
    kept = np.sort(random.choice(store.sizes["time"], store.sizes["time"] // 2, replace=False))
    data = store[["time", "voltage", "current"]].isel(sample=test, time=kept).load()
    data = data.drop_vars("reason")
    truth = data["current"].values
    off = random.normal(0.0, 0.3, (test.size, 1)) + 0.02 * random.normal(size=truth.shape)
    predicted = truth * 10**off
    error = predicted - truth
    data["current_predicted"] = (("sample", "time"), predicted)
    data["mse_minmax"] = ("sample", (error**2).mean(1) / np.ptp(truth) ** 2)
    data["nrmse"] = ("sample", np.sqrt((error**2).mean(1)) / np.ptp(truth, axis=1))
    data["log_error"] = ("sample", np.median(np.abs(off), axis=1))
    data = data.set_coords("time").assign_coords(sample=("sample", test))
    data.drop_encoding().to_zarr(folder / "predictions.zarr", zarr_format=3, consolidated=False)
    n = int(test.size)
    metrics = {
        "model": {"current": {
            "mse_minmax": {"mean": 0.00212, "n": n},
            "nrmse": {"median": 0.0441, "p95": 0.2, "max": 0.7, "n": n},
            "floor_curves": {"n": 1, "predicted_below": 0},
        }},
        "baselines": {
            "training mean": {"current": {"nrmse": {"median": 12345.678, "n": n}}},
            "nearest neighbour": {"current": {"nrmse": {"median": 0.3, "n": n}}},
        },
        "seconds_per_curve": {"surrogate, one curve": 0.00125, "simulation, median": None},
        "floor": FLOOR, "n": n, "split": {"test": n, "by": "simulation"}, "seed": 0,
    }  # fmt: skip
    (folder / "metrics.json").write_text(json.dumps(metrics))
    epochs = np.arange(1, 61)
    history = [
        {
            "epoch": int(e),
            "train": 1.0 / e**1.5,
            "validation": 1.1 / e + (1e-4 * max(0, e - 40) ** 1.5),
            "seconds": 1.5,
            "learning_rate": 2e-3,
        }
        for e in epochs
    ]
    (folder / "history.json").write_text(json.dumps(history))
    (folder / "run.json").write_text(
        json.dumps({"samples": int(store.sizes["sample"]), "times": {"training": 93.0}})
    )
