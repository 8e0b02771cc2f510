"""A file that was dropped is read as the command line would read it, or one line says why not."""

import base64

import numpy as np
import pytest
import toy_page
from dynsur.core import DynsurError
from dynsur.core.exploring.measured import read_dropped
from dynsur.plugins.tanks import QUADRUPLE_TANK

SIMULATOR = toy_page.Layered()


def dropped(text, name="loop.csv", columns=None):
    return read_dropped(name, base64.b64encode(text.encode()).decode(), SIMULATOR, "y", columns)


def test_units_are_converted_and_the_time_begins_at_zero():
    found = dropped("t (ms),u (mV),y (uA)\n10,1,2\n20,3,4\n")
    np.testing.assert_allclose(found.time, [0.0, 0.01])
    np.testing.assert_allclose(found.drive, [1e-3, 3e-3])
    np.testing.assert_allclose(found.outputs["y"], [2e-6, 4e-6])
    assert "loop.csv: 2 rows" in found.summary


def test_a_loop_needs_no_time():
    found = dropped("u,y\n1,2\n3,\n5,6\n")
    assert np.isnan(found.time).all()
    np.testing.assert_allclose(found.drive, [1.0, 5.0])
    assert "1 without a value left out" in found.summary
    assert "only its loop is drawn" in found.summary


def test_columns_say_what_the_file_does_not():
    found = dropped("A;B\n1;2\n3;4\n", columns="u=2,y=1")
    np.testing.assert_allclose(found.drive, [2.0, 4.0])


@pytest.mark.parametrize(
    "text", ["", "apples,pears\n1,2\n", "u,y\n1,2\n", "u,y\n1,two\n3,4\n", "\x00\x01"]
)
def test_what_is_no_measurement_is_refused_by_the_name_of_the_file(text):
    with pytest.raises(DynsurError) as refused:
        dropped(text, "../../etc/my loop.csv")
    assert "'my loop.csv'" in str(refused.value)
    assert "/tmp" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_content_that_is_cut_off_is_refused():
    with pytest.raises(DynsurError, match="did not arrive whole"):
        read_dropped("loop.csv", "dSx5C", SIMULATOR, "y")


def test_a_record_of_several_inputs_is_drawn_over_the_chosen_one_and_fitted_whole():
    rows = "".join(f"{k},{3 + k % 5},{3 + k % 4},{12 + k},{13 + k}\n" for k in range(40))
    text = "time (s),pump_1 (V),pump_2 (V),level_1 (cm),level_2 (cm)\n" + rows
    content = base64.b64encode(text.encode()).decode()
    found = read_dropped("r.csv", content, QUADRUPLE_TANK, "level_2", None, "pump_2")
    np.testing.assert_allclose(found.drive, 3 + np.arange(40) % 4)
    np.testing.assert_allclose(found.outputs["level_2"], 13 + np.arange(40))
    assert [loop.quantity for loop in found.loops] == ["level_1", "level_2"]
    np.testing.assert_allclose(found.loops[0].drives[0], 3 + np.arange(40) % 5)
