"""One simulation says what it is: its parameters, with their units, are coordinates."""

import numpy as np
import pytest
import xarray as xr
from dynsur.core import host
from dynsur.core.generation.simulate import simulate_safely


@pytest.fixture(scope="module")
def data():
    return host().simulator("duffing").simulate({"delta": 0.2})


def test_parameters_are_coordinates_with_their_attributes(data):
    space = host().simulator("duffing").space
    assert float(data["delta"]) == 0.2
    for p in space:
        assert data[p.name].attrs["units"] == p.units
        assert data[p.name].attrs["role"] == "parameter"
        assert p.name in data.coords
    assert data.attrs["system"] == "duffing"
    assert data.attrs["title"].startswith("Simulation of ")


def test_simulations_joined_by_xarray_keep_whose_parameters_they_are(data):
    other = host().simulator("duffing").simulate({"delta": 0.4})
    joined = xr.concat(
        [d.drop_vars("time").assign_coords(time=np.arange(d.sizes["time"])) for d in (data, other)],
        "sample",
        coords="different",
        compat="equals",
        join="exact",
        data_vars="all",
    )
    assert joined["delta"].values.tolist() == [0.2, 0.4]
    assert joined["displacement"].dims == ("sample", "time")


def test_a_failed_simulation_has_them_too():
    failed = simulate_safely(host().simulator("duffing"), {"delta": np.nan})
    assert int(failed["status"]) != 1
    assert np.isnan(failed["displacement"]).all()
