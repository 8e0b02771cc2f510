"""The examples in docstrings are true."""

import doctest
import importlib
import pkgutil

import dynsur.cli
import dynsur.core
import dynsur.plugins
import pytest

MODULES = [
    module.name
    for package in (dynsur.core, dynsur.plugins, dynsur.cli)
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
