"""The drives of the page are those of the library, or a line says what is wrong."""

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.exploring.drives import Drive, Drives, usual_fields
from dynsur.core.exploring.widgets.leaving import drive_text
from dynsur.core.systems import Variable, pulse_train, read_waveform, sine, triangle

USUAL = usual_fields(2.0, 4.0)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("triangle", triangle(2.0, 4.0, 1)),
        ("sine", sine(2.0, 4.0, 1)),
        ("pulses", pulse_train([2.0, -2.0], 0.4, 0.4, 0.04, 2)),
        ("own", None),
    ],
)
def test_usual_fields_describe_drives_like_the_systems_own(kind, expected):
    assert Drive(kind, USUAL).waveform() == expected


@pytest.mark.parametrize("kind", ["triangle", "sine", "pulses"])
def test_an_offset_shifts_a_drive(kind):
    plain, shifted = (Drive(kind, USUAL | {"offset": text}).waveform() for text in ("0", "3"))
    assert shifted.times == plain.times
    np.testing.assert_allclose(shifted.values, np.array(plain.values) + 3.0)


def test_inputs_that_keep_their_own_drive_are_left_out():
    drives = {"a": Drive("sine", USUAL), "b": Drive("own", USUAL)}
    assert Drives(drives).waveform() == {"a": sine(2.0, 4.0, 1)}
    assert Drives({"b": drives["b"]}).waveform() is None
    with pytest.raises(DynsurError, match="a: the drive's period must be"):
        Drives({"a": Drive("sine", USUAL | {"period": "x"})}).waveform()


def test_the_table_of_several_drives_is_read_back(tmp_path):
    drives = {"a": Drive("triangle", USUAL), "b": Drive("pulses", USUAL)}
    path = tmp_path / "drive.csv"
    path.write_text(drive_text(Drives(drives)))
    for name, drive in drives.items():
        read, _ = read_waveform(path, Variable(name, "1", "", ""))
        wave = drive.waveform()
        instants = np.linspace(0.0, 6.0, 301)
        np.testing.assert_allclose(read(instants), wave(instants), atol=1e-12)


def test_a_system_that_rests_gets_drives_of_height_one():
    assert np.abs(Drive("triangle", usual_fields(0.0, 1.0)).waveform().values).max() == 1.0


@pytest.mark.parametrize(
    ("kind", "field", "text"),
    [
        ("triangle", "period", "0"),
        ("triangle", "cycles", "1.5"),
        ("sine", "amplitude", "nan"),
        ("pulses", "levels", "1; 2"),
        ("pulses", "levels", ""),
        ("pulses", "edge", "-1"),
        ("square", "edge", "1"),
    ],
)
def test_what_makes_no_drive_is_refused(kind, field, text):
    with pytest.raises(DynsurError):
        Drive(kind, USUAL | {field: text}).waveform()
