"""A run folder of the version that named callables by their module opens, resumes and extends."""

import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
from displays import Heard, nothing
from dynsur.core import Surrogate, configure, connect, host
from dynsur.core.generation.verify import verify
from dynsur.core.registry.identity import simulator_of
from dynsur.core.store.samples import content_hash, open_store
from dynsur.core.workflow.run import run

ARCHIVE = Path(__file__).parents[2] / "data" / "run-0.1.0.tar.gz"
SETTINGS = {
    "simulator.points": 41,
    "model.width": 4,
    "model.hidden": 4,
    "model.members": 1,
    "training.epochs": 2,
    "training.threads": 1,
}


@pytest.fixture
def folder(tmp_path):
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "run"


def test_it_opens(folder):
    data = open_store(folder / "data.zarr")
    assert "dynsur.plugins.memristors" in data.attrs["configuration"]
    simulator = simulator_of(data.attrs)
    assert verify(folder / "data.zarr", simulator, rerun=3).faults == []
    assert np.isfinite(Surrogate.load(folder).respond({})["current"]).all()


def test_it_resumes_without_doing_anything_again(folder):
    heard = Heard()
    run(configure(host(), "vteam", SETTINGS, 10), folder, nothing, heard)
    assert heard[:3] == [
        "10 simulations: up to date, skipped",
        "model: up to date, skipped",
        "metrics: up to date, skipped",
    ]


def test_it_extends_and_keeps_what_it_had(folder):
    before = content_hash(open_store(folder / "data.zarr"))
    setup = configure(host(), "vteam", SETTINGS, 12)
    run(setup, folder, lambda: connect(None, 1), Heard())
    data = open_store(folder / "data.zarr")
    assert data.sizes["sample"] == 12
    assert content_hash(data.isel(sample=slice(10))) == before
    assert json.loads((folder / "run.json").read_text("utf-8"))["samples"] == 12
