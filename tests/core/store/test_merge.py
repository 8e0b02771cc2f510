"""A merged store holds every sample once, knows whose it is, and is verified and filled by that."""

import sys

import numpy as np
import pytest
import xarray as xr
from dynsur.core import DynsurError, Status
from dynsur.core.generation.agreement import prepare_store
from dynsur.core.generation.generate import generate
from dynsur.core.generation.repair import mend
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.generation.verify import FOREIGN, verify
from dynsur.core.store.merge import merge
from dynsur.core.store.samples import (
    content_hash,
    create_or_extend,
    finished,
    open_store,
    pending_chunks,
    write_chunk,
)
from dynsur.core.store.zarr_group import array_of, open_group
from toy_simulator import Toy

TOY = Toy()


def made(path, seed, samples, simulated=None, chunk=4, simulator=TOY):
    create_or_extend(path, simulator, samples, seed, chunk)
    for runs in pending_chunks(path, simulated):
        for start, stop in runs:
            columns = simulator.space.sample(seed, start, stop - start)
            write_chunk(path, start, simulate_rows(simulator, columns))
    return path


@pytest.fixture
def stores(tmp_path):
    return [made(tmp_path / "a.zarr", 1, 10), made(tmp_path / "b.zarr", 2, 6, simulated=4)]


def test_every_sample_keeps_its_values_and_its_provenance(stores, tmp_path):
    done = merge(stores, tmp_path / "c.zarr", TOY)
    assert (done.samples, done.dropped) == (16, 0)
    merged, (a, b) = open_store(tmp_path / "c.zarr"), map(open_store, stores)
    for name in (*TOY.space.names, "time", "u", "y", "status", "reason", "wall_time"):
        expected = np.concatenate([a[name].values, b[name].values])
        np.testing.assert_array_equal(merged[name].values, expected)
    assert merged["source_seed"].values.tolist() == [1] * 10 + [2] * 6
    assert merged["source_index"].values.tolist() == [*range(10), *range(6)]
    assert merged["source"].values.tolist() == [str(stores[0])] * 10 + [str(stores[1])] * 6
    assert finished(merged)["sample"].values.tolist() == [*range(14)]
    assert merged.attrs["seed"] == [1, 2]


def test_a_merged_store_is_verified_by_each_samples_own_seed(stores, tmp_path):
    path = tmp_path / "c.zarr"
    merge(stores, path, TOY)
    found = verify(path, TOY, rerun=14)
    assert (found.faults, found.missing, found.rerun, found.identical) == ([], 2, 14, 14)
    before = open_store(path).load()
    array_of(open_group(path, "r+"), "a")[11:12] = 3.21
    (path / "b" / "c.0").unlink()
    faults = verify(path, TOY, rerun=0).faults
    assert {(fault.variable, fault.what) for fault in faults} == {("a", FOREIGN), ("b", "lost")}
    assert mend(path, TOY, faults) == 3  # the changed one and the two missing ones
    after = open_store(path)
    for name in TOY.space.names:
        np.testing.assert_array_equal(after[name].values, before[name].values)
    assert np.flatnonzero(after["status"].values == Status.MISSING).tolist() == [11, 14, 15]


def test_samples_that_a_merged_store_lacks_are_simulated_by_their_own_seed(stores, tmp_path):
    from distributed import Client

    path = tmp_path / "c.zarr"
    merge(stores, path, TOY)
    with Client(
        processes=False, n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0"
    ) as here:
        generate(TOY, path, samples=16, seed=None, client=here)
    other = merge([stores[0], made(stores[1], 2, 6)], tmp_path / "whole.zarr", TOY)
    assert other.samples == 16
    assert content_hash(open_store(path)) == content_hash(open_store(tmp_path / "whole.zarr"))


def test_a_sample_in_two_stores_is_kept_once_and_the_finished_one(tmp_path):
    short = made(tmp_path / "a.zarr", 1, 6, simulated=4)
    long = made(tmp_path / "b.zarr", 1, 12)
    done = merge([short, long], tmp_path / "c.zarr", TOY)
    assert (done.samples, done.dropped) == (12, 6)
    merged = open_store(tmp_path / "c.zarr")
    assert sorted(merged["source_index"].values) == [*range(12)]
    assert (merged["status"].values == Status.OK).all()
    assert verify(tmp_path / "c.zarr", TOY, rerun=12).faults == []
    again = merge([tmp_path / "c.zarr", long], tmp_path / "d.zarr", TOY)
    assert (again.samples, again.dropped) == (12, 12)


def test_stores_that_disagree_about_a_sample_are_not_merged(tmp_path):
    one, other = (made(tmp_path / name, 1, 4) for name in ("a.zarr", "b.zarr"))
    rows = {"status": np.array([Status.OK], np.int8), "y": np.full((1, TOY.points), 0.5)}
    write_chunk(other, 2, rows)
    with pytest.raises(DynsurError, match=r"sample 2 of .* another y.*other equations"):
        merge([one, other], tmp_path / "c.zarr", TOY)
    assert not (tmp_path / "c.zarr").exists()


def test_what_cannot_be_merged_is_told_and_nothing_is_written(stores, tmp_path):
    out = tmp_path / "c.zarr"
    with pytest.raises(DynsurError, match="two stores or more; got 1"):
        merge(stores[:1], out, TOY)
    other = made(tmp_path / "o.zarr", 3, 4, simulator=Toy(fails=True))
    with pytest.raises(DynsurError, match="another fails than"):
        merge([stores[0], other], out, TOY)
    with pytest.raises(DynsurError, match=r"a\.zarr' exists"):
        merge(stores, stores[0], TOY)
    with pytest.raises(DynsurError, match="is not a dynsur store"):
        merge([stores[0], tmp_path], out, TOY)
    with pytest.raises(DynsurError, match="is a URL"):
        merge(stores, "s3://bucket/c.zarr", TOY)
    (stores[1] / "y" / "c.0.0").unlink()
    with pytest.raises(DynsurError, match=r"c\.0\.0' is lost"):
        merge(stores, out, TOY)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zarr", "b.zarr", "o.zarr"]


def test_an_interrupted_merge_leaves_nothing_under_the_name(stores, tmp_path, monkeypatch):
    def dies(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["dynsur.core.store.merge"], "consolidate", dies)
    with pytest.raises(KeyboardInterrupt):
        merge(stores, tmp_path / "c.zarr", TOY)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zarr", "b.zarr"]


def test_a_merged_store_is_not_continued_with_a_seed(stores, tmp_path):
    path = tmp_path / "c.zarr"
    merge(stores, path, TOY)
    before = content_hash(open_store(path))
    with pytest.raises(DynsurError, match="merged from others and cannot be continued"):
        prepare_store(path, TOY, 20, 1, 4)
    assert content_hash(open_store(path)) == before


def joined_by_hand(stores, path):
    """Join as a user of xarray would, in whose store all samples seem to have the first seed."""
    data = [xr.open_zarr(store).drop_encoding() for store in stores]
    joined = xr.concat(data, "sample", combine_attrs="override").chunk(sample=4)
    joined.to_zarr(path, zarr_format=3)
    return path


@pytest.mark.filterwarnings("ignore:.*Zarr V3 specification", "ignore:Consolidated metadata")
def test_stores_joined_by_xarray_are_foreign_and_kept(stores, tmp_path):
    path = joined_by_hand(stores, tmp_path / "joined.zarr")
    before = content_hash(open_store(path))
    found = verify(path, TOY, rerun=0)
    assert {fault.what for fault in found.faults} == {FOREIGN}
    foreign = np.unique(np.concatenate([fault.samples for fault in found.faults]))
    assert foreign.tolist() == [10, 11, 12, 13, 14, 15]
    with pytest.raises(DynsurError, match=r"sample 10 of .* is foreign"):
        prepare_store(path, TOY, 20, 1, 4)
    with pytest.raises(DynsurError, match=r"sample 10 of .* is foreign"):
        merge([path, stores[0]], tmp_path / "c.zarr", TOY)
    assert content_hash(open_store(path)) == before
