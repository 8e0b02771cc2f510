"""Generation: the same data however it was made, failures kept as data, resume redoes nothing."""

import contextlib
import subprocess
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from dynsur.core import DynsurError, Status
from dynsur.core.generation.agreement import FEW
from dynsur.core.generation.cluster import connect
from dynsur.core.generation.generate import generate
from dynsur.core.generation.log import log_file, logged
from dynsur.core.generation.worker import Order, simulate_chunk
from dynsur.core.store.samples import content_hash, finished, open_store, pending_chunks
from dynsur.core.store.summary import describe
from toy_simulator import Batch, Misspelt, NotFinite, Slow, Toy, Troubled


@pytest.fixture(scope="module")
def client():
    from distributed import Client

    with Client(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
    ) as client:
        yield client


def _calls(log):
    return Path(log).read_text().splitlines() if Path(log).exists() else []


def _hash(path):
    return content_hash(open_store(path))


def test_every_sample_is_simulated_with_its_own_parameters(tmp_path, client):
    state = generate(Toy(), tmp_path / "d.zarr", samples=10, seed=3, chunk=4, client=client)
    data = xr.open_zarr(tmp_path / "d.zarr")
    assert (state.done, state.total, state.failed) == (10, 10, 0)
    expected = Toy.space.sample(3, 0, 10)
    np.testing.assert_array_equal(data["a"], expected["a"])
    np.testing.assert_array_equal(data["b"], expected["b"])
    np.testing.assert_allclose(data["y"], expected["a"][:, None] * np.sin(data["time"]))
    assert (data["wall_time"] > 0).all()


def test_extending_gives_what_one_go_gives_and_redoes_nothing(tmp_path, client):
    log = str(tmp_path / "log")
    grown, whole = tmp_path / "grown.zarr", tmp_path / "whole.zarr"
    for samples in (6, 6, 11):
        generate(Toy(log=log), grown, samples=samples, chunk=4, client=client)
    assert len(_calls(log)) == 11 + 2 * FEW  # each time it goes on, so many are tried again
    generate(Toy(log=log), whole, samples=11, chunk=4, client=client)
    assert _hash(grown) == _hash(whole)


def test_asking_for_fewer_samples_keeps_all(tmp_path, client):
    for samples in (5, 2):
        state = generate(Toy(), tmp_path / "d.zarr", samples=samples, client=client)
    assert state.total == 2
    assert open_store(tmp_path / "d.zarr").sizes["sample"] == 5


def test_failures_are_recorded_and_the_rest_goes_on(tmp_path, client):
    path = tmp_path / "d.zarr"
    state = generate(Toy(fails=True), path, samples=16, client=client)
    data = open_store(path).load()
    kind = data["a"].values.astype(int)
    assert set(kind) == {0, 1, 2, 3}
    reasons = [
        "",
        "ZeroDivisionError: split by zero",
        "a is not accepted.",
        "no convergence",
    ]
    statuses = [Status.OK, Status.FAILED, Status.INVALID, Status.FAILED]
    told = [reason.partition(" (toy_simulator.py, line ")[0] for reason in data["reason"].values]
    assert told == [reasons[k] for k in kind]
    assert data["status"].values.tolist() == [statuses[k] for k in kind]
    assert np.isnan(data["y"].values[kind != 0]).all()
    assert state.failed == (kind != 0).sum()
    np.testing.assert_array_equal(finished(data)["sample"], np.flatnonzero(kind == 0))
    assert describe(path)["status"]["invalid"] == (kind == 2).sum()


def test_a_result_that_is_not_finite_is_a_failure(tmp_path, client):
    generate(NotFinite(), tmp_path / "d.zarr", samples=2, client=client)
    data = open_store(tmp_path / "d.zarr")
    assert set(data["reason"].values.tolist()) == {"'y' is not finite"}
    assert finished(data).sizes["sample"] == 0


def test_interrupted_then_resumed_equals_uninterrupted(tmp_path, client):
    log = str(tmp_path / "log")
    path, whole = tmp_path / "d.zarr", tmp_path / "whole.zarr"

    def interrupt(state):
        if state.done >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(Toy(log=log), path, samples=40, chunk=1, client=client, progress=interrupt)
    assert xr.open_zarr(path).sizes["sample"] == 40
    assert 0 < len(pending_chunks(path)) < 38
    generate(Toy(log=log), path, samples=40, chunk=1, client=client)
    assert pending_chunks(path) == []
    # At most the chunks in flight at the interruption are simulated twice.
    assert 40 <= len(_calls(log)) <= 42
    generate(Toy(log=log), whole, samples=40, chunk=7, client=client)
    assert _hash(path) == _hash(whole)


@pytest.mark.slow
def test_the_same_data_for_four_processes_and_for_a_run_cut_into_three(tmp_path, client):
    def interrupt(state):
        if state.done % 8 == 4:
            raise KeyboardInterrupt

    whole, cut, four = (tmp_path / f"{name}.zarr" for name in ("whole", "cut", "four"))
    generate(Toy(), whole, samples=18, chunk=18, client=client)
    for samples, stop in ((18, interrupt), (18, interrupt), (18, None)):
        with contextlib.suppress(KeyboardInterrupt):
            generate(Toy(), cut, samples=samples, chunk=2, client=client, progress=stop)
    with connect(None, 4) as processes:
        generate(Toy(), four, samples=18, chunk=2, client=processes)
    assert _hash(whole) == _hash(cut) == _hash(four)


@pytest.fixture
def small_disk(tmp_path):
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "none", str(tmp_path)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def test_a_full_or_read_only_disk_is_one_line_and_the_store_resumes(small_disk, client):
    def remount(options):
        subprocess.run(["mount", "-o", f"remount,{options}", str(small_disk)], check=True)

    path = small_disk / "d.zarr"
    sizes = {"samples": 40, "chunk": 4, "client": client}
    remount("ro")
    with pytest.raises(DynsurError, match=r"cannot write the store.*Read-only"):
        generate(Toy(points=2000), path, **sizes)
    remount("rw")
    with pytest.raises(DynsurError, match=r"cannot write the store.*No space left"):
        generate(Toy(points=2000), path, **sizes)
    assert 0 < len(pending_chunks(path)) < 10
    remount("size=64m")
    assert generate(Toy(points=2000), path, **sizes).done == 40
    expected = Toy.space.sample(0, 0, 40)["a"]
    np.testing.assert_array_equal(open_store(path)["y"][:, -1], expected * np.sin(1.0))


def test_the_same_data_for_one_and_two_processes(tmp_path):
    for workers in (1, 2):
        log = tmp_path / f"log{workers}"
        with connect(None, workers) as client:
            path = tmp_path / f"{workers}.zarr"
            state = generate(Toy(log=str(log)), path, samples=12, chunk=2, client=client)
        assert state.workers == workers
        assert {line.split()[1] for line in _calls(log)} == {"1"}
    assert _hash(tmp_path / "1.zarr") == _hash(tmp_path / "2.zarr")


def test_a_scheduler_that_is_not_there_is_one_line(monkeypatch):
    monkeypatch.setattr("dynsur.core.generation.cluster.CONNECT_TIMEOUT", 0.2)
    with (
        pytest.raises(DynsurError, match="no dask scheduler answers"),
        connect("tcp://127.0.0.1:9", 1),
    ):
        pass


def test_a_path_that_cannot_be_written_is_one_line(tmp_path, client):
    (tmp_path / "file").write_text("")
    with pytest.raises(DynsurError, match="cannot write the store"):
        generate(Toy(), tmp_path / "file" / "d.zarr", samples=1, client=client)


def test_a_simulation_that_hangs_or_dies_costs_itself_only(tmp_path, client, monkeypatch):
    monkeypatch.setattr("dynsur.core.generation.process.FIRST_CALL", 0.0)
    path, log = tmp_path / "d.zarr", str(tmp_path / "calls")
    with logged(path):
        state = generate(Troubled(log=log), path, samples=4, chunk=4, client=client, time_limit=8.0)
    data = open_store(path).load()
    told = {
        0: (Status.OK, ""),
        1: (Status.TIMED_OUT, "no result within 8 s"),
        2: (Status.CRASHED, "the process was killed by SIGKILL, 2 times"),
        3: (Status.CRASHED, "the process ended with exit code 3, 2 times"),
    }
    kinds = data["a"].values.astype(int)
    assert sorted(kinds) == [0, 1, 2, 3]
    assert [*zip(data["status"].values, data["reason"].values, strict=True)] == [
        told[kind] for kind in kinds
    ]
    assert np.isnan(data["y"].values[kinds > 0]).all()
    assert (state.failed, state.reasons["no result within # s"]) == (3, 1)
    lines = log_file(path).read_text()
    assert all(reason in lines for _, reason in told.values())


def test_failed_samples_are_tried_again_when_asked(tmp_path, client):
    log, path = tmp_path / "calls", tmp_path / "d.zarr"
    simulator = Toy(log=str(log), fails=True)
    for retry in (False, False, True):
        generate(simulator, path, samples=8, chunk=4, client=client, retry_failed=retry)
    failed = (open_store(path)["status"].values != Status.OK).sum()
    assert failed == 6
    assert len(_calls(log)) == 8 + failed + 2 * FEW  # finished ones, tried again each time


@pytest.mark.parametrize("blame", ["", "raises", "dies", "is not finite"])
def test_a_batch_gives_what_one_by_one_gives(tmp_path, client, blame):
    generate(Toy(), tmp_path / "one.zarr", samples=16, chunk=8, client=client)
    generate(Batch(blame=blame), tmp_path / "batch.zarr", samples=16, chunk=8, client=client)
    one, batch = (open_store(tmp_path / f"{n}.zarr").load() for n in ("one", "batch"))
    failed = batch["status"].values != Status.OK
    assert failed.tolist() == [blame == "is not finite" and a > 3 for a in one["a"].values]
    np.testing.assert_allclose(batch["y"].values[~failed], one["y"].values[~failed])
    assert np.isnan(batch["y"].values[failed]).all()


def test_asked_to_stop_it_finishes_what_is_under_way_and_keeps_it(tmp_path, client):
    path, seen = tmp_path / "d.zarr", []
    with pytest.raises(KeyboardInterrupt):
        generate(
            Slow(seconds=0.01),
            path,
            samples=40,
            chunk=2,
            client=client,
            progress=seen.append,
            stopping=lambda: len(seen) > 3,
        )
    left = sum(stop - start for chunk in pending_chunks(path) for start, stop in chunk)
    assert 0 < left < 40
    assert seen[-1].done == 40 - left


def test_a_system_that_workers_cannot_load_is_one_line():
    order = Order("nowhere", "", b"cno_such_module\nfunction\n.", 0, 1.0)
    with pytest.raises(DynsurError, match=r"no_such_module.*same plugins"):
        simulate_chunk(order, ((0, 1),))


def test_a_time_limit_must_be_positive(tmp_path, client):
    with pytest.raises(DynsurError, match="more than 0 s"):
        generate(Toy(), tmp_path / "d.zarr", samples=1, client=client, time_limit=0.0)
    assert not (tmp_path / "d.zarr").exists()


def test_a_worker_that_cannot_write_ends_with_one_line_and_the_store_resumes(tmp_path, client):
    path, state = tmp_path / "d.zarr", []

    def block(progress):
        if not state:  # a folder where a chunk of y would go
            (path / "y" / "c.1.0").mkdir()
        state.append(progress)

    # Whether the worker or the reading of the statuses meets it first, it is one line.
    with pytest.raises(DynsurError, match=r"cannot write the store|c.1.0' is a folder where") as e:
        generate(Toy(), path, samples=4, chunk=2, client=client, progress=block)
    assert "\n" not in str(e.value)
    (path / "y" / "c.1.0").rmdir()
    assert generate(Toy(), path, samples=4, chunk=2, client=client).done == 4


def test_the_authors_frame_is_in_the_log_once_and_not_on_the_console(tmp_path, client, capfd):
    path = tmp_path / "d.zarr"
    with logged(path):
        generate(Misspelt(), path, samples=8, seed=0, chunk=4, client=client)
    text = log_file(path).read_text(encoding="utf-8")
    assert text.count("in simulate") == 1
    assert 'parameters["alpha"]' in text
    assert "KeyError: 'alpha'" in text
    assert "core/generation" not in text
    reasons = set(open_store(path)["reason"].values.tolist())
    assert len(reasons) == 1
    assert "(toy_simulator.py, line " in reasons.pop()
    assert "Traceback" not in "".join(capfd.readouterr())
