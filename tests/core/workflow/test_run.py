"""What a run will do is known before it begins, and it does no more than that."""

import contextlib

import numpy as np
import pytest
from dynsur.core import DynsurError, Status, configure, host
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.store.samples import create_or_extend, open_store, status_counts, write_chunk
from dynsur.core.workflow.run import run
from dynsur.core.workflow.simulations import fill


class Silent:
    def stage(self, text): ...

    def simulated(self, progress): ...

    def trained(self, row, epochs): ...


@contextlib.contextmanager
def nothing():
    raise AssertionError("nothing shall be simulated")
    yield


def test_too_few_samples_are_refused_before_anything_is_simulated(tmp_path):
    setup = configure(host(), "duffing", samples=5)
    with pytest.raises(DynsurError, match="at least 10 finished simulations; got --samples 5"):
        run(setup, tmp_path / "run", nothing, Silent())
    assert not (tmp_path / "run").exists()


def test_fewer_samples_than_an_unfinished_store_holds_need_no_more(tmp_path):
    """After an interrupted run of 24, `--samples 12` is complete with the first 12."""
    setup = configure(host(), "duffing", samples=12)
    store, simulator = tmp_path / "data.zarr", setup.simulator
    create_or_extend(store, simulator, 24, 0, 12)
    write_chunk(store, 0, simulate_rows(simulator, simulator.space.sample(0, 0, 12)))
    fill(setup, store, nothing, Silent(), 12)
    assert status_counts(store)[Status.MISSING] == 12
    assert np.isfinite(open_store(store)["displacement"].values[:12]).all()
