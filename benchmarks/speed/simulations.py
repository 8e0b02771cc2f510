"""Time simulations on one core and the overhead of generating them: `make bench`.

Usage: python benchmarks/speed/simulations.py [SYSTEM] [SAMPLES]
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from dynsur.core.generation import connect, generate, simulate_safely
from dynsur.core.registry import host
from dynsur.core.store import open_store


def one_core(simulator, samples):
    """Return the wall-clock time of each simulation, in s, compiled code warmed up."""
    columns = simulator.space.sample(0, 0, samples)
    times = []
    for i in [0, *range(samples)]:
        began = time.perf_counter()
        simulate_safely(simulator, {name: float(v[i]) for name, v in columns.items()})
        times.append(time.perf_counter() - began)
    return np.array(times[1:])


def parallel(simulator, samples, workers):
    """Return elapsed time, and time spent inside simulations over all workers, in s."""
    with tempfile.TemporaryDirectory() as folder, connect(None, workers) as client:
        warm, path = Path(folder) / "warm.zarr", Path(folder) / "data.zarr"
        # Workers import and compile on their first samples; that is not what is measured.
        generate(simulator, warm, samples=8 * workers, chunk=1, client=client)
        done = generate(simulator, path, samples=samples, chunk=8, client=client)
        return done.elapsed, float(open_store(path)["wall_time"].sum())


def main():
    """Print the times of one system."""
    system = sys.argv[1] if len(sys.argv) > 1 else "reram"
    samples = int(sys.argv[2]) if len(sys.argv) > 2 else 64
    simulator = host().simulator(system)
    times = one_core(simulator, samples)
    print(
        f"{system}, {samples} samples of seed 0, one core: median {np.median(times):.4f} s, "
        f"mean {times.mean():.4f} s, largest {times.max():.4f} s"
    )
    for workers in (1, 2):
        elapsed, inside = parallel(simulator, samples, workers)
        overhead = 1e3 * (elapsed * workers - inside) / samples
        print(
            f"{workers} workers: {elapsed:.2f} s, {overhead:.1f} ms of a worker's time per sample "
            f"beside the simulation, efficiency {inside / elapsed / workers:.0%}"
        )


if __name__ == "__main__":
    main()
