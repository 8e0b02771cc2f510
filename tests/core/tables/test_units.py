"""Units are read as they are written, and converted to the last bit or refused."""

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.tables.units import convert, same_dimension, unit_of


@pytest.mark.parametrize(
    ("given", "expected", "factor"),
    [
        ("ms", "s", 1e-3),
        ("µs", "s", 1e-6),
        ("\u03bcs", "s", 1e-6),
        ("usec", "s", 1e-6),
        ("min", "s", 60.0),
        ("h", "s", 3600.0),
        ("mV", "V", 1e-3),
        ("Volts", "V", 1.0),
        ("millivolts", "V", 1e-3),
        ("V vs. Ref.", "V", 1.0),
        ("MV", "V", 1e6),
        ("nA", "A", 1e-9),
        ("uA", "mA", 1e-3),
        ("kOhm", "ohm", 1e3),
        ("k\u2126", "ohm", 1e3),
        ("MΩ", "ohm", 1e6),
        ("kV/cm", "V/m", 1e5),
        ("cm^2/(V s)", "m^2/(V s)", 1e-4),
        ("cm²/Vs", "m^2/(V s)", 1e-4),
        ("cm2 V-1 s-1", "m^2/(V s)", 1e-4),
        ("cm²·V⁻¹·s⁻¹", "m^2/(V s)", 1e-4),
        ("cm^-3", "m^-3", 1e6),
        ("1/cm^3", "m^-3", 1e6),
        ("meV", "eV", 1e-3),
        ("J", "eV", 1 / 1.602176634e-19),
        ("A/cm^2", "A/m^2", 1e4),
        ("mAh", "C", 3.6),
        ("%", "1", 0.01),
        ("nm", "m", 1e-9),
    ],
)
def test_units_are_converted(given, expected, factor):
    value = convert(np.array([2.5]), given, expected, "column 1")
    np.testing.assert_allclose(value, 2.5 * factor, rtol=4e-16)


def test_celsius_has_its_own_zero():
    assert convert(np.array([26.85]), "°C", "K", "column 1") == pytest.approx(300.0)
    assert convert(np.array([300.0]), "K", "°C", "column 1") == pytest.approx(26.85)


def test_whole_powers_of_ten_are_exact():
    values = np.arange(-1000.0, 1000.0)
    np.testing.assert_array_equal(convert(values, "ms", "s", ""), values / 1000.0)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("ms", "V"),
        ("V", "eV"),
        ("ohm", "S"),
        ("A", "A/m^2"),
        ("1", "V"),
        ("foo", "s"),
        ("s", "foo"),
    ],
)
def test_what_measures_something_else_is_refused(given, expected):
    with pytest.raises(DynsurError, match="column 1"):
        convert(np.ones(1), given, expected, "column 1")
    assert not same_dimension(given, expected)


@pytest.mark.parametrize(
    "text",
    ["", "foo", "a.u.", "9**9**9", "m^99", "(m", "m)", "m//s", "/s", "m/", "()", "V(s)x", "s" * 99],
)
def test_anything_else_is_no_unit(text):
    assert unit_of(text) is None


def test_small_and_large_prefixes_differ():
    assert unit_of("mV") != unit_of("MV")
    assert unit_of("mOhm") != unit_of("MOhm")
