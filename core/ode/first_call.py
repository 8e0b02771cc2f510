"""Call an author's right-hand side once, so that a mistake in it gives a one-line error."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..errors import DynsurError, author_line, unknown_name

Rhs = Callable[..., Any]


def check_rhs(name: str, rhs: Rhs, y: np.ndarray, u: Any, values: Mapping[str, float]) -> None:
    """Call a right-hand side once, at the start of a trajectory.

    Args:
        name: Name of the system.
        rhs: f(t, y, u, p).
        y: State at the start, shape [component].
        u: Drive at the start, a number or one for each input.
        values: Every parameter by name.

    Raises:
        DynsurError: The function returns nothing, it returns more or fewer derivatives than there
            are components, or it asks for a parameter that does not exist.
    """
    what = f"the right-hand side of '{name}'"
    if y.ndim != 1:
        raise DynsurError(
            f"`start` of '{name}' has shape {y.shape}; expected one number for each component."
        )
    try:
        rate = rhs(0.0, y, u, values)
    except KeyError as error:
        known = unknown_name("parameter", str(error.args[0]), values)
        raise DynsurError(f"{what}{author_line(error)}: {known}") from error
    place = _defined(rhs)
    if rate is None:
        raise DynsurError(
            f"{what}{place} returns nothing; expected the {y.size} derivatives of its states; "
            "add a `return`."
        )
    try:
        shape = np.shape(np.asarray(rate, float))
    except (TypeError, ValueError):
        raise DynsurError(
            f"{what}{place} returns {str(rate)[:40]!r}; expected the {y.size} derivatives of its "
            "states."
        ) from None
    if shape != y.shape:
        raise DynsurError(
            f"{what}{place} returns values of shape {shape}; expected {y.shape}, the derivative "
            "of each state that `start` gives."
        )


def _defined(function: Rhs) -> str:
    code = getattr(function, "__code__", None)
    if code is None:
        return ""
    return f" ({code.co_filename.rpartition('/')[2]}, line {code.co_firstlineno})"
