"""A script of an earlier version runs, and is told where its imports are now."""

import importlib
import subprocess
import sys
from pathlib import Path

import dynsur.core
import pytest
from dynsur.core.moved import MOVED


def test_every_module_that_moved_has_a_place():
    for name, place in MOVED.items():
        assert importlib.import_module(place, "dynsur.core").__name__ == f"dynsur.core{place}"
        assert not (Path(dynsur.core.__file__).parent / name).exists()


def test_a_name_is_found_where_it_was_and_the_new_place_is_told():
    with pytest.warns(DeprecationWarning, match="from dynsur.core import connect"):
        from dynsur.core.client import connect
    with pytest.warns(DeprecationWarning, match=r"core.reproduction.measured_curve import read_"):
        from dynsur.core.measured import read_measured
    assert connect is dynsur.core.connect
    assert read_measured.__module__ == "dynsur.core.reproduction.measured_curve"
    with pytest.raises(ImportError, match="cannot import name 'nothing'"):
        from dynsur.core.measured import nothing  # noqa: F401


def test_a_module_of_a_public_name_does_not_hide_it():
    script = "from dynsur.core.generate import generate; import dynsur.core as c; print(c.generate)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert "function generate" in done.stdout
    assert "has moved; use `from dynsur.core import generate`" in done.stderr
