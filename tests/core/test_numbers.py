"""What is no number is refused; whatever numpy reads as numbers is taken."""

import datetime

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.numbers import number, numbers, positive, whole


@pytest.mark.parametrize(
    "values",
    [
        "1.5",
        ["1", "2"],
        [1, 2j],
        [1, None],
        [[1], [1, 2]],
        None,
        {"a": 1},
        [datetime.date(2020, 1, 1)],
        np.array(["2020-01-01"], "datetime64[D]"),
        np.array([1 + 0j]),
    ],
)
def test_text_dates_complex_and_uneven_lists_are_refused(values):
    with pytest.raises(DynsurError, match="'a' takes numbers; got") as caught:
        numbers("'a'", values)
    assert "\n" not in str(caught.value)


def test_a_masked_value_is_not_the_number_under_its_mask():
    found = numbers("'a'", np.ma.array([1, 2], mask=[False, True]))
    assert found[0] == 1.0
    assert np.isnan(found[1])


@pytest.mark.parametrize("value", [np.nan, np.inf, [1.0, 2.0]])
def test_one_number_is_finite_and_one(value):
    with pytest.raises(DynsurError, match="'a' must be one finite number"):
        number("'a'", value)


def test_signs_and_whole_numbers_are_held():
    assert positive("'a'", 2, "s") == 2.0
    assert whole("'a'", np.int64(3)) == 3
    with pytest.raises(DynsurError, match="positive; got 0 s"):
        positive("'a'", 0, "s")
    for value in (1.5, 0):
        with pytest.raises(DynsurError, match=f"1 or more; got {value}"):
            whole("'a'", value)
