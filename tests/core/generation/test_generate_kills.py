"""Whatever is killed at whatever moment, the data end up as if nothing had happened."""

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psutil
import pytest
from dynsur.core import Status
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.store.samples import (
    content_hash,
    create_or_extend,
    open_store,
    status_counts,
    write_chunk,
)
from toy_simulator import Slow

TOYS = Path(__file__).parents[1] / "toys"
CHUNK, WORKERS = 4, 2
ORPHANS = 1.0  # s, what a process may outlive those it works for
DASK = [sys.executable, "-m", "dask"]
WORKER = ["worker", "--nthreads", "1", "--no-dashboard", "--death-timeout", "20"]


class Farm:
    """The processes of a generation, found by a mark in their environment."""

    def __init__(self, folder, samples, seconds, distributed):
        self.mark, self.folder, self.distributed = uuid.uuid4().hex, folder, distributed
        self.store, self.calls = folder / "d.zarr", folder / "calls"
        self.arguments = [self.store, self.calls, samples, seconds]
        self.running = {}
        self.address = "local"

    def start(self, name, *command):
        environment = {**os.environ, "DYNSUR_MARK": self.mark, "PYTHONPATH": str(TOYS)}
        environment["DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT"] = "5s"
        with (self.folder / "output").open("a") as output:
            self.running[name] = subprocess.Popen(
                [str(part) for part in command],
                stdout=output,
                stderr=output,
                env=environment,
                cwd=self.folder,
            )

    def keep_up(self):
        """Start again whatever is not running, as a person or a service manager would."""
        if self.distributed and not self.runs("scheduler"):
            port = random.randint(20000, 40000)
            self.address = f"tcp://127.0.0.1:{port}"
            options = ["--host", "127.0.0.1", "--port", port, "--no-dashboard"]
            self.start("scheduler", *DASK, "scheduler", *options)
        for n in range(WORKERS if self.distributed else 0):
            # A worker of a scheduler that was killed ends by itself.
            if not self.runs(f"worker{n}"):
                self.start(f"worker{n}", *DASK, *WORKER, self.address)
        if not self.runs("driver"):
            program = TOYS / "generating.py"
            self.start("driver", sys.executable, program, *self.arguments, self.address)

    def runs(self, name):
        return name in self.running and self.running[name].poll() is None

    def processes(self):
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("DYNSUR_MARK") == self.mark:
                    found.append(process)
            except psutil.Error:
                continue
        return [p for p in found if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]

    def victims(self):
        """Return processes by kind: driver, scheduler, nanny, worker, simulation."""
        kinds = {}
        top = {process.pid: name.rstrip("01") for name, process in self.running.items()}
        for process in self.processes():
            try:
                line = " ".join(process.cmdline())
            except psutil.Error:
                continue
            if process.pid in top:
                kind = top[process.pid]
            elif "dynsur.core.generation.process" in line:
                kind = "simulation"
            elif "spawn_main" in line:
                kind = "inner worker"
            else:
                continue  # multiprocessing's own helpers
            kinds.setdefault(kind, []).append(process)
        return kinds

    def calls_made(self):
        return len(self.calls.read_text().splitlines()) if self.calls.exists() else 0

    def finished(self):
        return self.store.exists() and not status_counts(self.store)[Status.MISSING]

    def end(self):
        for process in self.running.values():
            process.kill()
        for process in self.running.values():
            process.wait()
        deadline = time.monotonic() + ORPHANS
        while time.monotonic() < deadline:
            if not self.processes():
                return
            time.sleep(0.05)
        orphans = self.processes()
        for process in orphans:
            process.kill()
        assert not orphans


def _wait(condition, seconds=120.0):
    for _ in range(int(seconds / 0.1)):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("nothing happens")


def _uninterrupted(folder, farm, samples, seconds):
    simulator = Slow(log=str(farm.calls), seconds=seconds)
    path = folder / "whole.zarr"
    create_or_extend(path, simulator, samples, 0, samples)
    columns = simulator.space.sample(0, 0, samples)
    quick = Slow(seconds=0.0)
    write_chunk(path, 0, simulate_rows(quick, columns))
    return content_hash(open_store(path))


def _survives(folder, samples, seconds, kills, distributed, pause):
    """Kill at random until `kills` are done, let it finish, compare; return kills by kind."""
    random.seed(0)
    farm, killed = Farm(folder, samples, seconds, distributed), []
    try:
        while len(killed) < kills:
            before = farm.calls_made()
            # Something must have happened since the last kill, or nothing would be at stake.
            _wait(lambda calls=before: farm.keep_up() or farm.calls_made() > calls)
            time.sleep(random.uniform(0.0, pause))
            victims = farm.victims()
            kind = min(sorted(victims), key=lambda k: (killed.count(k), random.random()))
            process = random.choice(victims[kind])
            process.send_signal(signal.SIGKILL)
            killed.append(kind)
            assert not farm.finished(), "the run is too short for so many kills"
        while not farm.finished():
            farm.keep_up()
            time.sleep(0.2)
        redone = farm.calls_made() - samples
    finally:
        farm.end()
    assert content_hash(open_store(farm.store)) == _uninterrupted(folder, farm, samples, seconds)
    assert 0 <= redone <= len(killed) * WORKERS * CHUNK
    return killed, redone


def test_killing_driver_worker_and_simulation_loses_nothing(tmp_path):
    killed, _ = _survives(tmp_path, 64, 0.2, kills=3, distributed=False, pause=0.5)
    assert set(killed) == {"driver", "inner worker", "simulation"}


@pytest.mark.slow
def test_more_than_twenty_kills_of_everything_lose_nothing(tmp_path, capsys):
    killed, redone = _survives(tmp_path, 1200, 0.2, kills=25, distributed=True, pause=2.0)
    assert {"driver", "scheduler", "worker", "inner worker", "simulation"} <= set(killed)
    with capsys.disabled():
        print(f"\n{len(killed)} kills, {redone} simulations redone: {sorted(killed)}")
