"""Calls in a process of their own: results, hangs, deaths, and nothing left behind."""

import math
import os
import pickle
import signal
import subprocess
import sys
import time

import psutil
import pytest
from dynsur.core import DynsurError
from dynsur.core.generation.process import Isolated, ProcessDiedError


@pytest.fixture
def call(monkeypatch):
    monkeypatch.setattr("dynsur.core.generation.process.FIRST_CALL", 0.0)
    function = Isolated(pickle.dumps(eval))
    yield function
    function.close()


def test_a_call_runs_elsewhere_in_the_same_process_each_time(call):
    pids = {call("__import__('os').getpid()", math.inf) for _ in range(3)}
    assert len(pids) == 1
    assert pids != {os.getpid()}
    assert call("__import__('os').environ['OMP_NUM_THREADS']", 60.0) == "1"


def test_what_is_printed_does_not_mix_with_the_answer(call):
    assert call("print('hello') or 'answer'", 60.0) == "answer"


def test_a_call_that_hangs_is_ended_and_the_next_one_works(call):
    with pytest.raises(TimeoutError):
        call("__import__('time').sleep(1000)", 2.0)
    assert call("1 + 1", 60.0) == 2


@pytest.mark.parametrize(
    ("deed", "how"),
    [
        ("__import__('os')._exit(3)", "exit code 3"),
        ("__import__('os').kill(__import__('os').getpid(), 9)", "killed by SIGKILL"),
        ("__import__('ctypes').string_at(0)", "killed by SIGSEGV"),
    ],
)
def test_a_call_that_ends_its_process_is_told_apart(call, deed, how):
    with pytest.raises(ProcessDiedError, match=how):
        call(deed, 60.0)
    assert call("1 + 1", 60.0) == 2


def test_a_function_that_cannot_be_imported_is_one_line():
    missing = b"cno_such_module\nfunction\n."
    with pytest.raises(DynsurError, match=r"no_such_module.*same plugins"):
        Isolated(missing)(0, 60.0)


def test_the_process_dies_with_the_one_it_works_for():
    code = (
        "import pickle, time; from dynsur.core.generation.process import Isolated;"
        "call = Isolated(pickle.dumps(eval));"
        "print(call(\"__import__('os').getpid()\", 60.0), flush=True);"
        "call('__import__(\"time\").sleep(1000)', 1000.0)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    child = psutil.Process(int(parent.stdout.readline()))
    os.kill(parent.pid, signal.SIGKILL)
    parent.communicate()
    deadline = time.monotonic() + 1.0
    while time.monotonic() < deadline:
        if not child.is_running() or child.status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.05)
    pytest.fail("the process outlives the one it works for")
