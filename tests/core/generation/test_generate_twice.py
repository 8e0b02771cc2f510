"""Two commands that write one store at once: the second says who holds it, and nothing is lost."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from distributed import Client
from dynsur.core import DynsurError, Status
from dynsur.core.generation.generate import generate
from dynsur.core.store.samples import create_or_extend, open_store, status_counts
from toy_simulator import Slow

TOYS = Path(__file__).parents[1] / "toys"
EXTEND = """
import sys
from dynsur.core import DynsurError
from dynsur.core.store.samples import create_or_extend
from toy_simulator import Toy
try:
    for samples in range(int(sys.argv[2]), int(sys.argv[3]), 2):
        create_or_extend(sys.argv[1], Toy(), samples, 0, 4)
except DynsurError as error:
    sys.exit(str(error))
"""


@pytest.fixture(scope="module")
def client():
    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    with Client(processes=False, **options) as client:
        yield client


def _wait(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_store_being_filled_is_held_until_its_holder_is_killed(tmp_path, client):
    path, log = tmp_path / "d.zarr", tmp_path / "calls"
    arguments = [sys.executable, TOYS / "generating.py", path, log, "12", "0.5", "local"]
    other = subprocess.Popen([str(a) for a in arguments], env={"PYTHONPATH": str(TOYS)})
    simulator = Slow(log=str(log), seconds=0.5)
    try:
        _wait(lambda: log.exists() and log.read_text().count("\n"))
        for samples in (12, 24):
            with pytest.raises(DynsurError, match=f"being written by process {other.pid}"):
                generate(simulator, path, samples=samples, chunk=4, client=client)
        assert open_store(path).sizes["sample"] == 12
    finally:
        other.kill()
        other.wait()
    generate(simulator, path, samples=12, chunk=4, client=client)
    assert status_counts(path)[Status.OK] == 12


def test_simultaneous_extensions_end_with_the_longest_and_lose_nothing(tmp_path):
    from toy_simulator import Toy

    path = tmp_path / "d.zarr"
    create_or_extend(path, Toy(), 2, 0, 4)
    ranges = [("4", "40"), ("3", "81"), ("5", "30")]
    commands = [[sys.executable, "-c", EXTEND, str(path), *ends] for ends in ranges]
    running = [
        subprocess.Popen(c, env={"PYTHONPATH": str(TOYS)}, stderr=-1, text=True) for c in commands
    ]
    told = [process.communicate()[1] for process in running]
    refused = [text for text in told if text]
    assert all("is being written by" in text and text.count("\n") == 1 for text in refused)
    longest = max(int(stop) for (_, stop), text in zip(ranges, told, strict=True) if not text)
    data = open_store(path)
    assert data.sizes["sample"] >= longest - 2
    drawn = Toy().space.sample(0, 0, data.sizes["sample"])
    np.testing.assert_array_equal(data["a"].values, drawn["a"])
