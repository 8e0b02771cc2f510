"""What `--columns` says is what is read, and written back as it was said."""

import pytest
from dynsur.core import DynsurError
from dynsur.core.tables import Choice, Quantity, join_columns, parse_columns, read_response


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


@pytest.mark.parametrize("title", ["|I| (A)", "abs I [A]", "Abs. current (mA)", "absI / A"])
def test_a_magnitude_is_taken_only_where_it_is_chosen(tmp_path, title):
    (tmp_path / "t.csv").write_text(f"t,V,{title}\n0,-1,1\n1,0,0\n2,1,1\n")
    wanted = Quantity("voltage", "V"), Quantity("current", "A")
    with pytest.raises(DynsurError, match=r"magnitude, without the sign .*--columns current=3"):
        read_response(tmp_path / "t.csv", *wanted)
    read = read_response(tmp_path / "t.csv", *wanted, "current=3")
    assert f"column 3 '{title}' is a magnitude, taken as current" in read.summary
