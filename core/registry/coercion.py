"""Settings given as text or TOML values, turned into what a field's annotation asks for."""

import dataclasses
import types
import typing
from typing import Any

from ..errors import DynsurError


def field_types(part: Any) -> dict[str, Any]:
    """Return the fields of a dataclass instance by name, with their types."""
    if not dataclasses.is_dataclass(part):
        return {}
    try:
        hints = typing.get_type_hints(type(part))
    except NameError:  # an annotation that only a type checker can resolve
        hints = {}
    fields = [f for f in dataclasses.fields(part) if f.init]
    return {f.name: hints.get(f.name, type(getattr(part, f.name))) for f in fields}


def number(value: Any, name: str) -> float:
    """Return a finite-looking number from a text or a TOML value.

    >>> number("1e3", "mu_x")
    1000.0
    """
    if not isinstance(value, bool):
        try:
            return float(value)
        except (TypeError, ValueError):
            pass
    raise DynsurError(f"'{name}' takes a number; got '{value}'.")


def convert(value: Any, target: Any, name: str) -> Any:
    """Turn `value` into the type `target`.

    Args:
        value: A text from the command line or a value from TOML.
        target: bool, int, float, str, a Literal, a tuple of these, or one of these or None.
        name: Full name of the setting, for the error.

    Raises:
        DynsurError: The value does not fit, or the type cannot be given as text.

    >>> convert("64", int, "model.width"), convert("8,16", tuple[int, ...], "model.sizes")
    (64, (8, 16))
    """
    origin, arguments = typing.get_origin(target), typing.get_args(target)
    if origin in (typing.Union, types.UnionType):
        if value is None or str(value).lower() == "none":
            return None
        target = next(a for a in arguments if a is not type(None))
        return convert(value, target, name)
    if origin is typing.Literal:
        return _literal(value, arguments, name)
    if origin is tuple:
        parts = value.split(",") if isinstance(value, str) else list(value)
        return tuple(convert(part, arguments[0], name) for part in parts)
    if target is str:
        return str(value)
    if target is bool:
        return _boolean(value, name)
    if target is float:
        return number(value, name)
    if target is int:
        result = number(value, name)
        if not result.is_integer():
            raise DynsurError(f"'{name}' takes a whole number; got '{value}'.")
        return int(result)
    raise DynsurError(f"'{name}' cannot be set from text; set it from Python.")


def _literal(value: Any, allowed: tuple[Any, ...], name: str) -> Any:
    for choice in allowed:
        if str(choice) == str(value):
            return choice
    raise DynsurError(f"'{name}' takes one of {', '.join(map(str, allowed))}; got '{value}'.")


def _boolean(value: Any, name: str) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    try:
        return words[str(value).lower()]
    except KeyError:
        raise DynsurError(f"'{name}' takes true or false; got '{value}'.") from None
