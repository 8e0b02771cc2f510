"""What is no text is said to be what it is."""

import os

import pytest
from dynsur.core import DynsurError
from dynsur.core.tables import Quantity, read_recording

VOLTAGE = Quantity("voltage", "V")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "is empty"),
        (b"t,V\n0,0\n1,\x001\n", "line 3 holds the byte 0, so it is no text"),
        (bytes(range(256)), "line 1 holds the byte 0"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"an old Excel workbook \(.xls\); save it as .xlsx"),
        (b"PK\x03\x04", "a workbook's name ends in .xlsx"),
        (b"\x89HDF\r\n", "an HDF5 file"),
        (b"PAR1", "its name must end in .parquet"),
        (b"\x1f\x8b", "compressed"),
        (b"1" * 300_000, "no names above its 1 columns"),
        (b"(" * 200_000 + b",b\n0,1\n1,2\n", "no column"),
        (b"a" * 200_000 + b"\n", "no rows of numbers"),
        (b" " * 200_000 + b"t,V\n0,0\nx,1\n", "line 3 .*, column 1 't', holds 'x'"),
    ],
)
def test_refused_in_one_line(tmp_path, data, told):
    path = tmp_path / "drive.csv"
    path.write_bytes(data)
    with pytest.raises(DynsurError, match=told) as caught:
        read_recording(path, VOLTAGE)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_what_is_no_file_is_not_read(tmp_path):
    with pytest.raises(DynsurError, match="it is a folder"):
        read_recording(tmp_path, VOLTAGE)
    with pytest.raises(DynsurError, match="No such file"):
        read_recording(tmp_path / "absent.csv", VOLTAGE)
    with pytest.raises(DynsurError, match="cannot read the table"):
        read_recording("drive\0.csv", VOLTAGE)
    if os.path.exists("/dev/zero"):
        with pytest.raises(DynsurError, match="it is no file"):
            read_recording("/dev/zero", VOLTAGE)
