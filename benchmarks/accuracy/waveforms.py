"""Judge a trained model under waveforms that its training did not show.

Devices of another seed than the training's are simulated and predicted under the own triangle, two
cycles, a positive sweep alone, a reversed triangle, pulses and straight lines through random
voltages. Printed are the errors as the median with the 95th percentile in brackets.

Usage: python benchmarks/accuracy/waveforms.py RUN [--devices N] [--seed N]
"""

import argparse
import os
from collections.abc import Callable
from dataclasses import replace

os.environ |= {"OMP_NUM_THREADS": "1"}

import numpy as np
from dynsur.core import DynsurError, Status, Surrogate, Waveform, pulse_train, triangle
from dynsur.core.evaluation import log_error, loop_area_error, nrmse

FLOOR = 1e-15  # A; smaller currents count as zero

Draws = np.random.Generator
WAVEFORMS: dict[str, Callable[[float, float, Draws], Waveform]] = {
    "own triangle": lambda u, t, _: triangle(u, t),
    "two cycles": lambda u, t, _: triangle(u, t, cycles=2),
    "positive only": lambda u, t, _: Waveform((0.0, 0.5 * t, t), (0.0, u, 0.0)),
    "reversed": lambda u, t, _: triangle(-u, t),
    "pulses": lambda u, t, _: pulse_train([u, 0.3 * u, -u, 0.3 * u], 0.15 * t, 0.05 * t, 0.025 * t),
    "random lines": lambda u, t, draws: Waveform(
        tuple(t * np.linspace(0.0, 1.0, 9)), (0.0, *(u * draws.uniform(-1.0, 1.0, 8)))
    ),
}


def judged(surrogate: Surrogate, name: str, devices: int, seed: int) -> str:
    """Return the errors of a surrogate under one kind of waveform as a line of text."""
    simulator, draws = surrogate.simulator, np.random.default_rng(seed)
    columns = simulator.space.sample(seed, 0, devices)
    errors, refused = [], 0
    for k in range(devices):
        one = {p: float(values[k]) for p, values in columns.items()}
        wave = WAVEFORMS[name](one["U_max"], one["t_p"], draws)
        try:
            found = surrogate.respond(one, wave)
        except DynsurError:
            refused += 1
            continue
        true = replace(simulator, waveform=wave).simulate(one)
        if true["status"] != Status.OK:
            refused += 1
            continue
        u, i = found["voltage"], true["current"].values[None]
        if np.abs(i).max() > FLOOR:
            of = found["current"]
            errors.append([*log_error(of, i, FLOOR), *nrmse(of, i), *loop_area_error(of, i, u)])
    middle, most = np.nanquantile(errors, [0.5, 0.95], axis=0)
    told = (f"{a:.4f} ({b:.3f})" for a, b in zip(middle, most, strict=True))
    missing = f", {refused} without a solution" if refused else ""
    return f"{name:14} " + "   ".join(told) + f"   {len(errors)} devices{missing}"


def main() -> None:
    """Print a line for each kind of waveform."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("run", help="a run, a model folder, or the name of a model that ships")
    parser.add_argument("--devices", type=int, default=60)
    parser.add_argument("--seed", type=int, default=77)
    given = parser.parse_args()
    surrogate = Surrogate.load(given.run)
    print(f"{'':14} log error (decade)   nRMSE   loop area")
    for name in WAVEFORMS:
        print(judged(surrogate, name, given.devices, given.seed), flush=True)


if __name__ == "__main__":
    main()
