"""The summary says what a curve is, and where a current was limited."""

import numpy as np
import pytest
from dynsur.core.tables import plateau
from dynsur.core.tables.summary import span

DRIVE = np.concatenate([np.linspace(0, 2, 101), np.linspace(2, 0, 101)])


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_compliance_limit_is_noticed(sign):
    limited = np.minimum(1e-3 * DRIVE, 1.5e-3)
    told = plateau(sign * DRIVE, sign * limited, "A")
    assert f"stay at {sign * 1.5e-3:g} A" in told
    count = np.count_nonzero(limited >= 1.4985e-3)
    assert told.startswith(f"{count} points")


def test_a_peak_or_a_rest_is_no_limit():
    assert plateau(DRIVE, 1e-3 * DRIVE, "A") == ""
    assert plateau(np.ones(50), np.ones(50), "A") == ""  # a pulse: the drive rests too
    assert plateau(DRIVE, np.zeros(DRIVE.size), "A") == ""


def test_ranges_in_words():
    assert span(np.array([0.0, 1.5]), "V") == "0 to 1.5 V"
    assert span(np.array([-1.0, 2.0]), "1") == "-1 to 2"
