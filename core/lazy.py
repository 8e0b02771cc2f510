"""Names of a package that are loaded when they are first asked for."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def on_demand(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a package's `__getattr__`, which imports a name's module at its first use.

    Args:
        package: The package's `__name__`.
        modules: The module of each name, relative to the package, e.g. {"train": ".loop"}.
    """

    def __getattr__(name: str) -> Any:  # noqa: N807
        if name not in modules:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        return getattr(importlib.import_module(modules[name], package), name)

    return __getattr__
