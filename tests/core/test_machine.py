"""The program works where Linux's calls are missing."""

import os

from dynsur.core import configure, host
from dynsur.core.machine import available_cores
from dynsur.core.training.loop import _threads


def test_cores_are_counted_without_linux(monkeypatch):
    assert 1 <= available_cores() <= (os.cpu_count() or 1)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert available_cores() == os.cpu_count()


def test_training_sets_its_threads_without_linux(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert configure(host(), "vteam").training.threads == 0
    with _threads(0):
        pass


def test_processes_are_started_and_ended_without_process_groups(monkeypatch):
    import cloudpickle
    from dynsur.core.generation.process import Isolated

    monkeypatch.delattr(os, "killpg", raising=False)
    process = Isolated(cloudpickle.dumps(lambda x: x + 1))
    assert process(1, 60.0) == 2
    process.close()
