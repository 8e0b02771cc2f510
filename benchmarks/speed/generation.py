"""Time generation itself, with systems that cost nothing or only sleep: part of `make bench`.

Usage: python benchmarks/speed/generation.py [SAMPLES OF THE LARGE STORE]
"""

import dataclasses
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
import zarr
from dynsur.core import Parameter, ParameterSpace, Variable, open_store, trajectory
from dynsur.core.generation import connect, generate
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.store.samples import create_or_extend, write_chunk
from zarr.codecs import Crc32cCodec

SPACE = ParameterSpace(
    (
        Parameter("a", 0.0, 4.0, "V"),
        Parameter("tau", 0.1, 1.0, "s", scale="log"),
    )
)


@dataclasses.dataclass(frozen=True)
class Sleeper:
    """y = a exp(-t/tau), after a nap: what a simulation of that length leaves to generation."""

    seconds: float = 0.1
    points: int = 500
    space: ParameterSpace = SPACE

    name = "sleeper"
    description = "sleeps"
    inputs = (Variable("u", "V"),)
    outputs = (Variable("y", "A"),)

    def simulate(self, parameters):
        """Sleep, then evaluate."""
        time.sleep(self.seconds)
        t = np.linspace(0.0, 1.0, self.points)
        y = parameters["a"] * np.exp(-t / parameters["tau"])
        return trajectory(self, t, {"u": 1.0 - t, "y": y})


@dataclasses.dataclass(frozen=True)
class Instant(Sleeper):
    """The same, all samples of a chunk at once, in microseconds each."""

    seconds: float = 0.0
    points: int = 50

    name = "instant"

    def simulate_batch(self, columns):
        """Evaluate every sample of a chunk."""
        t = np.linspace(0.0, 1.0, self.points)
        a, tau = (np.asarray(columns[n])[:, None] for n in ("a", "tau"))
        y = a * np.exp(-t / tau)
        return {"time": np.broadcast_to(t, y.shape), "u": np.broadcast_to(1.0 - t, y.shape), "y": y}


def overhead(folder, workers, samples):
    """Print what a worker's time goes to beside simulations of 0.1 s."""
    simulator = Sleeper()
    with connect(None, workers) as client:
        # Workers and their processes import on their first samples; that is not what is measured.
        generate(simulator, folder / "warm.zarr", samples=8 * workers, chunk=1, client=client)
        before = _processor_time()
        state = generate(simulator, folder / "d.zarr", samples=samples, chunk=16, client=client)
        spent = _processor_time() - before
    inside = float(open_store(folder / "d.zarr")["wall_time"].sum())
    print(
        f"{workers} workers, {samples} simulations of 0.1 s: "
        f"{1e3 * (state.elapsed * workers - inside) / samples:.2f} ms of a worker's time per "
        f"sample beside the simulation ({1e3 * spent / samples:.2f} ms of processor time, "
        f"simulations included), efficiency {inside / state.elapsed / workers:.1%}"
    )


def _processor_time():
    """Return the processor time of this process and all it started, in s."""
    me = psutil.Process()
    times = [process.cpu_times() for process in (me, *me.children(recursive=True))]
    return sum(t.user + t.system for t in times)


def many(folder, samples, chunk, workers=2):
    """Print how memory and time grow with the number of samples; return the store."""
    memory = []
    path = folder / "many.zarr"
    with connect(None, workers) as client:
        generate(Instant(), folder / "warm.zarr", samples=4 * chunk, chunk=chunk, client=client)

        def watch(progress):
            memory.append((progress.done, psutil.Process().memory_info().rss / 1e6))

        state = generate(
            Instant(), path, samples=samples, chunk=chunk, client=client, progress=watch
        )
    early = max(rss for done, rss in memory if done <= samples // 10 + chunk)
    late = max(rss for _, rss in memory)
    print(
        f"{samples} samples of microseconds, chunks of {chunk}, {workers} workers: "
        f"{state.elapsed:.1f} s; memory of client and scheduler (one process) {early:.0f} MB at a "
        f"tenth, {late:.0f} MB at most"
    )
    return path, state.elapsed


def direct(source, folder, samples, chunk):
    """Write the same arrays with zarr alone and return the time it takes, in s."""
    data, columns = open_store(source), SPACE.sample(0, 0, samples)
    loaded = {n: data[n].isel(sample=slice(chunk)).values for n in ("time", "u", "y")}
    began = time.perf_counter()
    group = zarr.create_group(folder / "direct.zarr")
    codecs = Crc32cCodec()
    for name, values in columns.items():
        group.create_array(name, data=values, compressors=codecs)
    arrays = {
        name: group.create_array(
            name,
            shape=(samples, values.shape[1]),
            chunks=values.shape,
            dtype=float,
            compressors=codecs,
        )
        for name, values in loaded.items()
    }
    for start in range(0, samples, chunk):
        count = min(chunk, samples - start)
        for name, array in arrays.items():
            array[start : start + count] = loaded[name][:count]
    return time.perf_counter() - began


def as_usual(folder, samples):
    """Return a store with as many points as `reram`'s and the chunks a store of that size gets."""
    path = folder / "usual.zarr"
    with connect(None, 2) as client:
        generate(Instant(points=500), path, samples=samples, chunk=64, client=client)
    return path


def reading(path, folder, samples):
    """Print how fast all series come into memory, against numpy.load of the same bytes."""
    names = ("time", "u", "y")
    data = open_store(path).isel(sample=slice(samples))
    series = {name: data[name].values for name in names}
    for name, values in series.items():
        np.save(folder / f"{name}.npy", values)
    size = sum(values.nbytes for values in series.values())
    times = {"numpy.load": [], "store": []}
    for _ in range(5):
        began = time.perf_counter()
        for name in names:
            np.load(folder / f"{name}.npy")
        times["numpy.load"].append(time.perf_counter() - began)
        began = time.perf_counter()
        data = open_store(path).isel(sample=slice(samples))
        for name in names:
            data[name].values  # noqa: B018
        times["store"].append(time.perf_counter() - began)
    best = {name: min(values) for name, values in times.items()}
    chunk = zarr.open_group(path, mode="r")["y"].chunks[0]
    print(
        f"reading all series of {samples} samples in chunks of {chunk}, {size / 1e6:.0f} MB: store "
        f"{size / best['store'] / 1e6:.0f} MB/s, numpy.load "
        f"{size / best['numpy.load'] / 1e6:.0f} MB/s, ratio "
        f"{best['numpy.load'] / best['store']:.0%}"
    )


def flushing(folder, count=60, chunk=64):
    """Print what it costs to flush every chunk of a usual store to the disk."""
    simulator, times = Instant(points=500), {"0": [], "1": []}
    rows = simulate_rows(simulator, SPACE.sample(0, 0, chunk))
    for turn, flush in enumerate("01" * 3):
        os.environ["DYNSUR_FLUSH"] = flush
        path = folder / f"flushing{turn}.zarr"
        create_or_extend(path, simulator, count * chunk, 0, chunk)
        began = time.perf_counter()
        for number in range(count):
            write_chunk(path, number * chunk, rows, str(path))
        times[flush].append((time.perf_counter() - began) / count)
    del os.environ["DYNSUR_FLUSH"]
    without, with_it = (1e3 * min(times[flush]) for flush in "01")
    print(
        f"writing a chunk of {chunk} samples of 500 instants: {without:.1f} ms, flushed "
        f"{with_it:.1f} ms"
    )


def main():
    """Print the figures."""
    samples, chunk = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, 10_000
    for workers in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            overhead(Path(folder), workers, 128 * workers)
    with tempfile.TemporaryDirectory(dir=".") as folder:  # /tmp may be in memory
        flushing(Path(folder))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, elapsed = many(folder, samples, chunk)
        alone = direct(path, folder, samples, chunk)
        print(
            f"the same arrays directly with zarr: {alone:.1f} s; generation takes "
            f"{elapsed / alone:.2f} times that"
        )
        reading(path, folder, min(samples, 100_000))
        reading(as_usual(folder, min(samples, 100_000)), folder, min(samples, 100_000))


if __name__ == "__main__":
    main()
