"""dynsur: simulate nonlinear dynamical systems in parallel, and train and use surrogates of them.

The public names of `dynsur.core` are names of `dynsur` too. Each is loaded when it is first asked
for, so that `import dynsur` takes no time.
"""

import importlib
from typing import Any


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("dynsur")
    if name.startswith("__"):
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    core = importlib.import_module(".core", __name__)
    if name not in core.__all__:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(core, name)


def __dir__() -> list[str]:
    return sorted(["__version__", *importlib.import_module(".core", __name__).__all__])
