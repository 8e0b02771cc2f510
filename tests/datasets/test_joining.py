"""Joined samples keep their values and say whose they are, as those of a merged store."""

import json

import dynsur.datasets
import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.store.merge import merge
from dynsur.core.store.samples import create_or_extend, write_chunk
from toy_simulator import Toy

TOY = Toy()


def made(path, seed, samples, simulator=TOY):
    create_or_extend(path, simulator, samples, seed, samples)
    write_chunk(path, 0, simulate_rows(simulator, simulator.space.sample(seed, 0, samples)))
    return path


@pytest.fixture
def stores(tmp_path):
    return [made(tmp_path / "a.zarr", 1, 10), made(tmp_path / "b.zarr", 2, 6)]


def test_the_samples_are_those_of_the_merged_store(stores, tmp_path):
    merge(stores, tmp_path / "c.zarr", TOY)
    merged = dynsur.datasets.open(tmp_path / "c.zarr")
    joined = dynsur.datasets.concat([dynsur.datasets.open(store) for store in stores])
    for name in (*TOY.space.names, "time", "u", "y", "source_seed", "source_index", "sample"):
        np.testing.assert_array_equal(joined[name].values, merged[name].values)
    assert joined.attrs["seed"] == [1, 2]
    assert [part["samples"] for part in json.loads(joined.attrs["merged"])] == [10, 6]


def test_selections_are_joined_and_the_same_simulation_is_kept_once(stores):
    a, b = (dynsur.datasets.open(store) for store in stores)
    joined = dynsur.datasets.concat([a.isel(sample=[7, 2]), b, a.isel(sample=[2, 3])])
    assert joined["source_index"].values.tolist() == [7, 2, *range(6), 3]
    assert joined["sample"].values.tolist() == [*range(9)]
    parameters = TOY.space.sample(1, 0, 10)
    for name, column in parameters.items():
        np.testing.assert_array_equal(joined[name].values[[0, 1, 8]], column[[7, 2, 3]])


def test_what_was_joined_is_joined_again_and_written(stores, tmp_path):
    a, b = (dynsur.datasets.open(store) for store in stores)
    joined = dynsur.datasets.concat([dynsur.datasets.concat([a, b]), b])
    assert joined.sizes["sample"] == 16
    joined.to_netcdf(tmp_path / "all.nc", engine="h5netcdf")


def test_other_systems_and_nameless_data_are_refused(stores, tmp_path):
    a = dynsur.datasets.open(stores[0])
    other = dynsur.datasets.open(made(tmp_path / "c.zarr", 3, 4, Toy(points=9)))
    with pytest.raises(DynsurError, match="dataset 2 is of another configuration"):
        dynsur.datasets.concat([a, other])
    with pytest.raises(DynsurError, match="dataset 2 does not say which system"):
        dynsur.datasets.concat([a, a.drop_attrs()])
    with pytest.raises(DynsurError, match="lost its coordinate 'sample'"):
        dynsur.datasets.concat([a, a.drop_vars("sample")])
    with pytest.raises(DynsurError, match="two datasets or more; got 1"):
        dynsur.datasets.concat([a])
