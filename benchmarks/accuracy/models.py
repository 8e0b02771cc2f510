"""Train every model on the same simulations and print how far off each is on held-out ones.

Usage: python benchmarks/accuracy/models.py [FOLDER] [SYSTEM …]

The simulations stay in FOLDER (runs/models) and are not repeated. The tables go into
docs/models.md too where all systems were asked for.
"""

import re
import sys
import time
from pathlib import Path

import numpy as np
import torch
from dynsur.core.evaluation import nrmse, rmse
from dynsur.core.generation import connect, generate
from dynsur.core.registry import configure, host
from dynsur.core.store import open_store
from dynsur.core.surrogate import Surrogate, conditions
from dynsur.core.training import train

PAGE = Path(__file__).parents[2] / "docs" / "models.md"
SAMPLES = 300
# Instants equally spaced, which models that step in time are made for.
SYSTEMS = {
    "duffing": {"simulator.points": 101, "dataset.kept": 1.0},
    "reram-state": {"simulator.points": 51, "dataset.kept": 1.0},
}
TRAINING = {
    "loss": "huber",
    "training.epochs": 120,
    "training.batch_size": 16,
    "training.threads": 1,
    "training.instants": 0,
}
OWN = {
    "modulated": {"training.instants": 25},  # instants that do not see one another
    "graph": {"training.learning_rate": 0.005, "training.epochs": 60},
    "nlss": {"training.learning_rate": 0.01},
}
LEFT_OUT = {("graph", "duffing")}  # a single place has no graph


def main():
    """Print the tables and put them into the page."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "runs/models")
    systems = sys.argv[2:] or list(SYSTEMS)
    torch.set_num_threads(1)
    tables = ""
    for system in systems:
        simulator = configure(host(), system, SYSTEMS[system]).simulator
        store = folder / f"{system}.zarr"
        with connect(None, 1) as client:
            generate(simulator, store, samples=SAMPLES, chunk=50, client=client)
        head, rows = None, []
        for name in sorted(host().offers("dynsur_models")):
            if (name, system) in LEFT_OUT:
                continue
            found = measured(system, name, store, folder / f"{system}-{name}")
            head, rows = [f"`{system}`", *found], [*rows, [f"`{name}`", *found.values()]]
            print(" | ".join(rows[-1]), flush=True)
        tables += "\n" + table(head, rows)
    print(tables)
    if systems == list(SYSTEMS):
        marks = r"(<!-- models -->\n).*?(<!-- end -->)"
        text = re.sub(marks, lambda m: m[1] + tables + "\n" + m[2], PAGE.read_text(), flags=re.S)
        PAGE.write_text(text)


def measured(system, name, path, folder):
    """Train one model and return its figures as texts."""
    settings = {**SYSTEMS[system], **TRAINING, **OWN.get(name, {}), "model": name}
    setup = configure(host(), system, settings)
    store = open_store(path)
    data = setup.dataset.prepare(store, setup.simulator, setup.seed)
    history = train(setup.model, setup.loss, data, setup.training, seed=0, folder=folder)
    surrogate = Surrogate.trained(folder, setup.model, setup.simulator, data)
    held, given = conditions(surrogate.simulator, store, data.test.sample)
    predicted, times, at = surrogate.predict(*given), [], data.time_index
    for _ in range(3):
        began = time.perf_counter()
        surrogate.predict(*given)
        times.append((time.perf_counter() - began) / len(data.test))
    figures = {}
    for units in dict.fromkeys(v.units for v in setup.simulator.outputs):
        names = [v.name for v in setup.simulator.outputs if v.units == units]
        pairs = [(predicted[n][:, at], held[n].values[:, at]) for n in names]
        curves = {
            f"RMSE ({'decade' if units == '1' else units})": np.sqrt(
                np.mean([rmse(*pair) ** 2 for pair in pairs], axis=0)
            ),
            **({"nRMSE": nrmse(*pairs[0])} if len(names) == 1 else {}),
        }
        figures |= {
            k: f"{np.median(c):.3g} ({np.quantile(c, 0.95):.2g})" for k, c in curves.items()
        }
    return {
        **figures,
        "weights": f"{sum(w.numel() for w in surrogate.module.parameters()):,}",
        "training": f"{sum(row['seconds'] for row in history):.0f} s",
        "a curve in a batch": f"{1e3 * min(times):.2g} ms",
    }


def table(head, rows):
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


if __name__ == "__main__":
    main()
