"""Does it pay to choose the next simulations where the members of a model disagree?

Usage: python benchmarks/accuracy/active.py STORE [ROUNDS]

STORE holds simulations of reram, 10,000 say. From its training part the first 500 are taken; then,
in each round, as many again as are there: the next in order (plain Sobol), or those on whose curves
the members of the model trained so far differ most. Both are judged on the same held-out devices.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from dynsur.core import Surrogate, open_store
from dynsur.core.encoding import Split
from dynsur.core.evaluation import calibrated, evaluate
from dynsur.core.registry import configure, host
from dynsur.core.training import train
from rich.console import Console
from rich.table import Table

FIRST = 500  # simulations both start from
STEPS = 5000  # gradient steps of each training, about


def rows(part, chosen):
    """Return some samples of a part of the data."""
    arrays = (part.sample, part.series, part.parameters, part.target)
    return Split(*(array[chosen] for array in arrays))


def trained(setup, data, store, chosen):
    """Return a surrogate trained on the chosen rows of the training part."""
    some = replace(data, train=rows(data.train, chosen))
    batch = min(256, max(32, len(chosen) // 4))
    epochs = STEPS * batch // len(chosen)
    training = replace(setup.training, batch_size=batch, epochs=epochs, patience=epochs)
    with tempfile.TemporaryDirectory() as folder:
        train(setup.model, setup.loss, some, training, seed=setup.seed, folder=Path(folder))
        found = Surrogate.trained(folder, setup.model, setup.simulator, some)
    return calibrated(found, some, store)


@torch.inference_mode()
def disagreement(surrogate, part):
    """Return the members' mean standard deviation along each curve, in the model's scale."""
    pairs = zip(
        torch.from_numpy(part.series).split(64),
        torch.from_numpy(part.parameters).split(64),
        strict=True,
    )
    spread = [surrogate.module.each(s, p).std(dim=0).mean(dim=(1, 2)) for s, p in pairs]
    return torch.cat(spread).numpy()


def main():
    """Run both strategies and print a table."""
    store = open_store(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    setup = configure(host(), "reram-modulated", samples=store.sizes["sample"])
    data = setup.dataset.prepare(store, setup.simulator, setup.seed)
    table = Table(title=f"Held-out devices, n = {len(data.test)}: median (95th percentile)")
    for heading in ("simulations", "chosen", "log error [decade]", "nRMSE"):
        table.add_column(heading)

    def note(surrogate, count, strategy):
        row = evaluate(surrogate, data, store)[0]["model"][setup.simulator.outputs[0].name]
        cells = (f"{row[m]['median']:.3g} ({row[m]['p95']:.3g})" for m in ("log_error", "nrmse"))
        table.add_row(str(count), strategy, *cells)

    start = trained(setup, data, store, np.arange(FIRST))
    note(start, FIRST, "the first")
    for strategy in ("in order", "by disagreement"):
        surrogate, chosen = start, np.arange(FIRST)
        for _ in range(rounds):
            left = np.setdiff1d(np.arange(len(data.train)), chosen)
            if strategy == "by disagreement":
                left = left[np.argsort(-disagreement(surrogate, rows(data.train, left)))]
            chosen = np.concatenate([chosen, left[: len(chosen)]])
            surrogate = trained(setup, data, store, chosen)
            note(surrogate, len(chosen), strategy)
    Console().print(table)


if __name__ == "__main__":
    main()
