"""Convert settings from text or TOML to the types of a part's fields with pydantic."""

import dataclasses
import typing
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..errors import DynsurError

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

SEQUENCES = ("tuple_type", "list_type")
FROM_PYTHON = ("dataclass_type", "is_instance_of", "callable_type")  # no text can be such a thing
EXPECTED = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "float_parsing": "a number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a number",
    "int_type": "a number",
}


def field_types(part: Any) -> dict[str, Any]:
    """Return the fields of a dataclass instance by name, with their types."""
    if not dataclasses.is_dataclass(part):
        return {}
    try:
        hints = typing.get_type_hints(type(part), include_extras=True)
    except NameError:  # an annotation that only a type checker can resolve
        hints = {}
    fields = [f for f in dataclasses.fields(part) if f.init]
    return {f.name: hints.get(f.name, type(getattr(part, f.name))) for f in fields}


def convert(value: Any, target: Any, name: str) -> Any:
    """Return `value` converted to the type `target`.

    Args:
        value: A text from the command line or a value from TOML.
        target: A type that pydantic can read: bool, int, float, str, a Literal, a tuple, an Enum,
            a Path, a union of such types, or one of them annotated with a constraint.
        name: Full name of the setting, for the error message.

    Raises:
        DynsurError: The value does not fit, or the type cannot be given as text.

    >>> convert("64", int, "model.width"), convert("8,16", tuple[int, ...], "model.sizes")
    (64, (8, 16))
    >>> convert("1e3", int, "model.width"), convert("none", float | None, "model.scale")
    (1000, None)
    """
    from pydantic import ValidationError

    adapter, errors = _adapter(target, name), []
    for reading in _readings(value, errors):
        try:
            # A truth value is not a number, though Python would take it for one.
            return adapter.validate_python(reading, strict=isinstance(reading, bool) or None)
        except ValidationError as error:
            errors[:] = error.errors()
    if any(error["type"] in FROM_PYTHON for error in errors):
        raise _not_from_text(name)
    raise DynsurError(f"'{name}' {_expected(errors)}; got '{value}'.")


def _adapter(target: Any, name: str) -> "TypeAdapter[Any]":
    from pydantic import PydanticUndefinedAnnotation, PydanticUserError, TypeAdapter

    if target in (Any, object):
        raise _not_from_text(name)
    try:
        return TypeAdapter(target)
    except (PydanticUserError, PydanticUndefinedAnnotation):
        raise _not_from_text(name) from None


def _readings(value: Any, errors: "list[ErrorDetails]") -> Iterator[Any]:
    """Yield the possible meanings of a value, the most likely one first."""
    if not isinstance(value, str):
        yield value
        if isinstance(value, int | float) and any(e["type"] == "string_type" for e in errors):
            yield str(value)
        return
    if value.lower() == "none":
        yield None
    yield value
    sequence = any(error["type"] in SEQUENCES for error in errors)
    number = _number(value)
    if sequence:
        yield [_number(part) for part in value.split(",")]
    elif number is not value:
        yield number


def _number(text: str) -> int | float | str:
    """Return the number that a text denotes, such as 1e3, or else the text."""
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _expected(errors: "list[ErrorDetails]") -> str:
    """Describe in a few words which values are accepted."""
    kinds = {error["type"] for error in errors}
    if kinds <= EXPECTED.keys():
        return f"takes {' or '.join(dict.fromkeys(EXPECTED[e['type']] for e in errors))}"
    literal = next((e for e in errors if e["type"] == "literal_error"), None)
    if literal is not None:
        return f"takes one of {literal.get('ctx', {})['expected']}"
    message = errors[0]["msg"]
    return message.replace("Input should", "should", 1) if "Input" in message else f"has {message}"


def _not_from_text(name: str) -> DynsurError:
    return DynsurError(f"'{name}' cannot be set from text; set it from Python.")
