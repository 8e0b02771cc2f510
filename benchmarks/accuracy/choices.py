"""What each choice of the default HDiNN is worth: one setting changed at a time.

Usage: python benchmarks/accuracy/choices.py [--out FOLDER] [CHOICE …]

1,000 simulations of seed 1, judged on its held-out devices: those of seed 0, which other tables
report, have no say in the choices. Each training takes two to four minutes; run again, it resumes.
"""

import argparse
from pathlib import Path

import torch
from dynsur.cli.display import RichDisplay
from experiments import judged, median_and_p95
from rich.console import Console
from rich.table import Table

SEED, SAMPLES = 1, 1000
CHOICES = {
    "default": {},
    "departures half believed": {"dataset.trust": 0.5},
    "departures believed whole": {"dataset.trust": 1.0},
    "features without the parameters": {"dataset.features_only": True},
    "one network, not four": {"model.members": 1},
    "half as wide": {"model.channels": 24, "model.width": 24, "model.dense": 64},
    "branches apart until the merge": {"model.conditioned": False},
    "no dropout": {"model.dropout": 0.0},
    "squared error alone": {"loss.alpha": 1.0, "loss.peak_weight": 0.0},
    "huber": {"loss": "huber"},
    "a third of the learning rate": {"training.learning_rate": 1e-3},
    "half the epochs": {"training.epochs": 80},
}


def main():
    """Train what is missing and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("choices", nargs="*", default=list(CHOICES))
    parser.add_argument("--out", type=Path, default=Path("runs/choices"))
    given = parser.parse_args()
    torch.set_num_threads(1)
    table = Table(title=f"HDiNN, held-out devices of seed {SEED}: median (95th percentile)")
    for heading in ("choice", "log error [decade]", "nRMSE", "peak", "loop area", "training [s]"):
        table.add_column(heading)
    with RichDisplay() as display:
        for name in given.choices:
            folder = name.replace(" ", "-").replace(",", "")
            metrics, seconds = judged(
                "reram", SAMPLES, folder, CHOICES[name], given.out, display, SEED
            )
            row = metrics["model"]["current"]
            errors = ("log_error", "nrmse", "peak_error", "loop_area_error")
            table.add_row(name, *(median_and_p95(row[e]) for e in errors), f"{seconds:.0f}")
    Console(width=max(120, Console().width)).print(table)


if __name__ == "__main__":
    main()
