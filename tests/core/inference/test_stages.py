"""Simulations of draws are kept as they come, and failures are counted with their reasons."""

import dataclasses
import math

import numpy as np
import pytest
from dynsur.core.inference import question, stages
from dynsur.core.inference.stages import simulated_draws
from dynsur.core.response import SimulatedResponder
from lag import LAG, NOISE


def broken(t, y, u, p):
    """Return the rate of a lag that has none where `idle` is large."""
    return (np.where(p["idle"] > 0.7, math.nan, p["rate"] * (p["gain"] * u - y[0])),)


@pytest.fixture
def asked(loop):
    system = SimulatedResponder("lag", dataclasses.replace(LAG, rhs=broken))
    return question(system, [loop], {"relative": 0.0, "absolute": NOISE})


@pytest.fixture
def draws(asked):
    return np.random.default_rng(2).standard_normal((40, len(asked.prior.names)))


def test_failures_on_workers_are_counted_and_stay_with_the_draws(asked, draws, client, tmp_path):
    (rows,) = simulated_draws(asked, tmp_path, client, draws, lambda *told: None)
    failed = asked.prior.values(draws)["idle"] > 0.7
    np.testing.assert_array_equal(np.isnan(rows).all(axis=1), failed)
    assert 0 < asked.failures.total() == failed.sum()
    asked.failures.clear()
    (again,) = simulated_draws(asked, tmp_path, None, draws, lambda *told: None)
    np.testing.assert_array_equal(again, rows)
    assert asked.failures.total() == failed.sum()


def test_what_is_simulated_is_on_the_disk_before_the_end(
    asked, draws, client, tmp_path, monkeypatch
):
    """As a kill would leave it: nothing is written once the work is broken off."""
    monkeypatch.setattr(stages, "WRITTEN", 0.0)
    monkeypatch.setattr(stages, "LARGEST", 8)
    written, keep = [], stages._keep

    def broken_off(path, done, rows, failures):
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(int(done.sum()))
        keep(path, done, rows, failures)

    with monkeypatch.context() as patch:
        patch.setattr(stages, "_keep", broken_off)
        with pytest.raises(KeyboardInterrupt):
            simulated_draws(asked, tmp_path, client, draws, lambda *told: None)
    assert written == [8, 16]
    asked.failures.clear()
    reached = []
    (rows,) = simulated_draws(
        asked, tmp_path, client, draws, lambda name, done, total: reached.append(done)
    )
    assert reached == [24, 32, 40]
    (tmp_path / "whole").mkdir()
    (whole,) = simulated_draws(asked, tmp_path / "whole", client, draws, lambda *told: None)
    np.testing.assert_array_equal(rows, whole)
