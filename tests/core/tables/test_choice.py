"""What `--columns` says is what is read, and written back as it was said."""

import pytest
from dynsur.core import DynsurError
from dynsur.core.tables import Choice, join_columns, parse_columns


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        (None, {}),
        ("", {}),
        ("time=1,voltage=3", {"time": Choice("1"), "voltage": Choice("3")}),
        ("time = 1:ms , U=Reading", {"time": Choice("1", "ms"), "U": Choice("Reading")}),
        ("a=Smu1:V[1][1]", {"a": Choice("Smu1:V[1][1]")}),
        ("a=x, y,b=2", {"a": Choice("x, y"), "b": Choice("2")}),
        ("mu=2:cm^2/(V s)", {"mu": Choice("2", "cm^2/(V s)")}),
    ],
)
def test_columns_are_read(text, chosen):
    assert parse_columns(text) == chosen
    assert parse_columns(join_columns(chosen)) == chosen


@pytest.mark.parametrize("text", ["time", "=1", "time=", "1,2", "a=1,a=2"])
def test_anything_else_is_refused(text):
    with pytest.raises(DynsurError, match="--columns"):
        parse_columns(text)
