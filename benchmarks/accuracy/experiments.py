"""Held-out accuracy of the surrogates, and their speed beside the solver: `make bench`.

Usage: python benchmarks/accuracy/experiments.py [--out FOLDER] [--picture PNG]
    [EXPERIMENT:SAMPLES …]

By default reram:1000 and reram-tmdc:1000; reram:1000 reram:10000 reram:100000 gives a learning
curve, four hours on two cores. Every model is trained on the same simulations and judged on the
same held-out ones; run again, it resumes.
"""

import argparse
import os
from pathlib import Path

import matplotlib
import torch
from dynsur.cli.display import RichDisplay
from dynsur.core.files import read_json
from dynsur.core.generation import connect
from dynsur.core.registry import configure, host
from dynsur.core.workflow import describe, fill, key_of, learn, open_record, select
from inference import side_by_side
from rich.console import Console
from rich.table import Table

matplotlib.use("Agg")
from matplotlib import pyplot as plt

SEED = 0
CONTENDERS = {"reram": ("hdinn", "modulated-small", "modulated"), "reram-tmdc": ("modulated",)}
MODULATED = {
    "model": "modulated",
    "loss": "huber",
    "training.instants": 25,
}
SMALL = {"model.width": 24, "model.layers": 2, "model.hidden": 64}
LARGE = {
    "simulator.tolerance": 0.03,
    "model.width": 96,
    "model.hidden": 256,
    "model.dropout": 0.02,
}
MANY = 5000  # simulations from which on a batch is larger and the epochs are fewer
COARSE = 50_000  # from which on they are made at a tolerance of 3 %, in half the time


def contenders(experiment, samples):
    """Return the models to train: on much data without hdinn, which takes 20 minutes on 10,000."""
    names = CONTENDERS[experiment]
    if samples >= COARSE:
        return names[-1:]
    return [name for name in names if name != "hdinn" or samples < MANY]


def settings_of(experiment, model, samples):
    """Return what is set beside an experiment's own settings."""
    if model == "hdinn":
        return {}
    many, coarse = samples >= MANY, samples >= COARSE
    epochs = {"reram": (600, 60 if coarse else 240), "reram-tmdc": (900, 600)}[experiment][many]
    size = {"training.batch_size": 256} if many else {}
    if many and experiment == "reram-tmdc":
        size |= {"model.width": 64, "model.members": 4}
    if many and experiment == "reram":  # what is trained on much data is to be quick
        size |= {"dataset.base": "closed-form", "dataset.soft": 0.1}
    if coarse:
        size |= LARGE
    if model == "modulated-small":
        size |= SMALL
    return {**MODULATED, **size, "training.epochs": epochs, "training.patience": epochs}


def judged(experiment, samples, name, settings, folder, display, seed=SEED):
    """Simulate, train and evaluate what is missing; return metrics and the time of training."""
    setup = configure(host(), experiment, settings, samples, seed)
    store = folder / experiment / ("data.zarr" if samples < COARSE else "coarse.zarr")
    fill(setup, store, lambda: connect(None, len(os.sched_getaffinity(0))), display, 16)
    data = select(store, samples)
    run = folder / experiment / f"{name}-{samples}"
    run.mkdir(parents=True, exist_ok=True)
    record = open_record(run, describe(setup))
    learn(setup, record, key_of(setup, record, data), data, display)
    return read_json(run / "metrics.json"), record.values["times"]["training"]


def median_and_p95(row):
    """Write a metric's median and, in brackets, its 95th percentile."""
    return f"{row['median']:.3g} ({row['p95']:.3g})"


def accuracy(results):
    """Return the table of held-out errors."""
    table = Table(title=f"Held-out devices, seed {SEED}: median (95th percentile) over curves")
    for heading in (
        "experiment", "samples", "model", "n", "log error [decade]", "nRMSE", "peak", "loop area",
        "min-max MSE", "90 % bands hold", "training [s]",
    ):  # fmt: skip
        table.add_column(heading)
    for (experiment, samples, model), (metrics, seconds) in results.items():
        rows = {model: metrics["model"]}
        if model == CONTENDERS[experiment][-1]:
            rows |= metrics["baselines"]
        for name, outputs in rows.items():
            row = next(iter(outputs.values()))
            is_model = name == model
            bands = next(iter(metrics.get("bands", {}).values()), {})
            table.add_row(
                experiment,
                str(samples),
                name,
                str(row["nrmse"]["n"]),
                median_and_p95(row["log_error"]),
                median_and_p95(row["nrmse"]),
                median_and_p95(row["peak_error"]),
                median_and_p95(row["loop_area_error"]),
                f"{row['mse_minmax']['mean']:.2g}",
                f"{bands['all']:.1%}" if is_model and bands else "",
                f"{seconds:.0f}" if is_model else "",
            )
    return table


def coverage(results):
    """Return the share of held-out points inside the 90 % bands, by decade of the prediction."""
    table = Table(title="Share inside the 90 % bands by decade (of those with 1,000 points)")
    for heading in ("experiment", "samples", "model", "decades", "least", "most", "in 88 to 92 %"):
        table.add_column(heading)
    for (experiment, samples, model), (metrics, _) in results.items():
        bands = next(iter(metrics.get("bands", {}).values()), {"by_size": {}})
        shares = [g["covered"] for g in bands["by_size"].values() if g["n"] >= 1000]
        if shares:
            inside = sum(0.88 <= share <= 0.92 for share in shares)
            span = (f"{min(shares):.1%}", f"{max(shares):.1%}", str(inside))
            table.add_row(experiment, str(samples), model, str(len(shares)), *span)
    return table


def draw_learning(results, path):
    """Draw the errors of `modulated` and of the closed form over the number of simulations."""
    runs = {n: r for (e, n, m), (r, _) in results.items() if (e, m) == ("reram", "modulated")}
    counts = sorted(runs)
    figure, axes = plt.subplots(1, 2, figsize=(8.4, 3.2), layout="constrained")
    labels = {"log_error": "log error (decade)", "nrmse": "nRMSE"}
    for ax, (error, label) in zip(axes, labels.items(), strict=True):
        for color, name in (("C0", "modulated"), ("C1", "closed form")):
            rows = [runs[n]["baselines"].get(name, runs[n]["model"])["current"] for n in counts]
            for style, part in (("o-", "median"), ("s--", "p95")):
                values = [row[error][part] for row in rows]
                ax.loglog(counts, values, style, color=color, label=f"{name}, {part}")
        ax.set(xlabel="simulations, 63 % of them trained on", ylabel=label)
        ax.grid(alpha=0.3)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper center", ncols=4, frameon=False, fontsize=8)
    figure.savefig(path, dpi=110)


def main():
    """Train what is missing and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wanted", nargs="*", default=["reram:1000", "reram-tmdc:1000"])
    parser.add_argument("--out", type=Path, default=Path("runs/accuracy"))
    parser.add_argument("--picture", type=Path, help="draw the learning curve of reram there")
    given = parser.parse_args()
    torch.set_num_threads(1)  # for the times of a curve; trainings set their own
    results = {}
    with RichDisplay() as display:
        for text in given.wanted:
            experiment, _, samples = text.partition(":")
            count = int(samples)
            for model in contenders(experiment, count):
                chosen = settings_of(experiment, model, count)
                found = judged(experiment, count, model, chosen, given.out, display)
                results[experiment, count, model] = found
    console = Console(width=max(150, Console().width))
    for table in (accuracy(results), coverage(results)):
        console.print(table)
    for experiment in dict.fromkeys(name for name, _, _ in results):
        runs = {
            f"{model}, {samples}": given.out / name / f"{model}-{samples}"
            for name, samples, model in results
            if name == experiment
        }
        console.print(side_by_side(experiment, runs))
    if given.picture:
        draw_learning(results, given.picture)


if __name__ == "__main__":
    main()
