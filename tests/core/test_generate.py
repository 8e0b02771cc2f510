"""Generation: the same data however it was made, failures kept as data, resume redoes nothing."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from dynsur.core import DynsurError, Status
from dynsur.core.client import connect
from dynsur.core.generate import generate
from dynsur.core.store import content_hash, finished, open_store, pending_chunks
from dynsur.core.summary import describe
from toy_simulator import NotFinite, Toy


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
    assert len(_calls(log)) == 11
    generate(Toy(log=log), whole, samples=11, chunk=4, client=client)
    assert _hash(grown) == _hash(whole)


def test_asking_for_fewer_samples_keeps_all(tmp_path, client):
    for samples in (5, 2):
        state = generate(Toy(), tmp_path / "d.zarr", samples=samples, client=client)
    assert state.total == 5


def test_failures_are_recorded_and_the_rest_goes_on(tmp_path, client):
    path = tmp_path / "d.zarr"
    state = generate(Toy(fails=True), path, samples=16, client=client)
    data = open_store(path).load()
    kind = data["a"].values.astype(int)
    assert set(kind) == {0, 1, 2, 3}
    reasons = ["", "ZeroDivisionError: split by zero", "a is not accepted.", "no convergence"]
    statuses = [Status.OK, Status.FAILED, Status.INVALID, Status.FAILED]
    assert data["reason"].values.tolist() == [reasons[k] for k in kind]
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
    monkeypatch.setattr("dynsur.core.client.CONNECT_TIMEOUT", 0.2)
    with (
        pytest.raises(DynsurError, match="no dask scheduler answers"),
        connect("tcp://127.0.0.1:9", 1),
    ):
        pass


def test_a_path_that_cannot_be_written_is_one_line(tmp_path, client):
    (tmp_path / "file").write_text("")
    with pytest.raises(DynsurError, match="cannot write the store"):
        generate(Toy(), tmp_path / "file" / "d.zarr", samples=1, client=client)
