"""Import packages that only some features need."""

import importlib
from typing import Any

from .errors import DynsurError


def needed(module: str, extra: str, task: str) -> Any:
    """Import a module of an optional package.

    Args:
        module: Full name of the module.
        extra: The extra of dynsur that installs its package.
        task: The task that needs the package, for the message.

    Raises:
        DynsurError: The package is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise DynsurError(
            f"{task} needs the package {module.partition('.')[0]}; `pip install 'dynsur[{extra}]'`."
        ) from None
