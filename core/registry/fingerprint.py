"""A fingerprint of the code that a simulator runs.

It covers the code, constants, defaults and closures of the simulator's functions, the globals that
they use, and the source files of its package. It is not part of a store's identity, because it
changes with comments and with the version of Python. Where two fingerprints differ, some samples
are simulated again to decide whether the behaviour has changed.
"""

import dataclasses
import functools
import hashlib
import importlib.metadata
import inspect
import sys
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from ..systems.simulator import Simulator


def fingerprint(simulator: Simulator) -> str:
    """Return a hash of the code that a simulator runs."""
    fields = vars(simulator).values() if hasattr(simulator, "__dict__") else ()
    own = {getattr(f, "__module__", None) for f in (type(simulator), *fields) if callable(f)}
    walk = _Walk({str(name).partition(".")[0] for name in own})
    walk.add(simulator)
    return walk.digest.hexdigest()


class _Walk:
    """Visits everything that an object refers to, once each, and hashes it."""

    def __init__(self, own: set[str]) -> None:
        self._own = own  # packages whose code counts wherever they are installed
        self.digest = hashlib.sha256(sys.version.encode())
        self._visited: set[int] = set()
        self._kept: list[Any] = []  # so that no address is used twice
        self._sources: set[str] = set()

    def add(self, value: Any) -> None:
        """Hash a value and everything that it refers to."""
        if isinstance(value, str | bytes | int | float | complex | bool | None | range):
            self._say(repr(value))
            return
        # What weak references lead to is remembered for a while, and decides nothing.
        if id(value) in self._visited or isinstance(value, WeakKeyDictionary):
            return
        self._visited.add(id(value))
        self._kept.append(value)
        if isinstance(value, np.ndarray):
            self._say(f"array {value.dtype} {value.shape}")
            self.digest.update(np.ascontiguousarray(value).tobytes())
        elif isinstance(value, dict):
            for key, inner in value.items():
                self.add(key)
                self.add(inner)
        elif isinstance(value, tuple | list | set | frozenset):
            for inner in sorted(value, key=repr) if isinstance(value, set | frozenset) else value:
                self.add(inner)
        elif isinstance(value, types.CodeType):
            self._add_code(value)
        elif isinstance(value, types.ModuleType):
            self._add_module(value)
        elif isinstance(value, types.FunctionType):
            self._add_function(value)
        elif isinstance(value, types.MethodType):
            self.add(value.__func__)
            self.add(value.__self__)
        elif isinstance(value, type):
            self._add_class(value)
        else:
            self._add_instance(value)

    def _say(self, text: str) -> None:
        self.digest.update(text.encode() + b"\0")

    def _add_code(self, code: types.CodeType) -> None:
        self._say(f"{code.co_argcount} {code.co_names} {code.co_varnames}")
        self.digest.update(code.co_code)
        self.add(code.co_consts)

    def _add_function(self, function: types.FunctionType) -> None:
        if self._is_installed(function.__module__):
            return
        self.add(function.__code__)
        self.add(function.__defaults__)
        self.add(function.__kwdefaults__)
        for cell in function.__closure__ or ():
            self.add(cell.cell_contents)
        for name in sorted(_names(function.__code__)):
            if name in function.__globals__:
                self._say(name)
                self.add(function.__globals__[name])
        self._add_source(function.__module__)

    def _add_class(self, kind: type) -> None:
        self._say(kind.__qualname__)
        if self._is_installed(kind.__module__):
            return
        for name, member in sorted(vars(kind).items()):
            if not name.startswith("__") or name in ("__post_init__", "__call__", "__init__"):
                self.add(getattr(member, "__func__", getattr(member, "fget", member)))
        self._add_source(kind.__module__)

    def _add_instance(self, value: Any) -> None:
        self.add(type(value))
        wrapped = inspect.unwrap(value) if hasattr(value, "__wrapped__") else None
        compiled = getattr(value, "py_func", None)  # of a function compiled by numba
        if compiled is not None or (wrapped is not None and wrapped is not value):
            self.add(compiled or wrapped)
        elif dataclasses.is_dataclass(value):
            for field in dataclasses.fields(value):
                self._say(field.name)
                self.add(getattr(value, field.name))
        elif isinstance(getattr(value, "__dict__", None), dict):
            self.add(vars(value))
        else:
            self.add(getattr(value, "args", None))  # of functools.partial
            self.add(getattr(value, "func", None))

    def _add_module(self, module: types.ModuleType) -> None:
        if not self._is_installed(module.__name__):
            self._add_source(module.__name__)

    def _add_source(self, name: str | None) -> None:
        """Hash the source files of a module's package, or of the module alone."""
        module = sys.modules.get(name or "")
        file = getattr(module, "__file__", None)
        if file is None or name in (None, "__main__") or name in self._sources:
            return
        self._sources.add(str(name))
        path = Path(file)
        in_package = bool(getattr(module, "__package__", ""))
        for source in sorted(path.parent.rglob("*.py")) if in_package else [path]:
            self.digest.update(source.read_bytes())

    def _is_installed(self, name: str | None) -> bool:
        """Return whether a module belongs to Python or to an installed distribution.

        The version of such a distribution is hashed in place of its code.
        """
        top = (name or "").partition(".")[0]
        if top in sys.stdlib_module_names:
            return top != "__main__"
        file = getattr(sys.modules.get(top), "__file__", None)
        if top in self._own or file is None or "site-packages" not in Path(file).parts:
            return False
        for distribution in _distributions().get(top, []):
            self._say(f"{distribution} {importlib.metadata.version(distribution)}")
        return True


@functools.cache
def _distributions() -> Mapping[str, list[str]]:
    return importlib.metadata.packages_distributions()


def _names(code: types.CodeType) -> set[str]:
    """Return the names that a function and the functions inside it look up."""
    inner = (c for c in code.co_consts if isinstance(c, types.CodeType))
    return set(code.co_names).union(*map(_names, inner))
