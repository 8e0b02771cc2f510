"""A table gives the numbers it holds, or one line that says which cell is wrong."""

import csv

import numpy as np
import pytest
from dynsur.core import DynsurError, Parameter, ParameterSpace
from dynsur.core.systems.parameter_table import read_devices, read_table
from hypothesis import given, settings
from hypothesis import strategies as st

SPACE = ParameterSpace(
    (
        Parameter("E_g", 1.0, 2.0, "eV", domain=(0.05, 10.0)),
        Parameter("mu", 1e-9, 1.0, "m^2/(V s)", scale="log"),
        Parameter("switch", 1.0, 1.0, "1", choices=(0.0, 1.0)),
    )
)
HEADER = "E_g,mu\n"


@given(rows=st.lists(st.floats(0.05, 10.0), min_size=1, max_size=20))
@settings(max_examples=25, deadline=None)
def test_csv_gives_back_every_number_to_the_last_bit(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("table") / "devices.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([["mu", "E_g"], *([repr(1 / x), repr(x)] for x in rows)])
    columns = read_table(path, SPACE)
    assert list(columns) == ["mu", "E_g"]
    np.testing.assert_array_equal(columns["E_g"], rows)
    np.testing.assert_array_equal(columns["mu"], 1 / np.array(rows))


def test_comments_empty_lines_spaces_and_a_byte_order_mark_are_no_data(tmp_path):
    path = tmp_path / "devices.csv"
    path.write_text('\ufeff# from the lab\n E_g , "mu"\n\n1.5, 1e-3\n# the next one\n2,0.5\n\n')
    columns = read_table(path, SPACE)
    np.testing.assert_array_equal(columns["E_g"], [1.5, 2.0])
    np.testing.assert_array_equal(columns["mu"], [1e-3, 0.5])


def test_parquet_gives_what_csv_gives(tmp_path):
    import pandas as pd

    table = pd.DataFrame({"E_g": [1.1, 1.7, 0.1], "switch": [0, 1, 1]})
    table.to_csv(tmp_path / "devices.csv", index=False)
    table.to_parquet(tmp_path / "devices.parquet")
    one, other = (read_table(tmp_path / f"devices.{e}", SPACE) for e in ("csv", "parquet"))
    assert one.keys() == other.keys()
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name])
        assert other[name].dtype == np.float64


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("# nothing\n", "is empty"),
        (HEADER, "holds no rows"),
        ("1.5,1e-3\n", "has no names above its 2 columns"),
        ("E_G,mu\n1.5,1e-3\n", "unknown column 'E_G'; did you mean 'E_g'?"),
        ("E_g,\n1.5,1e-3\n", "unknown column ''"),
        ("E_g,E_g\n1,2\n", "the column 'E_g' twice"),
        (HEADER + "1.5\n", "unknown column 'E_g,mu'; did you mean 'E_g'"),
        (HEADER + "1.5,1e-3\n1.5\n", "line 3 of '.*' holds 1 cell; expected 2"),
        (HEADER + "1,5,1e-3\n", "line 1 of '.*' holds 2 names above rows of 3 cells"),
        (HEADER + "1.5,1e-3\n\n1.5,high\n", "line 4 of '.*', column 2 'mu', holds 'high'"),
        (HEADER + "1.5,\n", "line 2 of '.*', column 2 'mu', holds no number"),
        (HEADER + "1.5,nan\n", "line 2 of '.*', column 2 'mu', holds no number"),
        (HEADER + "1.5,1e-3\n11,1e-3\n", r"line 3 of '.*': .* 'E_g' must lie in \[0.05, 10\] eV"),
        ("switch\n0\n0.5\n", "line 3 of '.*': parameter 'switch' must be one of 0, 1; got 0.5"),
        (HEADER + '1.5,"1e-3\n', "cannot read the table"),
    ],
)
def test_a_bad_csv_is_one_line_that_says_where(tmp_path, text, message):
    path = tmp_path / "devices.csv"
    path.write_text(text)
    with pytest.raises(DynsurError, match=message) as caught:
        read_table(path, SPACE)
    assert "devices.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"E_g": ["1.5", "high"]}, "row 2 of '.*', column 1 'E_g', holds 'high'"),
        ({"E_g": [1.5, None]}, "row 2 of '.*', column 1 'E_g', holds no number"),
        ({"E_g": [1.5, 0.0]}, "row 2 of '.*': parameter 'E_g' must lie in"),
        ({"sample": [0, 1]}, "unknown column 'sample'"),
        ({"E_g": []}, "holds no rows|holds null"),
    ],
)
def test_a_bad_parquet_is_one_line_that_says_where(tmp_path, columns, message):
    import pyarrow
    from pyarrow import parquet

    path = tmp_path / "devices.parquet"
    parquet.write_table(pyarrow.table(columns), path)
    with pytest.raises(DynsurError, match=message) as caught:
        read_table(path, SPACE)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_table_is_told(tmp_path, monkeypatch):
    (tmp_path / "devices.parquet").write_text(HEADER)
    (tmp_path / "latin.csv").write_bytes(b"E_g\n1.5 \xb5\n")
    for name, message in (
        ("devices.parquet", "cannot read the table"),
        ("latin.csv", "has no names above its 2 columns"),
        ("absent.csv", "cannot read the table .*No such file"),
        ("absent.parquet", "cannot read the table .*No such file"),
        ("devices.xlsx", "cannot read the table .*No such file"),
    ):
        with pytest.raises(DynsurError, match=message) as caught:
            read_table(tmp_path / name, SPACE)
        assert "\n" not in str(caught.value)
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(DynsurError, match=r"needs the package pyarrow; .*dynsur\[export\]"):
        read_table(tmp_path / "devices.parquet", SPACE)


@pytest.mark.parametrize(
    "text",
    [
        ",E_g,mu\n0,1.5,1e-3\n1,2,0.5\n",
        "index,E_g,mu\n1,1.5,1e-3\n2,2,0.5\n",
        "device,E_g,mu\nA1,1.5,1e-3\nA2,2,0.5\n",
        "E_g [eV];mu [cm^2/(V s)]\n1,5;10\n2;5000\n",
        "E_g\tmu\n1.5\t1e-3\n2\t0.5\n",
        "E_g mu\n1.5 1e-3\n2 0.5\n",
        "mu,E_g [meV]\n1e-3,1500\n0.5,2000\n",
    ],
)
def test_tables_of_other_programs_hold_the_same_devices(tmp_path, text):
    path = tmp_path / "devices.csv"
    path.write_text(text)
    columns = read_table(path, SPACE)
    assert columns.keys() == {"E_g", "mu"}
    assert columns["E_g"].tolist() == [1.5, 2.0]
    assert columns["mu"].tolist() == [1e-3, 0.5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("E_g [V],mu\n1.5,1e-3\n", "column 1 'E_g .V.' .* is in V; expected eV"),
        ("E_g [foo],mu\n1.5,1e-3\n", "is in 'foo', a unit that is not known"),
        ("E_G,label\n1.5,a\n", "unknown column 'E_G'; did you mean 'E_g'"),
        ("label,mu_\na,b\n1.5,high\n", "unknown column"),
        ("sample,E_g\n0,1.5\n1,2\n", "unknown column 'sample'"),
        ("E_g,E_g [meV]\n1,2\n", "the column 'E_g' twice"),
    ],
)
def test_what_may_be_a_parameter_is_never_left_out(tmp_path, text, message):
    path = tmp_path / "devices.csv"
    path.write_text(text)
    with pytest.raises(DynsurError, match=message):
        read_table(path, SPACE)


def test_columns_are_chosen(tmp_path):
    path = tmp_path / "devices.csv"
    path.write_text("gap,mobility,other\n1500,1e-3,7\n")
    columns, told = read_devices(path, SPACE, "E_g=gap:meV,mu=2")
    assert columns["E_g"].tolist() == [1.5]
    assert columns["mu"].tolist() == [1e-3]
    assert told.endswith(
        "1 system, E_g in meV from column 1, mu in m^2/(V s) from column 2; "
        "left out: column 3 'other'"
    )
    with pytest.raises(DynsurError, match="unknown parameter 'E'"):
        read_devices(path, SPACE, "E=1")


def test_names_of_a_parquet_table_may_have_blanks_around_them(tmp_path):
    import pyarrow
    from pyarrow import parquet

    path = tmp_path / "devices.parquet"
    parquet.write_table(pyarrow.table({"E_g ": [1.5], " mu [cm^2/(V s)]": [10.0]}), path)
    assert {n: c.tolist() for n, c in read_table(path, SPACE).items()} == {
        "E_g": [1.5],
        "mu": [1e-3],
    }
