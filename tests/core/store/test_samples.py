"""The store's layout, its commit mark, and what it refuses."""

import dataclasses

import numpy as np
import pytest
import xarray as xr
from dynsur.core import DynsurError, Status
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.store.samples import (
    content_hash,
    create_or_extend,
    forget,
    open_store,
    pending_chunks,
    write_chunk,
)
from toy_simulator import Toy


@pytest.fixture
def path(tmp_path):
    create_or_extend(tmp_path / "d.zarr", Toy(), samples=10, seed=0, chunk=4)
    return tmp_path / "d.zarr"


def _fill(path, start, stop):
    write_chunk(path, start, simulate_rows(Toy(), Toy.space.sample(0, start, stop - start)))


def _files(path):
    return {p: p.read_bytes() for p in path.rglob("*") if p.is_file()}


def test_plain_xarray_reads_it_with_units_and_roles(path):
    data = xr.open_zarr(path)
    assert dict(data.sizes) == {"sample": 10, "time": 7}
    assert data["y"].dims == data["time"].dims == ("sample", "time")
    assert all({"units", "long_name"} <= set(data[name].attrs) for name in data.variables)
    assert data["a"].attrs["range"] == [0.0, 4.0]
    assert (data["a"].attrs["symbol"], data["b"].attrs["scale"]) == ("A_0", "log")
    assert [data[n].attrs["role"] for n in ("u", "y", "a")] == ["input", "output", "parameter"]
    assert data["y"].encoding["chunks"] == (4, 7)
    assert data["status"].dtype == np.int8


def test_flags_name_every_status(path):
    attrs = open_store(path)["status"].attrs
    names = attrs["flag_meanings"].split()
    assert dict(zip(attrs["flag_values"], names, strict=True)) == {
        int(status): status.name.lower() for status in Status
    }


def test_an_empty_store_lacks_every_chunk(path):
    assert (open_store(path)["status"] == Status.MISSING).all()
    assert np.isnan(open_store(path)["y"]).all()
    assert pending_chunks(path) == [((0, 4),), ((4, 8),), ((8, 10),)]


def test_a_partial_chunk_is_completed_after_extension(path):
    for ((start, stop),) in pending_chunks(path):
        _fill(path, start, stop)
    before = open_store(path).load()
    create_or_extend(path, Toy(), samples=14, seed=0, chunk=99)
    assert pending_chunks(path) == [((10, 12),), ((12, 14),)]
    _fill(path, 10, 12)
    assert content_hash(open_store(path).isel(sample=slice(10))) == content_hash(before)


def test_parameters_are_there_before_any_simulation(path):
    create_or_extend(path, Toy(), samples=13, seed=0, chunk=4)
    for name, expected in Toy.space.sample(0, 0, 13).items():
        np.testing.assert_array_equal(open_store(path)[name], expected)


def test_forgotten_samples_are_pending_as_runs_of_their_chunk(path):
    for start, stop in ((0, 4), (4, 8), (8, 10)):
        _fill(path, start, stop)
    forget(path, np.array([1, 3, 8, 9]))
    assert pending_chunks(path) == [((1, 2), (3, 4)), ((8, 10),)]


def test_a_damaged_status_is_one_line_that_says_what_to_do(path):
    _fill(path, 0, 4)
    (path / "status" / "c.0").write_bytes(b"not a chunk")
    with pytest.raises(DynsurError, match=r"verify .* --repair"):
        pending_chunks(path)


def test_without_status_a_chunk_counts_as_missing(path):
    class PowerCutError(Exception):
        pass

    class Cut(dict):
        def __getitem__(self, name):
            if name == "status" and self.written:
                raise PowerCutError
            self.written = name == "y"
            return super().__getitem__(name)

    rows = Cut(status=np.ones(4, np.int8), y=np.ones((4, 7)))
    rows.written = False
    with pytest.raises(PowerCutError):
        write_chunk(path, 0, rows)
    assert (open_store(path)["y"].values[:4] == 1.0).all()
    assert pending_chunks(path)[0] == ((0, 4),)


@pytest.mark.parametrize(
    ("simulator", "seed", "message"),
    [
        (Toy(), 1, "another seed \\(0, now 1\\)"),
        (Toy(fails=True), 0, "another configuration .*true"),
    ],
)
def test_a_store_made_otherwise_is_refused_unchanged(path, simulator, seed, message):
    before = _files(path)
    with pytest.raises(DynsurError, match=message):
        create_or_extend(path, simulator, samples=20, seed=seed, chunk=4)
    assert _files(path) == before


def test_another_range_is_another_store(path):
    @dataclasses.dataclass(frozen=True)
    class Narrow(Toy):
        space = Toy.space.restrict("a", 1.0, 2.0)

    with pytest.raises(DynsurError, match="another"):
        create_or_extend(path, Narrow(), samples=20, seed=0, chunk=4)


def test_a_folder_of_something_else_is_refused_unchanged(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DynsurError, match="is not a dynsur store"):
        create_or_extend(tmp_path, Toy(), samples=1, seed=0, chunk=1)
    with pytest.raises(DynsurError, match="is not a dynsur store"):
        open_store(tmp_path / "nowhere")
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_a_flipped_byte_is_an_error_on_reading(path):
    _fill(path, 0, 4)
    chunk = path / "y" / "c.0.0"
    content = bytearray(chunk.read_bytes())
    content[len(content) // 2] ^= 1
    chunk.write_bytes(content)
    with pytest.raises(ValueError, match="checksum"):
        open_store(path)["y"].values  # noqa: B018
