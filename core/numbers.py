"""Check the numbers of a caller before anything is computed with them, and count in words."""

import math
import warnings
from typing import Any

import numpy as np

from .errors import DynsurError


def numbers(what: str, values: Any) -> np.ndarray:
    """Return values as an array of floats; masked ones become NaN.

    Args:
        what: Name of the values in the message, e.g. "parameter 'a'".
        values: Numbers, or arrays of any library that numpy can read.

    Raises:
        DynsurError: The values are text, dates, complex numbers or unevenly nested.

    >>> numbers("time", [0, 1])
    array([0., 1.])
    """
    if _is_plain(values):
        return np.array(values)  # what is checked again on the way to a model costs nothing
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            found = np.ma.asanyarray(values)
            if found.dtype.kind not in "biufO" or _holds_text(found):
                raise TypeError
            array = found.astype(float)
    except (TypeError, ValueError, RuntimeError, np.exceptions.ComplexWarning):
        shown = " ".join(f"{values!r:.60}".split())
        raise DynsurError(f"{what} takes numbers; got {shown}.") from None
    return np.asarray(array.filled(np.nan))


def _is_plain(values: Any) -> bool:
    """Return whether values are floats already, in an array of numpy or in a tuple."""
    if type(values) is tuple:
        return all(type(value) is float for value in values)
    return type(values) is np.ndarray and values.dtype == float


def _holds_text(array: np.ndarray) -> bool:
    """Return whether an array of objects holds text or None, which numpy would convert."""
    return array.dtype.kind == "O" and any(
        isinstance(value, str | bytes | None) for value in array.ravel().tolist()
    )


def by_name(what: str, values: Any) -> Any:
    """Return values that go by names, such as a mapping, a DataFrame or a Dataset.

    Raises:
        DynsurError: They go by none.
    """
    if hasattr(values, "items") and hasattr(values, "__getitem__"):
        return values
    shown = " ".join(f"{values!r:.60}".split())
    raise DynsurError(f"{what} go by name, e.g. {{'name': values}}; got {shown}.")


def texts(what: str, values: Any) -> list[str]:
    """Return texts as a list; one alone counts as one.

    Raises:
        DynsurError: They are something else.

    >>> texts("'inputs'", "voltage")
    ['voltage']
    """
    found = [values] if isinstance(values, str) else values
    if isinstance(found, list | tuple) and all(isinstance(text, str) for text in found):
        return list(found)
    shown = " ".join(f"{values!r:.60}".split())
    raise DynsurError(f"{what} takes texts, e.g. ['name']; got {shown}.")


def number(what: str, value: Any) -> float:
    """Return one finite number, or raise DynsurError."""
    found = numbers(what, value)
    if found.ndim or not np.isfinite(found):
        raise DynsurError(f"{what} must be one finite number; got {str(value)[:60]}.")
    return float(found)


def positive(what: str, value: Any, units: str) -> float:
    """Return one number above 0, or raise DynsurError."""
    found = number(what, value)
    if found <= 0:
        raise DynsurError(f"{what} must be positive; got {found:g} {units}.")
    return found


def seconds_allowed(value: Any) -> float:
    """Return a time limit above 0 s, inf for none, or raise DynsurError."""
    found = numbers("the time limit", value)
    if found.ndim or not found > 0:
        raise DynsurError(
            f"the time limit must be more than 0 s; got {str(value)[:60]}; inf is no limit."
        )
    return float(found)


def whole(what: str, value: Any, least: int = 1) -> int:
    """Return one whole number of `least` or more, or raise DynsurError."""
    found = number(what, value)
    if found < least or not math.isclose(found, round(found), rel_tol=0, abs_tol=0):
        raise DynsurError(f"{what} must be a whole number of {least} or more; got {found:g}.")
    return round(found)


def count(n: int, what: str, several: str = "") -> str:
    """Return a number of things, with the plural where it belongs.

    >>> count(1, "simulation"), count(1200, "simulation"), count(2, "loss", "losses")
    ('1 simulation', '1,200 simulations', '2 losses')
    """
    return f"{n:,} {what if n == 1 else several or what + 's'}"
