"""`dynsur info` says whose samples a store holds."""

import json

import pytest
import xarray as xr
from dynsur.core import host
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.store.samples import create_or_extend, write_chunk


@pytest.fixture
def stores(tmp_path):
    """Two stores of one system, made with seeds 0 and 1."""
    simulator, paths = host().simulator("duffing"), []
    for seed in (0, 1):
        paths.append(tmp_path / f"{seed}.zarr")
        create_or_extend(paths[-1], simulator, 3, seed, 3)
        write_chunk(paths[-1], 0, simulate_rows(simulator, simulator.space.sample(seed, 0, 3)))
    return paths


@pytest.mark.filterwarnings("ignore:.*Zarr V3 specification", "ignore:Consolidated metadata")
def test_samples_of_another_seed_are_told(stores, dynsur, tmp_path):
    joined = tmp_path / "joined.zarr"
    data = [xr.open_zarr(store).drop_encoding() for store in stores]
    xr.concat(data, "sample", combine_attrs="override").chunk(sample=3).to_zarr(joined)
    code, told, error = dynsur("info", joined, "--json")
    assert code == 0, error
    assert json.loads(told)["attributes"]["foreign"].startswith("sample 3 and perhaps others: 'd")
    assert "sample 3 and" in dynsur("info", joined)[1]
    assert "foreign" not in json.loads(dynsur("info", stores[1], "--json")[1])["attributes"]
