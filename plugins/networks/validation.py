"""Validate the sizes of a network."""

from typing import Any

from dynsur.core import DynsurError


def check_sizes(model: Any, *names: str) -> None:
    """Refuse a configuration in which one of the named fields is less than 1."""
    for name in names:
        if getattr(model, name) < 1:
            raise DynsurError(
                f"model.{name} of {model.name} must be at least 1; got {getattr(model, name)}."
            )
