"""A run without any finished simulation ends with its reason, not with advice to simulate more."""

import contextlib
from dataclasses import replace

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.registry.configuration import configure
from dynsur.core.registry.host import host
from dynsur.core.store.samples import create_or_extend, write_chunk
from dynsur.core.workflow.simulations import fill
from toy_simulator import Toy


class Heard(list):
    def stage(self, text):
        self.append(text)


@contextlib.contextmanager
def nothing():
    raise AssertionError("nothing is left to simulate")
    yield


def test_a_store_of_failures_only_says_why(tmp_path):
    setup = replace(configure(host(), "duffing", samples=4), simulator=Toy())
    store, nan = tmp_path / "data.zarr", np.full((4, Toy().points), np.nan)
    create_or_extend(store, Toy(), 4, 0, 4)
    rows = {"time": nan, "u": nan, "y": nan, "wall_time": np.ones(4)}
    reasons = ["needs the package toy.", "other", "other", "other"]
    write_chunk(store, 0, {**rows, "status": np.full(4, 5, np.int8), "reason": reasons})
    with pytest.raises(DynsurError, match=r"none of the 4 .* needs the package toy\. Once .*retry"):
        fill(setup, store, nothing, Heard(), 4)
    write_chunk(store, 0, simulate_rows(Toy(), Toy().space.sample(0, 0, 1)))
    heard = Heard()
    fill(setup, store, nothing, heard, 4)
    assert heard == ["4 simulations: up to date, skipped"]
