"""Plots draw into given axes and return them, one curve for each system."""

import numpy as np
import pytest
import xarray as xr
from dynsur.core import DynsurError
from dynsur.core.reporting import plot_loop, plot_time
from dynsur.core.reporting.plots import new_figure


@pytest.fixture
def grid():
    t = np.linspace(0.0, 1.0, 21)
    u, size = np.sin(6.3 * t), np.array([1.0, 2.0])
    y = size[:, None] * u**3
    return xr.Dataset(
        {
            "u": ("time", u, {"role": "input", "units": "V", "long_name": "drive"}),
            "y": (("a", "time"), y, {"role": "output", "units": "A", "long_name": "answer"}),
            "y_low": (("a", "time"), y - 0.1),
            "y_high": (("a", "time"), y + 0.1),
        },
        coords={"time": ("time", t, {"units": "s"}), "a": ("a", size, {"units": "ohm"})},
    )


def test_each_system_is_a_curve_in_the_given_axes(grid):
    axes = new_figure(4, 3).subplots()
    assert plot_loop(grid, axes=axes) is axes
    assert [line.get_label() for line in axes.lines] == ["a = 1 ohm", "a = 2 ohm"]
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), grid["y"].values[1])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("drive (V)", "answer (A)")


def test_over_time_there_are_bands_and_inputs_too(grid):
    axes = plot_time(grid, axes=new_figure(4, 3).subplots())
    assert axes.get_xlabel() == "time (s)"
    assert len(axes.collections) == 2
    driven = plot_time(grid.isel(a=0), "u", axes=new_figure(4, 3).subplots())
    np.testing.assert_array_equal(driven.lines[0].get_ydata(), grid["u"].values)


def test_a_logarithmic_axis_shows_moduli(grid):
    axes = plot_loop(grid.isel(a=0), logarithmic=True, axes=new_figure(4, 3).subplots())
    assert axes.get_yscale() == "log"
    assert np.nanmin(axes.lines[0].get_ydata()) > 0.0


def test_an_unknown_name_is_met_with_a_suggestion(grid):
    axes = new_figure(4, 3).subplots()
    with pytest.raises(DynsurError, match="unknown variable 'z'"):
        plot_loop(grid, "z", axes=axes)
    with pytest.raises(DynsurError, match="'tim'; did you mean 'time'"):
        plot_loop(grid, against="tim", axes=axes)
