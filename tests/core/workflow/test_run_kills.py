"""Killed at any moment of any phase, data and weights end up as those of an undisturbed run."""

import itertools
import json
import multiprocessing
import random
import time
from collections import Counter

import pytest
import torch
from cycling import PHASES, damage, work
from dynsur.core import Status
from dynsur.core.store.samples import content_hash, open_store, status_counts
from dynsur.core.surrogate.persistence import read_model

LIMIT = 300.0  # s for one phase on a busy machine


@pytest.fixture(scope="module")
def context():
    """Start processes quickly: as copies of one that has imported everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cycling", "torch", "distributed", "dynsur.core.workflow.run"])
    return context


def _attempt(context, phase, folder, seconds=None):
    """Work on a phase, killed after some seconds; return whether it was, and how long it took."""
    process = context.Process(target=work, args=(phase, str(folder)))
    began = time.monotonic()
    process.start()
    process.join(LIMIT if seconds is None else seconds)
    spent, killed = time.monotonic() - began, process.is_alive()
    process.kill()
    process.join()
    assert not (killed and seconds is None), f"{phase} hangs"
    assert killed or process.exitcode == 0, f"{phase} ended with {process.exitcode}"
    return killed, spent


def _outcome(folder):
    """Return all that must not depend on kills."""
    assert (
        status_counts(folder / "d.zarr")[Status.OK] == open_store(folder / "d.zarr").sizes["sample"]
    )
    metrics = json.loads((folder / "model" / "metrics.json").read_text("utf-8"))
    metrics.pop("seconds_per_curve")
    return content_hash(open_store(folder / "d.zarr")), metrics, read_model(folder / "model")[1]


def _survives(context, tmp_path, kills_in_a_phase, kills):
    """Kill every phase so many times in each round, until there were enough; return them by phase.

    A phase that ends just before it is killed does not count.
    """
    randomly, killed, durations = random.Random(0), Counter(), {}
    (tmp_path / "whole").mkdir()
    for phase in PHASES:
        if phase == "repair":
            damage(tmp_path / "whole")
        durations[phase] = _attempt(context, phase, tmp_path / "whole")[1]
    content, metrics, weights = _outcome(tmp_path / "whole")
    for number in itertools.count():
        if killed.total() >= kills:
            return killed
        folder = tmp_path / f"killed-{number}"
        folder.mkdir()
        for phase, count in zip(PHASES, kills_in_a_phase, strict=True):
            if phase == "repair":
                damage(folder)
            for _ in range(count):
                after = randomly.uniform(0.05, 0.95) * durations[phase]
                killed[phase] += _attempt(context, phase, folder, after)[0]
            _attempt(context, phase, folder)
        again = _outcome(folder)
        assert again[:2] == (content, metrics)
        assert again[2].keys() == weights.keys()
        assert all(torch.equal(again[2][name], weights[name]) for name in weights)
    raise AssertionError


@pytest.mark.slow
def test_kills_in_every_phase_lose_nothing(context, tmp_path):
    assert _survives(context, tmp_path, (1, 1, 2, 1, 1), kills=3)


@pytest.mark.slow
def test_a_hundred_kills_in_all_phases_lose_nothing(context, tmp_path, capsys):
    killed = _survives(context, tmp_path, (3, 3, 3, 3, 2), kills=100)
    with capsys.disabled():
        print(f"\n{killed.total()} kills: {dict(killed)}")
