"""A grid holds what one simulation after another gives, in parallel or not, anew or kept."""

import dataclasses
import time

import numpy as np
import pytest
from dynsur.core import DynsurError, ODESystem, Parameter, ParameterSpace, Variable, triangle
from dynsur.core.jobs import grids, predict, simulate
from dynsur.core.registry import host
from dynsur.core.systems import Status

DECAY = ODESystem(
    name="decay",
    description="an exponential approach to the drive",
    space=ParameterSpace((Parameter("rate", 0.1, 10.0, "1/s"), Parameter("size", 1.0, 3.0, "V"))),
    inputs=(Variable("drive", "V", "drive"),),
    outputs=(Variable("y", "V", "answer"),),
    rhs=lambda t, y, u, p: [p["rate"] * (u - y[0])],
    drive=lambda p: triangle(p["size"], 4.0),
    start=lambda p: (0.0,),
)


def sleeping(t, y, u, p):
    time.sleep(5.0)
    return [0.0]


SLEEPING = dataclasses.replace(DECAY, rhs=sleeping)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("DYNSUR_CACHE", str(tmp_path / "cache"))
    return tmp_path


def test_each_place_of_the_grid_is_its_own_simulation():
    grid = simulate(DECAY, {"rate": [0.5, 1.0, 2.0], "size": [1.0, 2.0]})
    assert grid["y"].dims == ("rate", "size", "time")
    one = DECAY.simulate({"rate": 2.0, "size": 1.0})
    picked = grid.sel(rate=2.0, size=1.0)
    np.testing.assert_allclose(picked["y"].values, one["y"].values, rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(picked["time"].values, one["time"].values)
    assert (grid["status"] == 1).all()
    assert grid["rate"].attrs["units"] == "1/s"


def test_values_alone_are_coordinates_and_no_dimensions():
    single = simulate(DECAY, {"rate": 2.0})
    assert single["y"].dims == ("time",)
    assert single["rate"].item() == 2.0
    assert single["size"].item() == 2.0  # the default


def test_instants_that_differ_keep_their_own(here):
    grid = simulate("vteam", {"t_p": [100.0, 200.0]}, cache=False)
    assert grid["time"].dims == ("t_p", "time")
    ends = grid["time"].isel(time=-1).values
    assert ends[1] == pytest.approx(2.0 * ends[0])
    assert not (here / "cache").exists()


def test_what_was_simulated_is_not_simulated_again(here, monkeypatch):
    values = {"rate": [0.5, 1.0]}
    first = simulate(DECAY, values)
    assert len(list((here / "cache").iterdir())) == 1
    asked, rows = [], grids.simulate_rows
    monkeypatch.setattr(
        grids, "simulate_rows", lambda s, c: asked.append(c["rate"].tolist()) or rows(s, c)
    )
    assert simulate(DECAY, values).identical(first)
    assert asked == [[0.5]]  # a quick one is repeated, the others are not
    simulate(DECAY, {"rate": [0.5, 1.1]})
    assert asked[1:] == [[0.5, 1.1]]


def test_other_code_is_simulated_anew():
    values = {"rate": [0.5, 1.0]}
    first = simulate(DECAY, values)
    doubled = dataclasses.replace(DECAY, rhs=lambda t, y, u, p: [2.0 * p["rate"] * (u - y[0])])
    assert not np.allclose(simulate(doubled, values)["y"], first["y"])


def test_a_damaged_cache_is_simulated_again(here):
    first = simulate(DECAY, {"rate": [1.0]})
    (kept,) = (here / "cache").rglob("rows.npz")
    kept.write_bytes(kept.read_bytes()[:100])
    assert simulate(DECAY, {"rate": [1.0]}).identical(first)


def test_several_processes_give_what_one_gives(monkeypatch):
    battery = host().simulator("duffing")
    values = {"delta": [0.1, 0.2, 0.3, 0.4, 0.5]}
    alone = simulate(battery, values, cache=False)
    monkeypatch.setattr("dynsur.core.jobs.grids.batch_of", lambda simulator: None)
    apart = simulate(battery, values, cache=False, workers=2)
    np.testing.assert_allclose(apart["displacement"], alone["displacement"], rtol=1e-5, atol=1e-7)


def test_a_failure_is_said_where_it_happened():
    growing = dataclasses.replace(DECAY, rhs=lambda t, y, u, p: [y[0] ** 2 + p["rate"]])
    grid = simulate(growing, {"rate": [0.1, 10.0]}, cache=False)
    assert grid["status"].values.tolist() == [1, 2]
    assert grid["reason"].values[0] == ""
    assert grid["reason"].values[1] != ""
    assert np.isnan(grid["y"].values[1]).all()
    assert np.isfinite(grid["y"].values[0]).all()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"rat": [1.0]}, "did you mean 'rate'"),
        ({"rate": [[1.0]]}, "one value or a list of values"),
        ({"rate": []}, "one value or a list of values"),
        ({"rate": [np.nan]}, "'rate'"),
    ],
)
def test_a_mistake_is_one_line(parameters, message):
    with pytest.raises(DynsurError, match=message):
        simulate(DECAY, parameters)
    with pytest.raises(DynsurError, match="number of workers must be a whole number"):
        simulate(DECAY, {}, workers=0)


def test_predictions_have_the_form_of_simulations():
    values = {"E_g": [1.1, 1.3], "U_max": 8.0}
    found = predict("reram", values)
    assert found["current"].dims == ("E_g", "time")
    assert (found["current_low"] <= found["current_high"]).all()
    assert found["unfamiliar"].values.tolist() == ["", ""]
    assert "predictions of" in found.attrs["title"].lower()
    far = predict("reram", {"T": 300.0, "U_max": [8.0, 30.0]})
    assert "U_max" in far["unfamiliar"].values[1]


@pytest.mark.parametrize("name", ["mean", "std", "median"])
def test_reductions_over_time_leave_the_reasons_alone(name):
    grid = simulate(DECAY, {"rate": [0.5, 1.0]})
    for data in (grid, simulate(DECAY), DECAY.simulate({})):
        reduced = getattr(data, name)("time")
        np.testing.assert_array_equal(reduced["y"], getattr(data["y"], name)("time"))
        np.testing.assert_array_equal(reduced["reason"], data["reason"])


@pytest.mark.parametrize("limit", [np.nan, -1.0, 0.0, "soon"])
def test_a_time_limit_that_is_none_is_refused(limit):
    with pytest.raises(DynsurError, match="time limit"):
        simulate(DECAY, {"rate": 1.0}, time_limit=limit, cache=False)


def test_a_time_limit_holds_for_a_single_system_too():
    found = simulate(SLEEPING, {"rate": 1.0}, time_limit=0.2, cache=False)
    assert found.status.item() == Status.TIMED_OUT
