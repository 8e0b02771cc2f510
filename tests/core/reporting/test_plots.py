"""Pictures show what is in the data, for any system."""

import numpy as np
import pytest
import xarray as xr
from dynsur.core import DynsurError
from dynsur.core.reporting.labels import axis_label
from dynsur.core.reporting.plots import decades, plot_trajectory, positive
from dynsur.core.store.schema import inputs_and_outputs


def a_trajectory(outputs=1, inputs=1, fields=0):
    t = np.linspace(0.0, 1.0, 11)
    variables = {f"u{k}": ("time", np.sin(6 * t), {"role": "input"}) for k in range(inputs)}
    for k in range(outputs):
        variables[f"y{k}"] = ("time", t - 0.5, {"role": "output", "units": "A"})
    for k in range(fields):
        variables[f"f{k}"] = (("snapshot", "x"), np.outer([1.0, 2.0], np.linspace(0, 1, 5)))
    return xr.Dataset(variables, coords={"time": ("time", t, {"units": "s"})})


@pytest.mark.parametrize(
    "shape", [{}, {"outputs": 2}, {"inputs": 0}, {"inputs": 2}, {"fields": 3}, {"fields": 1}]
)
def test_any_system_can_be_drawn(tmp_path, shape):
    path = tmp_path / "new" / "picture.png"
    plot_trajectory(a_trajectory(**shape), path)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_zero_output_can_be_drawn(tmp_path):
    data = a_trajectory()
    plot_trajectory(data.assign(y0=data["y0"] * 0.0), tmp_path / "zero.png")
    assert (tmp_path / "zero.png").exists()


def test_nothing_to_draw_is_said(tmp_path):
    data = a_trajectory()
    with pytest.raises(DynsurError, match="no finite output"):
        plot_trajectory(data.assign(y0=data["y0"] * np.nan), tmp_path / "a.png")
    with pytest.raises(DynsurError, match="no finite output"):
        plot_trajectory(a_trajectory(outputs=0), tmp_path / "a.png")
    with pytest.raises(DynsurError, match="cannot draw"):
        plot_trajectory(data, tmp_path / "a.nonsense")


def test_decades_count_from_the_floor():
    values = np.array([-1e-3, 1e-9, 1e-20, 0.0, np.nan])
    assert decades(values) == pytest.approx(17.0)
    assert decades(values, 1e-15) == pytest.approx(6.0)
    assert decades(np.zeros(3)) == 0.0
    np.testing.assert_array_equal(positive(values, 1e-15), [1e-3, 1e-9, *[np.nan] * 3])


def test_labels_name_quantity_symbol_and_unit():
    attrs = {"long_name": "current density", "symbol": "j", "units": "A/m^2"}
    assert axis_label(xr.DataArray(0.0, attrs=attrs)) == "current density $j$ (A/m²)"
    plain = xr.DataArray(0.0, name="gain", attrs={"units": "1", "symbol": "gain"})
    assert axis_label(plain) == "gain"
    assert axis_label(plain, absolute=True) == "|gain|"


def test_roles_tell_inputs_from_outputs():
    assert inputs_and_outputs(a_trajectory(inputs=2, outputs=1)) == (["u0", "u1"], ["y0"])


def test_a_field_is_drawn_without_holes_where_numbers_are():
    from dynsur.core.reporting.plots import _profiles, new_figure

    data = a_trajectory(fields=1)
    x = np.linspace(0.0, 1.0, 5)
    field = np.array([[1e20, 0.0, 1e2, -1e2, 1e21], [1e20, 1e18, 1e15, np.nan, 1e21]])
    data = data.assign(f0=(("snapshot", "x"), field)).assign_coords(x=("x", x))
    axes = new_figure(4.0, 3.0).subplots()
    _profiles(axes, data, "f0")
    foot = axes.get_ylim()[0]
    assert axes.get_yscale() == "log"
    first, second = (line.get_ydata() for line in axes.lines)
    np.testing.assert_array_equal(first, [1e20, foot, foot, foot, 1e21])
    np.testing.assert_array_equal(np.isnan(second), [False, False, False, True, False])
