"""Chunk files hold what zarr reads and writes; what they do not understand is left to zarr."""

import numpy as np
import pytest
import xarray as xr
import zarr
from dynsur.core import open_store
from dynsur.core.store.chunk_files import ChunkFiles, direct
from dynsur.core.store.samples import create_or_extend
from toy_simulator import Toy

SAMPLES, CHUNK, POINTS = 10, 4, 7
VALUES = np.arange(SAMPLES * POINTS, dtype=float).reshape(SAMPLES, POINTS)


@pytest.fixture
def path(tmp_path):
    create_or_extend(tmp_path / "d.zarr", Toy(points=POINTS), SAMPLES, seed=0, chunk=CHUNK)
    return tmp_path / "d.zarr"


def both(path, name):
    """Return an array as zarr and as files."""
    array = zarr.open_group(path, mode="r+")[name]
    files = direct(array)
    assert isinstance(files, ChunkFiles)
    return array, files


@pytest.mark.parametrize(("start", "stop"), [(0, 10), (4, 8), (5, 7), (8, 10), (3, 9)])
def test_zarr_and_files_read_what_the_other_wrote(path, start, stop):
    for name, values in (("y", VALUES), ("status", np.arange(SAMPLES, dtype=np.int8))):
        for writer, reader in (both(path, name), both(path, name)[::-1]):
            writer[0:SAMPLES] = values * 0
            writer[start:stop] = values[start:stop]
            expected = np.zeros_like(values)
            expected[start:stop] = values[start:stop]
            np.testing.assert_array_equal(reader[:], expected)


def test_the_same_bytes_as_zarr_writes(path):
    array, files = both(path, "y")
    array[:] = VALUES
    before = [(path / "y" / f"c.{n}.0").read_bytes() for n in range(3)]
    files[0:SAMPLES] = VALUES
    assert [(path / "y" / f"c.{n}.0").read_bytes() for n in range(3)] == before
    assert len(list((path / "y").iterdir())) == 4


def test_what_was_not_written_has_the_fill_value(path):
    _, files = both(path, "y")
    files[4:6] = VALUES[4:6]
    assert np.isnan(files[0:4]).all()
    assert np.isnan(files[6:10]).all()
    assert both(path, "status")[1][:].tolist() == [0] * SAMPLES


@pytest.mark.parametrize(
    "select",
    [
        {"sample": [1, 2, 5, 9]},
        {"sample": [4, 5, 6, 7]},
        {"sample": [9, 0, 5]},
        {"sample": [4, 4, 4, 4]},
        {"sample": []},
        {"sample": 3},
        {"sample": slice(None, None, -3)},
        {"sample": slice(4, 8), "time": 2},
        {"sample": [3, 4], "time": [6, 0]},
        {"time": slice(None, None, 2)},
        {"time": slice(None, None, -1)},
    ],
)
def test_any_selection_is_what_plain_xarray_gives(path, select):
    both(path, "y")[1][0:SAMPLES] = VALUES
    for chunks in (None, {}):
        given = open_store(path, chunks)["y"].isel(select)
        np.testing.assert_array_equal(given, xr.open_zarr(path, chunks=None)["y"].isel(select))


def test_threads_read_what_one_reads(path, monkeypatch):
    _, files = both(path, "y")
    files[0:SAMPLES] = VALUES
    monkeypatch.setattr("dynsur.core.store.chunk_files.WORTH_THREADS", 0)
    for rows in ([*range(SAMPLES)], [1, 2, 5, 9], [5], []):
        np.testing.assert_array_equal(files.take(np.array(rows, int)), VALUES[rows])


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b + b"0", lambda b: b""])
def test_a_file_of_another_length_is_an_error(path, damage):
    _, files = both(path, "y")
    files[0:4] = VALUES[0:4]
    chunk = path / "y" / "c.0.0"
    chunk.write_bytes(damage(chunk.read_bytes()))
    with pytest.raises(ValueError, match=r"checksum of .*c\.0\.0"):
        files[:]


def test_other_codecs_and_places_are_left_to_zarr(path):
    group = zarr.open_group(path, mode="r+")
    assert direct(group["reason"]) is not None
    others = [
        group["reason"],
        group["a"],
        group.create_array("squeezed", shape=(4, 7), chunks=(2, 7), dtype=float),
        group.create_array("split", shape=(4, 7), chunks=(2, 3), dtype=float, compressors=None),
        zarr.create_array({}, shape=(4, 7), chunks=(2, 7), dtype=float),
    ]
    assert all(direct(array) is array for array in others)
