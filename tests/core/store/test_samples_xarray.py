"""Whatever people do with xarray works on a whole store and on its finished samples."""

import json
import shutil

import dynsur.datasets
import numpy as np
import pytest
import xarray as xr
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.store.samples import (
    content_hash,
    create_or_extend,
    open_store,
    pending_chunks,
    write_chunk,
)
from dynsur.core.store.zarr_group import UNFINISHED
from toy_simulator import Toy

SIMULATOR = Toy(fails=True)
# What zarr says of texts that xarray writes.
pytestmark = pytest.mark.filterwarnings("ignore:.*(FixedLengthUTF32|Zarr V3 spec)")


def _fill(path):
    for runs in pending_chunks(path):
        for start, stop in runs:
            rows = simulate_rows(SIMULATOR, SIMULATOR.space.sample(0, start, stop - start))
            write_chunk(path, start, rows)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("store") / "d.zarr"
    create_or_extend(path, SIMULATOR, 24, seed=0, chunk=4)
    _fill(path)
    return path


OPEN = {
    "xarray": xr.open_zarr,
    "xarray, no dask": lambda path: xr.open_zarr(path, chunks=None),
    "open_store": lambda path: open_store(path, {}),
    "datasets.open": dynsur.datasets.open,
}


@pytest.fixture(params=OPEN.values(), ids=OPEN)
def data(request, path):
    data = request.param(path)
    return data.assign_coords(sample=np.arange(data.sizes["sample"]))


def test_where_keeps_the_samples_that_fulfil_it_and_blanks_the_others(data):
    kept = data.a > 2
    masked = data.where(kept).load()
    np.testing.assert_array_equal(masked.y.isnull().all("time"), ~kept | (data.status != 1))
    assert masked.reason.values[kept.values].tolist() == data.reason.values[kept.values].tolist()
    dropped = data.where(kept.compute(), drop=True).load()
    assert dropped.sizes["sample"] == int(kept.sum())


def test_reindex_and_fillna(data):
    longer = data.reindex(sample=np.arange(30)).load()
    assert longer.sizes["sample"] == 30
    assert not longer.fillna(0).y.isnull().any()


def test_merge_and_concat(data):
    more = xr.Dataset({"yield_": ("sample", [0.5])}, {"sample": [25]})
    merged = xr.merge([data, more], join="outer").load()
    assert merged.sizes["sample"] == data.sizes["sample"] + 1
    parts = [data.isel(sample=slice(0, 3)), data.isel(sample=slice(3, None))]
    joined = xr.concat(parts, "sample").load()
    xr.testing.assert_equal(joined.reset_coords(), data.load().reset_coords())


def test_mean_and_groupby(data):
    assert np.isfinite(data.mean("sample").y).all()
    groups = data.y.groupby(data.status.rename("s").compute()).mean("sample")
    assert groups.sizes["s"] == len(np.unique(data.status))
    assert data.load().groupby_bins("a", [0, 2, 4]).mean(...).y.size == 2


@pytest.mark.parametrize(
    "selection", [slice(3, 17), [5, 0, 3], slice(None, None, 3)], ids=["slice", "list", "step"]
)
def test_a_selection_can_be_written_anew(data, tmp_path, selection):
    chosen = data.isel(sample=selection).chunk(sample=5).drop_encoding()
    chosen.to_zarr(tmp_path / "selection.zarr", zarr_format=3, consolidated=False)
    again = xr.open_zarr(tmp_path / "selection.zarr", consolidated=False).load()
    np.testing.assert_array_equal(again.y, chosen.y)
    assert again.reason.values.tolist() == chosen.reason.values.tolist()


def test_finished_samples_can_be_written_anew_as_they_are(path, tmp_path):
    data = dynsur.datasets.open(path)
    data.to_zarr(tmp_path / "finished.zarr", zarr_format=3, consolidated=False)
    again = xr.open_zarr(tmp_path / "finished.zarr", consolidated=False)
    np.testing.assert_array_equal(again.y, data.y)


@pytest.mark.parametrize(
    "reduced",
    [
        lambda d: d.std("sample"),
        lambda d: abs(d),
        lambda d: d.diff("sample"),
        lambda d: d.clip(0.0, 1.0),
        lambda d: d.round(3),
        lambda d: 2.0 * d - d,
        lambda d: d.weighted(xr.ones_like(d.status, float)).mean("sample"),
    ],
    ids=["std", "abs", "diff", "clip", "round", "arithmetic", "weighted"],
)
def test_texts_are_coordinates_and_stop_no_calculation(path, reduced):
    for whole in (xr.open_zarr(path), dynsur.datasets.open(path), open_store(path)):
        assert "reason" in whole.coords
        found = reduced(whole).load()
        np.testing.assert_array_equal(found.y, reduced(whole.drop_vars("reason")).y)


def test_stores_made_one_after_the_other_share_no_attributes(tmp_path):
    marked = dict(UNFINISHED)
    for name in "ab":
        create_or_extend(tmp_path / name, SIMULATOR, 4, seed=0, chunk=4)
        described = json.loads((tmp_path / name / "zarr.json").read_text())
        assert described["attributes"]["coordinates"] == "reason"
    assert marked == UNFINISHED == {"title": "unfinished dynsur store"}


def test_texts_of_earlier_stores_are_coordinates_too(path, tmp_path):
    earlier = shutil.copytree(path, tmp_path / "d.zarr")
    described = json.loads((earlier / "zarr.json").read_text())
    assert described["attributes"].pop("coordinates") == "reason"
    (earlier / "zarr.json").write_text(json.dumps(described))
    assert "reason" in xr.open_zarr(earlier).data_vars
    assert "reason" in open_store(earlier).coords
    assert dynsur.datasets.open(earlier).std("sample").load().y.notnull().all()


def test_netcdf(data, tmp_path):
    pytest.importorskip("h5netcdf")
    # A coordinate of two dimensions must not bear the name of one of them.
    whole = data.rename_dims(time="instant").drop_encoding()
    whole.to_netcdf(tmp_path / "d.nc", engine="h5netcdf")
    again = xr.open_dataset(tmp_path / "d.nc", engine="h5netcdf").load()
    assert again.reason.values.tolist() == data.reason.values.tolist()


def _with_texts_of_variable_length(path):
    """Make the array of reasons that earlier versions made."""
    import zarr

    group = zarr.open_group(path, mode="r+", use_consolidated=False)
    attributes = dict(group["reason"].attrs)
    group.create_array(
        "reason",
        shape=group["status"].shape,
        chunks=(4,),
        dtype=str,
        fill_value="",
        dimension_names=("sample",),
        chunk_key_encoding={"name": "default", "separator": "."},
        attributes=attributes,
        overwrite=True,
    )
    zarr.consolidate_metadata(path)


@pytest.mark.filterwarnings("ignore:Consolidated")
def test_a_store_of_an_earlier_version_is_read_and_extended(path, tmp_path):
    old = tmp_path / "old.zarr"
    create_or_extend(old, SIMULATOR, 10, seed=0, chunk=4)
    _with_texts_of_variable_length(old)
    _fill(old)
    create_or_extend(old, SIMULATOR, 24, seed=0, chunk=4)
    _fill(old)
    data = open_store(old)
    assert data["reason"].dtype == object
    assert content_hash(data) == content_hash(open_store(path))
    data.where(data.a > 2).load()


def test_a_reason_too_long_for_the_store_is_cut_with_an_ellipsis(tmp_path):
    path = tmp_path / "d.zarr"
    create_or_extend(path, SIMULATOR, 4, seed=0, chunk=4)
    rows = simulate_rows(SIMULATOR, SIMULATOR.space.sample(0, 0, 4))
    write_chunk(path, 0, {**rows, "reason": ["", "x" * 500, "y" * 200, ""]})
    reasons = open_store(path)["reason"].values.tolist()
    assert reasons == ["", "x" * 199 + "…", "y" * 200, ""]
