"""Schedulers and workers started by hand, workers that come and go, hosts cut off, S3."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from distributed import Client, Security
from dynsur.core.generation.cluster import connect
from dynsur.core.generation.generate import generate
from dynsur.core.registry.host import host
from dynsur.core.store.samples import open_store
from toy_simulator import Slow, Toy

TOYS = Path(__file__).parents[1] / "toys"
DASK = [sys.executable, "-m", "dask"]
NOTICED = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "12s"}  # when a host is cut off


class Processes:
    """Starts programs and ends them all."""

    def __init__(self, folder):
        self.folder, self.started = folder, []

    def start(self, *command, **environment):
        with (self.folder / "output").open("a") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdout=output,
                stderr=output,
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(TOYS), **environment},
            )
        self.started.append(process)
        return process

    def end(self):
        for process in self.started:
            process.kill()
        for process in self.started:
            process.wait()


@pytest.fixture
def processes(tmp_path):
    started = Processes(tmp_path)
    yield started
    started.end()


def _scheduler(processes, prefix=(), address="127.0.0.1", **environment):
    file = processes.folder / "scheduler.json"
    options = ["--host", address, "--port", "0", "--no-dashboard", "--scheduler-file", file]
    processes.start(*prefix, *DASK, "scheduler", *options, **environment)
    for _ in range(600):
        if file.exists():
            with contextlib.suppress(ValueError, KeyError):
                return json.loads(file.read_text())["address"]
        time.sleep(0.1)
    return pytest.fail("no scheduler")


def _worker(processes, address, prefix=(), own="127.0.0.1", **environment):
    options = ["--nthreads", "1", "--no-dashboard", "--host", own]
    return processes.start(*prefix, *DASK, "worker", *options, address, **environment)


def _expected(folder, samples):
    with connect(None, 1) as client:
        generate(Toy(), folder / "whole.zarr", samples=samples, client=client)
    data = open_store(folder / "whole.zarr")
    return data["y"].values


@pytest.mark.slow
def test_workers_started_by_hand_may_join_and_leave(tmp_path, processes):
    address = _scheduler(processes)
    first, seen = _worker(processes, address), []

    def watch(progress):
        seen.append(progress.workers)
        if len(seen) == 3:
            _worker(processes, address)
        if seen[-1] == 2 and first.poll() is None:
            first.kill()  # its nanny: the worker goes with it

    def leave_room(progress):
        watch(progress)
        if len(seen) == 3:
            client.wait_for_workers(2, timeout=120)

    with connect(address, 1) as client:
        client.wait_for_workers(1, timeout=120)
        state = generate(
            Slow(), tmp_path / "d.zarr", samples=80, chunk=2, client=client, progress=leave_room
        )
    assert state.done == 80
    assert {1, 2} <= set(seen)
    assert seen[-1] == 1
    with connect(None, 2) as client:
        generate(Slow(seconds=0), tmp_path / "e.zarr", samples=80, chunk=50, client=client)
    assert (open_store(tmp_path / "d.zarr")["y"].values == _y(tmp_path / "e.zarr")).all()


def _y(path):
    return open_store(path)["y"].values


def _open_ports():
    """Return address and port of all that this process and its children listen at."""
    processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
    connections = [c for process in processes for c in process.net_connections("inet")]
    return {tuple(c.laddr) for c in connections if c.status == "LISTEN"}


def test_nothing_listens_to_other_hosts_or_to_other_users():
    of_others = _open_ports()  # of tests before this one
    with connect(None, 1) as client:
        ours = _open_ports() - of_others
        port = client.cluster.scheduler_address.rpartition(":")[2]
        for protocol, stranger in (("tls", Security.temporary()), ("tcp", None)):
            with pytest.raises((OSError, TimeoutError)):
                Client(f"{protocol}://127.0.0.1:{port}", security=stranger, timeout=2)
    assert {address for address, _ in ours} == {"127.0.0.1"}


def test_a_plugin_supplies_the_client(tmp_path, monkeypatch):
    from dynsur.core import hookimpl

    class Cluster:
        @hookimpl
        def dynsur_client(self, scheduler, workers):
            from dask.distributed import Client

            return Client(
                n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0"
            )

    plugin = Cluster()
    host().manager.register(plugin)
    try:
        with connect(None, 1) as client:
            state = generate(Toy(), tmp_path / "d.zarr", samples=8, chunk=2, client=client)
    finally:
        host().manager.unregister(plugin)
    assert (state.done, state.workers) == (8, 2)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_job_queue_supplies_the_workers(tmp_path, monkeypatch):
    from dask.distributed import Client
    from dask_jobqueue.local import LocalCluster

    monkeypatch.setenv("PYTHONPATH", str(TOYS))
    scripts = {"log_directory": str(tmp_path), "local_directory": str(tmp_path)}
    scripts["scheduler_options"] = {"dashboard_address": ":0"}
    with (
        LocalCluster(cores=1, processes=1, memory="1GB", n_workers=1, **scripts) as cluster,
        Client(cluster) as client,
    ):
        cluster.scale(2)
        state = generate(Slow(), tmp_path / "d.zarr", samples=60, chunk=2, client=client)
    assert state.done == 60


def _namespace(name):
    return ("ip", "netns", "exec", name)


@pytest.fixture
def hosts():
    """Three network namespaces with addresses of their own, joined by a bridge in the first."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("network namespaces need root and iproute2")
    names = [f"dynsur{os.getpid()}n{i}" for i in range(3)]

    def ip(*arguments):
        subprocess.run(["ip", *arguments], check=True)

    try:
        for name in names:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", names[0], "link", "add", "bridge", "type", "bridge")
        ip("-n", names[0], "link", "set", "bridge", "up")
        ip("-n", names[0], "addr", "add", "10.99.0.1/24", "dev", "bridge")
        for i, name in enumerate(names[1:], start=2):
            pair = ("-n", names[0], "link", "add", f"v{i}", "type", "veth", "peer", "name", "eth0")
            ip(*pair, "netns", name)
            ip("-n", names[0], "link", "set", f"v{i}", "master", "bridge", "up")
            ip("-n", name, "addr", "add", f"10.99.0.{i}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
        yield names
    except subprocess.CalledProcessError:
        pytest.skip("network namespaces are not to be had here")
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=False)


@pytest.mark.slow
def test_a_host_cut_off_in_mid_run_costs_nothing(tmp_path, processes, hosts):
    first = _namespace(hosts[0])
    address = _scheduler(processes, first, "10.99.0.1", **NOTICED)
    for i in (1, 2):
        _worker(processes, address, _namespace(hosts[i]), f"10.99.0.{i + 1}", **NOTICED)
    store, calls = tmp_path / "d.zarr", tmp_path / "calls"
    program = [sys.executable, TOYS / "generating.py"]
    driver = processes.start(*first, *program, store, calls, 200, 0.2, address)
    for _ in range(1200):
        if calls.exists() and len(calls.read_text().splitlines()) > 60:
            break
        assert driver.poll() is None, (tmp_path / "output").read_text()
        time.sleep(0.1)
    subprocess.run(["ip", "-n", hosts[0], "link", "set", "v3", "down"], check=True)
    assert driver.wait(timeout=300) == 0, (tmp_path / "output").read_text()
    made = len(calls.read_text().splitlines())
    assert (_y(store) == _expected(tmp_path, 200)).all()
    # The chunks that the lost host was given are done once more.
    assert 200 <= made <= 200 + 2 * 4 + 8


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_store_may_lie_in_a_bucket(tmp_path, processes, monkeypatch):
    import socket

    import boto3

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    for name, value in {**keys, "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": url}.items():
        monkeypatch.setenv(name, value)
    processes.start(sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port)
    for _ in range(300):
        with contextlib.suppress(Exception):
            boto3.client("s3").create_bucket(Bucket="data")
            break
        time.sleep(0.2)
    store = "s3://data/toys/d.zarr"
    with connect(None, 2) as client:
        for samples in (10, 22):
            assert generate(Toy(), store, samples=samples, chunk=4, client=client).done == samples
    assert (_y(store) == _expected(tmp_path, 22)).all()
    from dynsur.core.generation.verify import verify

    assert verify(store, Toy(), rerun=2, time_limit=60.0).faults == []
