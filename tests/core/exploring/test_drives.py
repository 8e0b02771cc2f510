"""The drives of the page are those of the library, or a line says what is wrong."""

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.exploring.drives import Drive, usual_fields
from dynsur.core.systems import pulse_train, sine, triangle

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
