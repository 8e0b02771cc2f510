"""A folder is held by one process at a time, and by nobody once its holder is dead."""

import os
import subprocess
import sys

import pytest
from dynsur.core import DynsurError
from dynsur.core.locks import holding

HOLD = """
import sys
from pathlib import Path
from dynsur.core.locks import holding
with holding(Path(sys.argv[1]), "it"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    process = subprocess.Popen(command, stdin=-1, stdout=-1, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_the_second_is_told_who_holds_it(other, tmp_path):
    with pytest.raises(DynsurError, match=f"'it' is being written by process {other.pid} on "):
        holding(tmp_path, "it").__enter__()


def test_a_killed_holder_holds_nothing(other, tmp_path):
    other.kill()
    other.wait()
    with holding(tmp_path, "it"), holding(tmp_path, "it"):
        assert f'"process": {os.getpid()}' in (tmp_path / "holder.json").read_text("utf-8")


def test_where_nothing_can_be_written_it_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DynsurError, match="cannot write 'it'"), holding(tmp_path / "file", "it"):
        pass


def test_a_file_system_without_locks_is_used_without(tmp_path, monkeypatch):
    def missing(*_):
        raise NotImplementedError

    monkeypatch.setattr("filelock.FileLock.acquire", missing)
    with holding(tmp_path, "it"):
        pass
