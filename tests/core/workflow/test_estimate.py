"""An estimate is of the right size, leaves nothing behind, and says when it knows nothing."""

import dataclasses
import tempfile

import pytest
from dynsur.core.registry import configure, host
from dynsur.core.workflow import estimate
from dynsur.core.workflow.estimate import seconds_of_training

SMALL = {"training.threads": 1, "model.width": 4, "training.epochs": 4}


@pytest.fixture(autouse=True)
def scratch(tmp_path, monkeypatch):
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    yield tmp_path
    left = [p.name for p in (tmp_path / "scratch").iterdir()]
    assert [name for name in left if not name.startswith("torchinductor")] == []  # torch's own


def test_memory_and_disk_follow_the_sizes(tmp_path):
    setup = configure(host(), "duffing", SMALL, 1000)
    found = estimate(setup, tmp_path / "data.zarr", 2)
    assert found.simulations == 1000
    assert found.disk == 1000 * 501 * 3 * 8
    assert found.memory > found.disk
    assert found.seconds == pytest.approx(500 * found.seconds_each)
    assert found.training is None
    assert not (tmp_path / "data.zarr").exists()


def test_a_thousand_times_the_epochs_take_far_longer():
    few = seconds_of_training(configure(host(), "duffing", SMALL, 64))
    more = {**SMALL, "training.epochs": 4000}
    many = seconds_of_training(configure(host(), "duffing", more, 64))
    assert few is not None
    assert many is not None
    assert many > 10.0 * few


def test_a_trial_that_fails_is_no_estimate():
    setup = configure(host(), "duffing", SMALL, 64)
    broken = dataclasses.replace(setup.simulator, rhs=lambda t, y, u, p: [y[0] * float("nan")] * 2)
    assert seconds_of_training(dataclasses.replace(setup, simulator=broken)) is None
