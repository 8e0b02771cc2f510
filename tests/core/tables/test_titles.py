"""A column's head says what it holds and in which unit."""

import pytest
from dynsur.core.tables.titles import title_of


@pytest.mark.parametrize(
    ("text", "kind", "unit"),
    [
        ("Time (s)", "s", "s"),
        ("time/ms", "s", "ms"),
        ("t", "s", None),
        ("T1", "s", None),
        ("Zeit [µs]", "s", "µs"),
        ("Elapsed Time (min)", "s", "min"),
        ("X_Value", "s", None),
        ("Test_Time(s)", "s", "s"),
        ("Voltage [mV]", "V", "mV"),
        ("V1", "V", None),
        ("U{V}", "V", "V"),
        ("Smu1.V[1][1]", "V", None),
        ("SMU-1 Voltage (V)", "V", "V"),
        ("Voltage (CH1)", "V", None),
        ("voltage_mV", "V", "mV"),
        ("Spannung, V", "V", "V"),
        ("Ewe/V", "V", "V"),
        ("<I>/mA", "A", "mA"),
        ("Current (A)", "A", "A"),
        ("I2", "A", None),
        ("absI", None, None),
        ("|I| (A)", None, "A"),
        ("I/V", "A", "V"),
        ("mV", None, "mV"),
        ("resistance", None, None),
        ("1/V", None, None),
        ("Ts", None, None),
        ("min", None, None),
        ("t_d", None, None),
        ("Volts", "V", None),
        ("kV", None, "kV"),
        ("", None, None),
    ],
)
def test_names_and_units(text, kind, unit):
    title = title_of(text)
    assert (title.kind, title.unit) == (kind, unit)
    assert title.text == text


def test_what_is_no_unit_is_kept_for_the_message():
    assert title_of("voltage [foo]").strange == "foo"


def test_a_name_that_is_known_is_taken_whole():
    assert title_of("t_s", names=("t_s",)).name == "t_s"
    assert title_of("R_on [kOhm]", names=("R_on",)) == title_of("R_on [kOhm]")
