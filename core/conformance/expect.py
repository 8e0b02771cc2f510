"""The error of a broken promise, and the function that raises it."""

from collections.abc import Callable
from typing import Any

Check = Callable[[Any], None]


class ConformanceError(AssertionError):
    """A promise is broken; the message says what was found, what was expected and what to do."""


def expect(kept: object, otherwise: str) -> None:
    """Raise ConformanceError with the text `otherwise` unless `kept` is true."""
    if not kept:
        raise ConformanceError(otherwise)
