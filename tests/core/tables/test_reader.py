"""Whatever a file holds, it is read as it stands or refused in one line."""

import math

import numpy as np
import pytest
from dynsur.core import DynsurError, Parameter, ParameterSpace
from dynsur.core.systems import read_devices
from dynsur.core.tables import Quantity, parse_columns, read_recording, read_sheet, read_table
from hypothesis import given, settings
from hypothesis import strategies as st

VOLTAGE = Quantity("voltage", "V", "U")
SPACE = ParameterSpace((Parameter("R_on", 1.0, 99.0, "ohm"), Parameter("t_p", 0.1, 9.0, "s")))
STEADY = settings(max_examples=150, deadline=None, derandomize=True, database=None)
PIECES = st.sampled_from(
    [
        *"0123456789.,;:-+eE#%\"'|/\\()[]{}<>_ \t\n\r\x00\x1b\x85\ufeff\u2028µΩ²−",
        "\n", "\n", ",", ",", ";", "\t", "time", "voltage", "t", "V", "R_on", "t_p", "[mV]", "(ms)",
        "s", "9.91E+37", "nan", "inf", "---", "1e400", "1_0", "0,5", "1.5", "-2", "DataName",
        "DataValue", "Smu1.V[1][1]", '"', "''", "(" * 30, "2024-01-01", "12:00:00",
    ]
)  # fmt: skip
MARKED = "time (s),voltage (mV)\n0,0\n1,1000\n2,-1000\n3,0\n"
DEVICES = "device;R_on [ohm];t_p\nA1;60;0,5\nA2;70;0,7\n"
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-32"])


def outcome(read, *arguments):
    """Return what was read or None where it was refused in one short line."""
    try:
        return read(*arguments)
    except DynsurError as error:
        told = str(error)
    assert "\n" not in told
    assert len(told) < 2000
    return None


def read_all_ways(path):
    found = outcome(read_recording, path, VOLTAGE)
    if found is not None:
        assert found.times[0] == 0
        assert (np.diff(found.times) > 0).all()
        assert np.isfinite(found.times).all()
        assert np.isfinite(found.values).all()
        assert found.times.size >= 2
    loop = outcome(read_table, path, [VOLTAGE, Quantity("current", "A", "I")])
    if loop is not None:
        assert not any(np.isinf(column).any() for column in loop.columns.values())
    devices = outcome(read_devices, path, SPACE)
    if devices is not None:
        assert all(np.isfinite(column).all() for column in devices[0].values())


@given(data=st.binary(max_size=300))
@STEADY
def test_any_bytes(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)
    read_all_ways(path)


@given(pieces=st.lists(PIECES, max_size=60), encoding=ENCODINGS)
@STEADY
def test_any_pieces_of_tables(tmp_path_factory, pieces, encoding):
    path = tmp_path_factory.getbasetemp() / "pieces.csv"
    path.write_bytes("".join(pieces).encode(encoding, errors="replace"))
    read_all_ways(path)


@given(
    text=st.sampled_from([MARKED, DEVICES]),
    places=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 4), PIECES), max_size=4),
)
@STEADY
def test_damaged_tables(tmp_path_factory, text, places):
    for place, removed, piece in places:
        text = text[:place] + piece + text[place + removed :]
    path = tmp_path_factory.getbasetemp() / "damaged.csv"
    path.write_bytes(text.encode("utf-8"))
    read_all_ways(path)


@given(text=st.text(max_size=40))
@STEADY
def test_any_choice_of_columns(text):
    outcome(parse_columns, text)


NUMBERS = st.lists(st.floats(-1e30, 1e30), min_size=2, max_size=20)


@given(
    values=NUMBERS,
    separator=st.sampled_from([",", ";", "\t", " ", "  ", " ; ", "|"]),
    comma=st.booleans(),
    header=st.booleans(),
    encoding=ENCODINGS,
)
@STEADY
def test_every_dialect_gives_back_every_bit(
    tmp_path_factory, values, separator, comma, header, encoding
):
    comma = comma and separator not in (",", "|")
    lines = [f"{float(i)!r}{separator}{value!r}" for i, value in enumerate(values)]
    text = "\n".join(lines).replace(".", "," if comma else ".")
    name = separator.join(["t", "U"]) + "\n" if header else ""
    path = tmp_path_factory.getbasetemp() / "dialect.csv"
    path.write_bytes((name + text).encode(encoding))
    found = read_recording(path, VOLTAGE)
    assert found.values.tolist() == values
    assert found.times.tolist() == [float(i) for i in range(len(values))]


def test_a_long_table_is_read_as_a_short_one(tmp_path):
    rows = [f"{i * 1e-3!r},{math.sin(i)!r},{'9.91E+37' if i == 7 else i}" for i in range(6000)]
    path = tmp_path / "long.csv"
    path.write_text("recorded\ntime [s],voltage [mV],x\n\n" + "\n".join(rows))
    sheet = read_sheet(path)
    assert sheet.arrays  # the fast way
    assert sheet.lines[0] == 4
    found = read_recording(path, VOLTAGE)
    np.testing.assert_array_equal(found.values, np.sin(np.arange(6000)) / 1000)
    assert np.isnan(sheet.numbers(2)[0]).sum() == 1
    rows[5500] = "5.5,high,1"
    path.write_text("time [s],voltage [mV],x\n" + "\n".join(rows))
    with pytest.raises(DynsurError, match="line 5502"):
        read_recording(path, VOLTAGE)
