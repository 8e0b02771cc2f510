"""What a text or a TOML value means is decided by the field's type; the rest is one clear line."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pytest
from annotated_types import Gt
from dynsur.core import DynsurError
from dynsur.core.registry.coercion import convert


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Part:
    width: int = 1


@pytest.mark.parametrize(
    ("value", "target", "expected"),
    [
        ("64", int, 64),
        ("1e3", int, 1000),
        (8.0, int, 8),
        ("9007199254740993", int, 9007199254740993),
        ("1e-3", float, 1e-3),
        (2, float, 2.0),
        ("inf", float, np.inf),
        ("YES", bool, True),
        ("false", bool, False),
        ("0", bool, False),
        (True, bool, True),
        ("1", str, "1"),
        ("none", str, "none"),
        (3, str, "3"),
        ("b", Literal["a", "b"], "b"),
        ("3", Literal["a", 3], 3),
        ("8,16", tuple[int, ...], (8, 16)),
        ("8", tuple[int, ...], (8,)),
        ([8, 16], tuple[int, ...], (8, 16)),
        ("1e3, 2.5", tuple[float, float], (1000.0, 2.5)),
        ("a,b", tuple[str, ...], ("a", "b")),
        ("none", float | None, None),
        ("None", str | None, None),
        ("2", float | None, 2.0),
        ("1,2", tuple[int, ...] | None, (1, 2)),
        ("here", Path, Path("here")),
        ("red", Colour, Colour.RED),
        ("2", Annotated[int, Gt(1)], 2),
    ],
)
def test_a_value_becomes_what_the_field_takes(value, target, expected):
    converted = convert(value, target, "model.x")
    assert converted == expected
    assert type(converted) is type(expected)


@pytest.mark.parametrize(
    ("value", "target", "message"),
    [
        ("wide", int, "'model.x' takes a number; got 'wide'."),
        ("8.5", int, "'model.x' takes a whole number; got '8.5'."),
        (8.5, int, "'model.x' takes a whole number; got '8.5'."),
        ("inf", int, "'model.x' should be a finite number; got 'inf'."),
        (True, int, "'model.x' takes a number; got 'True'."),
        (True, float, "'model.x' takes a number; got 'True'."),
        ([1], float, "'model.x' takes a number; got '[1]'."),
        ("", float, "'model.x' takes a number; got ''."),
        ("maybe", bool, "'model.x' takes true or false; got 'maybe'."),
        ("c", Literal["a", "b"], "'model.x' takes one of 'a' or 'b'; got 'c'."),
        ("wide", float | None, "'model.x' takes a number; got 'wide'."),
        ("8,wide", tuple[int, ...], "'model.x' takes a number; got '8,wide'."),
        ("0", Annotated[int, Gt(1)], "'model.x' should be greater than 1; got '0'."),
        ("blue", Colour, "'model.x' should be 'red'; got 'blue'."),
        *(
            ("1", target, "'model.x' cannot be set from text; set it from Python.")
            for target in (Any, object, Part, Part | None, np.ndarray, Callable[[float], float])
        ),
    ],
)
def test_what_does_not_fit_is_one_line(value, target, message):
    with pytest.raises(DynsurError) as caught:
        convert(value, target, "model.x")
    assert str(caught.value) == message
