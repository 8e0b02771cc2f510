"""`import dynsur` gives the version and the public names, each loaded when it is asked for."""

import subprocess
import sys
from importlib.metadata import version

import dynsur
import dynsur.core
import pytest


def test_the_public_names_are_there():
    assert set(dynsur.core.__all__) | {"__version__"} == set(dir(dynsur))
    assert dynsur.__version__ == version("dynsur")
    assert dynsur.Surrogate is dynsur.core.Surrogate
    with pytest.raises(AttributeError, match="'dynsur' has no attribute 'surogate'"):
        dynsur.surogate  # noqa: B018


def test_importing_it_loads_nothing():
    code = (
        "import sys, dynsur; print([m for m in sys.modules if m.startswith(('dynsur.', 'numpy'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"
