"""Cells and numbers are found as they are written."""

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.tables import Quantity, read_recording
from dynsur.core.tables.dialect import (
    Dialect,
    column_of_numbers,
    find_dialect,
    number,
    perhaps_thousands,
)


@pytest.mark.parametrize(
    ("lines", "separator", "decimal"),
    [
        (["0,0", "0.2,0.15"], ",", "."),
        (["0;0", "0.2;0.15"], ";", "."),
        (["0;0", "0,2;0,15"], ";", ","),
        (["0\t0", "0,2\t0,15"], "\t", ","),
        (["0 0", "0.2   0.15"], None, "."),
        (["0 0", "0,2 0,15"], None, ","),
        (["0, 0", "0.2, 0.15"], ",", "."),
        (['"0,2","0,15"'], ",", ","),
        (["0|0", "0.2|0.15"], "|", "."),
        (["a;b", "1;2"], ";", "."),
        (["Setup, x", "DataValue, 0, 0.2", "DataValue, 1, 0.3"], ",", "."),
    ],
)
def test_the_dialect_is_the_one_that_makes_numbers(lines, separator, decimal):
    assert find_dialect(lines) == Dialect(separator, decimal)


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1.5", ".", 1.5),
        ("+.5E-3", ".", 5e-4),
        ("1.5D+02", ".", 150.0),
        ("−2", ".", -2.0),
        ("1,5", ",", 1.5),
        ("1.234,5", ",", 1234.5),
        ("1,234.5", ".", 1234.5),
    ],
)
def test_numbers(text, decimal, value):
    assert number(text, decimal) == value


@pytest.mark.parametrize("text", ["", "1,5", "1,234", "1_0", "0x10", "1.5 V", "nan", "1e", "1m"])
def test_no_numbers(text):
    assert number(text) is None


def test_a_column_tells_its_missing_numbers_and_its_first_word():
    values, bad = column_of_numbers(["1", "", "9.91E+37", "-1e99", "N/A", "inf", "2"])
    np.testing.assert_array_equal(values, [1, *[np.nan] * 5, 2])
    assert bad == -1
    assert column_of_numbers(["1", "", "high", "low"])[1] == 2
    assert column_of_numbers(["1", "1_0"])[1] == 1


def test_quotes_keep_separators():
    assert Dialect(",", ".").split('"a, b", "say ""c""",2') == ["a, b", 'say "c"', "2"]
    assert Dialect(None, ".").split('"Time (s)"  1 ') == ["Time (s)", "1"]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["0", "1,000", "2,500"], "1,000"),
        (["-12,500", "7"], "-12,500"),
        (["0", "0,500", "1,000"], ""),
        (["1,000", "1,500"], ""),
        (["0", "1,5", "2,500"], ""),
        (["0", "1", "2"], ""),
        (["", "nan"], ""),
    ],
)
def test_thousands_are_suspected_where_only_some_numbers_have_three_decimals(cells, found):
    assert perhaps_thousands(cells) == found


def test_a_column_of_perhaps_thousands_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('time (s),voltage (V)\n0,"0"\n1,"1,000"\n2,"2,500"\n')
    with pytest.raises(DynsurError, match="'1,000' may be a thousand"):
        read_recording(path, Quantity("voltage", "V", "U"))


MIXED = "t;voltage;y\n0;1.000;0,5\n1;2.000;0,7\n"


@pytest.mark.parametrize(
    ("text", "columns", "values"),
    [
        (MIXED, "decimal=comma", [1000.0, 2000.0]),
        (MIXED, "decimal=point", [1.0, 2.0]),
        ("t;voltage\n0,0;1.000\n0,5;2.500,5\n", "decimal=comma", [1000.0, 2500.5]),
        ("t;voltage\n0;1.000\n1;2.000\n", None, [1.0, 2.0]),  # no other number has a comma
        ("t;voltage;y\n0;0.001;0,5\n1;0.002;0,7\n", None, [0.001, 0.002]),  # no thousand has a zero
    ],
)
def test_a_decimal_mark_can_be_said(tmp_path, text, columns, values):
    (tmp_path / "t.csv").write_text(text)
    read = read_recording(tmp_path / "t.csv", Quantity("voltage", "V"), columns)
    np.testing.assert_array_equal(read.values, values)


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        (MIXED, None, r"'1\.000' may be a thousand or a decimal number; .*decimal=comma"),
        (MIXED, "decimal=;", "must be decimal=comma or decimal=point"),
        ("t;voltage\n0,0;1.000\n0,5;2.000\n", None, "holds '0,0'; .*decimal=comma"),
    ],
)
def test_what_may_be_thousands_is_asked_for(tmp_path, text, columns, message):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DynsurError, match=message):
        read_recording(tmp_path / "t.csv", Quantity("voltage", "V"), columns)
