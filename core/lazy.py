"""Load the names of a package when they are first used."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def on_demand(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a `__getattr__` for a package, which imports the module of a name at its first use.

    Args:
        package: The package's `__name__`.
        modules: The module of each name, relative to the package, e.g. {"train": ".loop"}.
    """

    def __getattr__(name: str) -> Any:  # noqa: N807
        if name not in modules:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        return getattr(importlib.import_module(modules[name], package), name)

    return __getattr__
