"""Axes hold still while what they show fits, and always show all of it."""

import numpy as np
import pytest

pytest.importorskip("bokeh")

from dynsur.core.exploring.widgets.axes import LEAST_FILLED, HeldAxis, adjusted, fitted

RANDOM = np.random.default_rng(4)
CASES = [
    (tuple(sorted(RANDOM.normal(size=2))), tuple(sorted(RANDOM.normal(size=2)))) for _ in range(50)
]


@pytest.mark.parametrize("resting", [False, True])
def test_an_axis_always_shows_its_content(resting):
    for ends, content in CASES:
        low, high = adjusted(ends, content, resting)
        assert low <= content[0]
        assert content[1] <= high


def test_a_moving_curve_that_fits_leaves_its_axis_and_one_that_leaves_it_never_narrows_it():
    for ends, content in CASES:
        low, high = adjusted(ends, content, resting=False)
        assert low <= ends[0]
        assert ends[1] <= high
        assert adjusted((low, high), content, resting=False) == (low, high)


def test_a_resting_axis_is_filled_and_stays():
    for ends, content in CASES:
        low, high = adjusted(ends, content, resting=True)
        assert content[1] - content[0] >= LEAST_FILLED * (high - low) * (1 - 1e-12)
        assert adjusted((low, high), content, resting=True) == (low, high)


@pytest.mark.parametrize("value", [0.0, 3.0, -2e-9])
def test_a_constant_lies_inside_of_its_axis(value):
    low, high = fitted((value, value))
    assert low < value < high


def test_a_zoomed_axis_is_left_alone_until_it_starts_anew():
    axis = HeldAxis()
    axis.show((0.0, 1.0), resting=True)
    axis.range.end = 0.25  # as a message from the browser sets it
    axis.show((0.0, 5.0), resting=False)
    assert axis.range.end == 0.25
    axis.start_anew()
    axis.show((0.0, 5.0), resting=True)
    assert (axis.range.start, axis.range.end) == fitted((0.0, 5.0))
    assert axis.range.reset_end == axis.range.end


def test_a_logarithmic_axis_pads_by_a_factor():
    axis = HeldAxis(logarithmic=True)
    axis.show((1e-6, 1e-2), resting=True)
    np.testing.assert_allclose([axis.range.start, axis.range.end], [10**-6.2, 10**-1.8])
    before = axis.range.start
    axis.show(None, resting=True)
    assert axis.range.start == before
