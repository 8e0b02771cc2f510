"""Train a surrogate of the Bouc–Wen benchmark and judge it on the benchmark's two test signals.

N realisations of a random-phase multisine (5 to 150 Hz, rms 10 to 50 N, from rest, 750 Hz) train
the model; the tests are a multisine of rms 50 N in its steady state and a sine sweep of 40 N.
Printed is the RMSE of each in m. To reach on the multisine: 1.2e-5 m, the level of polynomial
nonlinear state-space models (Noël et al. 2017, arXiv:1610.09138; Esfahani et al. 2018,
arXiv:1705.00178). The tests are simulated once, which takes some minutes, and kept in the folder.

Usage: python benchmarks/accuracy/bouc_wen.py [FOLDER] [--samples N] [--epochs N]
    [--set NAME=VALUE ...]
"""

import argparse
import functools
from pathlib import Path

import numpy as np
from dynsur.cli.display import RichDisplay
from dynsur.cli.options import parse_settings
from dynsur.core import Surrogate
from dynsur.core.generation import connect
from dynsur.core.registry import configure, host
from dynsur.core.workflow import run
from dynsur.plugins.oscillators import multisine_test, sweep_test


def tests(folder):
    """Simulate the test signals: name, force, displacement and the judged samples of each."""
    for name, make in (("multisine", multisine_test), ("sweep", sweep_test)):
        system, judged = make()
        path = folder / f"test-{name}.npz"
        if not path.exists():
            rows = system.simulate_batch({})
            assert not rows["reason"][0], rows["reason"][0]
            np.savez(path, **{n: rows[n][0] for n in ("force", "displacement")})
        with np.load(path) as held:
            yield name, held["force"], held["displacement"], judged


def predicted(surrogate, force):
    """Return the response to a force of any length, stepped through from rest."""
    rms = {"rms": force.std(keepdims=True)}
    encoded = surrogate.encoded({"force": force[None]}, rms)
    return surrogate.encoding.decode_outputs(encoded)["displacement"][0]


def main():
    """Train, and print both errors."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", nargs="?", default="runs/bouc-wen", type=Path)
    parser.add_argument("--samples", type=int, default=600)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--set", action="append", default=[], dest="settings")
    given = parser.parse_args()
    settings = parse_settings(given.settings, None)
    if given.epochs:
        settings["training.epochs"] = given.epochs
    setup = configure(host(), "bouc-wen", settings, given.samples)
    with RichDisplay() as display:
        run(setup, given.folder, functools.partial(connect, None, given.workers), display, chunk=64)
    surrogate = Surrogate.load(given.folder)
    for name, force, true, judged in tests(given.folder):
        error = predicted(surrogate, force)[judged] - true[judged]
        rms = np.sqrt(np.mean(error**2))
        scale = np.sqrt(np.mean(true[judged] ** 2))
        print(f"{name}: RMSE {rms:.2e} m of {scale:.2e} m rms, {judged.size} samples")


if __name__ == "__main__":
    main()
