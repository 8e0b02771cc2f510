"""Are the ranges of fits what they say? Fit many synthetic devices whose parameters are known.

Usage: python benchmarks/accuracy/calibration.py TARGET [--devices 200] [--particles 150]
           [--set NAME=VALUE …] [--system [--together 20]] [--out ranks.npz]

Devices are drawn from the prior, simulated by the solver, and given noise of 2 % and of 0.1 % of
the peak, which the fit knows. The rank of a true parameter among the draws of its posterior is then
uniform (Talts et al. 2018, arXiv:1804.06788). An interrupted study goes on from `--out`. Fits of a
system may run `--together`: batches of all their devices cost less than half of each one's own.
"""

import argparse
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import numpy as np
from dynsur.core.inference import measured, question
from dynsur.core.response import Response, SimulatedResponder, open_responder
from dynsur.core.sampling import sample
from rich.console import Console
from rich.table import Table

RELATIVE, ABSOLUTE = 0.02, 1e-3  # noise; the second in the peak
LIMITS = {0.5: (0.45, 0.55), 0.9: (0.86, 0.94)}  # of the share that an interval covers
SIGNIFICANT = 0.01  # over all parameters together


class SideBySide:
    """Answers fits of a system that wait for each other, all of them in one batch.

    Every device is simulated under the system's own drive, which is that of the synthetic loops.

    Args:
        responder: The system.
    """

    surrogate = None

    def __init__(self, responder):
        self.responder, self.name = responder, responder.name
        self.simulator, self.space = responder.simulator, responder.space
        self.turn, self.fits, self.waiting = threading.Condition(), 0, []

    def __enter__(self):
        with self.turn:
            self.fits += 1

    def __exit__(self, *error):
        with self.turn:
            self.fits -= 1
            self._answer()

    def along(self, parameters, series, time, *, banded=True):
        """Return the responses once every fit has asked."""
        asked = {"columns": parameters}
        with self.turn:
            self.waiting.append(asked)
            self._answer()
            self.turn.wait_for(lambda: "found" in asked)
        if isinstance(asked["found"], Exception):
            raise asked["found"]
        own = asked["found"].time
        np.testing.assert_allclose(own, np.broadcast_to(time, own.shape), atol=1e-9 * own.max())
        return asked["found"]

    def _answer(self):
        if not self.waiting or len(self.waiting) < self.fits:
            return
        together, self.waiting = self.waiting, []
        counts = [len(next(iter(asked["columns"].values()))) for asked in together]
        ends = np.cumsum(counts)
        try:
            columns = {
                p.name: np.concatenate([asked["columns"][p.name] for asked in together])
                for p in self.space
            }
            found = self.responder.respond(columns)
            parts = [_rows_of(found, slice(e - n, e)) for n, e in zip(counts, ends, strict=True)]
        except Exception as error:
            parts = [error] * len(together)
        for asked, part in zip(together, parts, strict=True):
            asked["found"] = part
        self.turn.notify_all()


def _rows_of(found, rows):
    return Response(
        found.time[rows],
        {name: values[rows] for name, values in found.inputs.items()},
        {name: values[rows] for name, values in found.outputs.items()},
        found.reasons[rows],
        found.unfamiliar[rows],
    )


def synthetic(responder, number, seed):
    """Return a noisy loop of a device that is drawn from the prior, and its parameters.

    Args:
        responder: Its space is the prior.
        number: Which device.
        seed: Seed of the study.
    """
    rng = np.random.default_rng([seed, number])
    solver = SimulatedResponder(responder.name, responder.simulator)
    while True:
        device = {p.name: p.from_unit(rng.random(1)) for p in responder.space}
        found = solver.respond(device)
        if not found.reasons[0]:
            break
    true = found.outputs[responder.simulator.outputs[0].name][0]
    noise = np.hypot(RELATIVE * true, ABSOLUTE * np.abs(true).max())
    drive = found.inputs[responder.simulator.inputs[0].name][0]
    name = responder.simulator.outputs[0].name
    noisy = true + noise * rng.standard_normal(true.size)
    return measured(f"device {number}", found.time[0], drive, noisy, name), device


def rank_of_truth(responder, number, seed, particles):
    """Fit one synthetic device; return which share of the draws lies below each true value.

    Where parameters do nothing but shape the drive, the measured drive settles them.
    """
    loop, device = synthetic(getattr(responder, "responder", responder), number, seed)
    asked = question(responder, [loop], {"relative": RELATIVE, "absolute": ABSOLUTE * loop.peak})
    found = sample(asked, len(asked.prior.names), particles, seed + number)
    names = asked.prior.names
    true = asked.prior.coordinates({name: device[name] for name in names})[0]
    below = (found.z < true).sum(axis=0)
    rng = np.random.default_rng([seed, number, 1])
    return names, (below + rng.random(len(names))) / (particles + 1), found.evaluations


def covered(ranks, share):
    """Return which share of true values lies within central intervals of a share of the draws."""
    return np.mean(np.abs(ranks - 0.5) < 0.5 * share, axis=0)


def verdict(ranks):
    """Return the p-value of uniformity of each parameter, and whether everything holds.

    Each p-value is that of Kolmogorov and Smirnov; together they are judged as Bonferroni says.
    """
    from scipy.stats import kstest

    p_values = np.array([kstest(column, "uniform").pvalue for column in ranks.T])
    holds = p_values.min() > SIGNIFICANT / len(p_values)
    for share, (low, high) in LIMITS.items():
        holds &= low <= covered(ranks, share).mean() <= high
    return p_values, bool(holds)


def table_of(name, names, ranks):
    """Return the table of a study."""
    p_values, holds = verdict(ranks)
    table = Table(
        title=f"{name}: {len(ranks)} devices, {'calibrated' if holds else 'NOT calibrated'}"
    )
    for heading in ("parameter", "uniform, p", "50 % covers", "90 % covers"):
        table.add_column(heading)
    for i, parameter in enumerate(names):
        shares = [f"{covered(ranks[:, i], share):.1%}" for share in LIMITS]
        table.add_row(parameter, f"{p_values[i]:.3f}", *shares)
    together = [f"{covered(ranks, share).mean():.1%}" for share in LIMITS]
    table.add_row("all", f"{p_values.min():.3f} (least)", *together)
    return table


def study(responder, devices, particles, seed, path=None, together=1):
    """Return the names of the parameters and the ranks of all devices, [device, parameter].

    Args:
        responder: What is asked.
        devices: How many devices.
        particles: Draws of each posterior.
        seed: Seed of all draws.
        path: File in which the ranks are kept as they come.
        together: Fits of a system that share their batches.
    """
    names, rows = [], {}
    if path is not None and path.exists():
        with np.load(path) as kept:
            names = kept["names"].tolist()
            rows = dict(zip(kept["numbers"].tolist(), kept["ranks"], strict=True))
    shared = SideBySide(responder) if together > 1 else None

    def fitted(number):
        if shared is None:
            return number, rank_of_truth(responder, number, seed, particles)
        with shared:
            return number, rank_of_truth(shared, number, seed, particles)

    with ThreadPoolExecutor(together) as pool:
        left = [number for number in range(devices) if number not in rows]
        for done in as_completed([pool.submit(fitted, number) for number in left]):
            number, (names, rows[number], calls) = done.result()
            print(f"device {number}: {calls} responses, {len(rows)} devices done", flush=True)
            if path is not None:
                numbers = sorted(rows)
                np.savez(path, names=names, numbers=numbers, ranks=[rows[n] for n in numbers])
    return names, np.array([rows[number] for number in sorted(rows)])


def main():
    """Print the table of one study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--particles", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--system", action="store_true")
    parser.add_argument("--together", type=int, default=1)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    settings = dict(text.split("=", 1) for text in asked.set)
    responder = open_responder(asked.target, settings, system=asked.system)
    began = time.process_time()
    given = (asked.devices, asked.particles, asked.seed, asked.out, asked.together)
    names, ranks = study(responder, *given)
    Console(width=100).print(table_of(asked.target, names, ranks))
    print(f"{time.process_time() - began:.0f} s of CPU time")


if __name__ == "__main__":
    main()
