"""Modules of earlier versions: scripts that import from them run, and are told of the new place."""

import importlib
import sys
import types
import warnings
from typing import Any

HERE = __name__.rpartition(".")[0]
MOVED = {  # from modules of this package to those that hold their names now
    "client": ".generation.cluster",
    "generate": ".generation.generate",
    "simulation": ".generation.simulate",
    "verify": ".generation.verify",
    "drive": ".systems.drive",
    "excitations": ".systems.excitations",
    "waveforms": ".systems.waveforms",
    "signals": ".systems.signals",
    "parameters": ".systems.parameters",
    "types": ".systems.variables",
    "summary": ".store.summary",
    "export": ".store.export",
    "merit": ".store.figures_of_merit",
    "host": ".registry.host",
    "setup": ".registry.configuration",
    "metrics": ".evaluation.metrics",
    "evaluate": ".evaluation.evaluate",
    "train": ".training.loop",
    "run": ".workflow.run",
    "report": ".reporting.report",
    "measured": ".reproduction.measured_curve",
    "reproduce": ".reproduction.reproduce",
}


class _Moved(types.ModuleType):
    """A module that has moved: its names are those of the new one, or public ones."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        place = MOVED[self.__name__.rpartition(".")[2]]
        face = importlib.import_module(HERE)
        public = name in face.__all__
        found = getattr(face if public else importlib.import_module(place, HERE), name)
        where = HERE if public else f"{HERE}{place}"
        warnings.warn(
            f"'{self.__name__}' has moved; use `from {where} import {name}`.",
            DeprecationWarning,
            stacklevel=2,
        )
        return found


def keep_moved_modules() -> None:
    """Let imports from modules of earlier versions find what they held.

    A finder would not do: the import of `core.generate` would put a module over the function.
    """
    for name in MOVED:
        sys.modules.setdefault(f"{HERE}.{name}", _Moved(f"{HERE}.{name}"))
