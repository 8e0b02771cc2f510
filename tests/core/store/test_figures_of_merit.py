"""Figures of merit of a store: by blocks, of one trajectory, and of the system's own."""

import dataclasses
import importlib

import numpy as np
import pytest
import xarray as xr
from dynsur import datasets
from dynsur.core import DynsurError, Variable
from dynsur.core.registry.host import host
from dynsur.core.store import figures_of_merit, merit_table, quantiles_of
from memristors import make_run


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("run"), samples=40, evaluated=False) / "data.zarr"


def test_lazy_samples_have_the_merits_of_loaded_ones(store, monkeypatch):
    whole = datasets.merits(datasets.open(store).load())
    module = importlib.import_module("dynsur.core.store.figures_of_merit")
    monkeypatch.setattr(module, "BLOCK", 7)
    xr.testing.assert_identical(datasets.merits(datasets.open(store)), whole)
    assert whole["current_peak"].attrs == {
        "units": "A", "long_name": "largest modulus of current", "scale": "log", "role": "merit",
    }  # fmt: skip
    np.testing.assert_array_equal(whole["sample"], datasets.open(store)["sample"])


def test_one_trajectory_has_scalars():
    data = host().simulator("vteam").simulate({})
    found = datasets.merits(data, of=["current_peak", "on_off_ratio", "energy"][:1])
    assert found["current_peak"].item() == float(np.abs(data["current"]).max())
    assert found.sizes == {}


def test_a_system_adds_its_own(monkeypatch):
    vteam = host().simulator("vteam")
    charge = Variable("charge", "C", "largest charge")

    def own(parameters, series, time):
        steps = np.diff(time) * series["current"][:, 1:]
        return {charge: np.abs(np.cumsum(steps, axis=1)).max(axis=1) / parameters["R_on"]}

    offer = host().offers("dynsur_simulators")["vteam"]
    offered = dataclasses.replace(offer, value=dataclasses.replace(vteam, merits=own))
    monkeypatch.setattr(host(), "offers", lambda hook: {"vteam": offered})
    data = vteam.simulate({})
    found = figures_of_merit(data)
    assert found["charge"].attrs["units"] == "C"
    assert found["charge"].item() > 0
    assert list(figures_of_merit(data, of=["charge"])) == ["charge"]


def test_quantiles_tell_how_many_samples_have_a_merit(store):
    rows = {row.name: row for row in quantiles_of(merit_table(store))}
    assert rows["current_peak"].defined == 36
    low, *_, high = rows["current_peak"].values
    assert 1e-18 < low < high < 1e-1


def test_what_has_no_outputs_or_no_such_merit_is_one_line(store):
    with pytest.raises(DynsurError, match="has no outputs among 'x'; expected a store"):
        figures_of_merit(xr.Dataset({"x": ("sample", [1.0])}))
    with pytest.raises(DynsurError, match="unknown figure of merit of 'memristors' 'peek'"):
        merit_table(store, of=["peek"])
