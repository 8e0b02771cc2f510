"""A damaged chunk is named with its file and what mends it, whatever reads it."""

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.generation.repair import mend
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.generation.verify import verify
from dynsur.core.store.damage import reading, refuse_damage
from dynsur.core.store.export import export
from dynsur.core.store.samples import (
    content_hash,
    create_or_extend,
    finished,
    open_store,
    pending_chunks,
    status_counts,
    write_chunk,
)
from dynsur.core.store.summary import describe
from dynsur.datasets import open as open_finished
from toy_simulator import Toy

SAMPLES, CHUNK = 10, 4
SIMULATOR = Toy(fails=True)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "d.zarr"
    create_or_extend(path, SIMULATOR, SAMPLES, seed=0, chunk=CHUNK)
    for ((start, stop),) in pending_chunks(path):
        rows = simulate_rows(SIMULATOR, SIMULATOR.space.sample(0, start, stop - start))
        write_chunk(path, start, rows)
    return path


def _flip(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    "damage",
    [_flip, lambda b: b[:-1], lambda b: b + b"0", lambda b: b""],
    ids=["flipped", "cut", "longer", "empty"],
)
@pytest.mark.parametrize("chunk", ["y/c.1.0", "status/c.2", "a/c.0", "reason/c.0"])
def test_the_file_of_a_damaged_chunk_is_named(path, chunk, damage):
    file = path / chunk
    file.write_bytes(damage(file.read_bytes()))
    for read in (
        lambda: content_hash(open_store(path)),
        lambda: describe(path),
        lambda: export(path, path.with_suffix(".nc")),
    ):
        with pytest.raises(DynsurError, match=rf"{chunk}' cannot be read.*verify .* --repair") as e:
            read()
        assert "\n" not in str(e.value)
    assert not path.with_suffix(".nc").exists()


@pytest.mark.parametrize("chunk", ["y/c.1.0", "time/c.0.0", "wall_time/c.2", "a/c.0", "reason/c.0"])
def test_a_lost_chunk_is_named_and_never_missing_values(path, chunk):
    (path / chunk).unlink()
    for read in (
        lambda: describe(path),
        lambda: export(path, path.with_suffix(".nc")),
        lambda: finished(open_store(path)),
        lambda: open_finished(path),
        lambda: pending_chunks(path),
        lambda: status_counts(path),
    ):
        with pytest.raises(DynsurError, match=rf"{chunk}' is lost; .*verify .* --repair"):
            read()
    assert not path.with_suffix(".nc").exists()


def test_a_store_whose_samples_are_missing_has_lost_nothing(tmp_path):
    create_or_extend(tmp_path / "d.zarr", SIMULATOR, SAMPLES, seed=0, chunk=CHUNK)
    assert finished(open_store(tmp_path / "d.zarr")).sizes["sample"] == 0
    assert len(pending_chunks(tmp_path / "d.zarr")) == 3


def test_another_error_is_left_as_it_is(path):
    for store in (path, None):
        with pytest.raises(ZeroDivisionError), reading(store):
            1 / 0  # noqa: B018


def test_a_sound_store_reads_the_same_by_selection_of_any_kind(path):
    whole = open_store(path)["y"].values
    for chunks in (None, {}):
        lazy = open_store(path, chunks)["y"]
        for rows in ([1, 2, 5, 9], [9, 0, 5], [4, 4], [], slice(None, None, -3), slice(4, 8)):
            np.testing.assert_array_equal(lazy[rows], whole[rows])


@pytest.mark.parametrize("chunk", ["y/c.1.0", "status/c.2", "status/c.0", "wall_time/c.1", "a/c.0"])
def test_a_folder_in_place_of_a_chunk_is_told_by_every_reader_and_mended(path, chunk):
    whole = content_hash(open_store(path))
    (path / chunk).unlink()
    (path / chunk).mkdir()
    for read in (lambda: status_counts(path), lambda: describe(path), lambda: refuse_damage(path)):
        with pytest.raises(DynsurError, match=rf"{chunk}' is a folder where.*verify .* --repair"):
            read()
    found = verify(path, SIMULATOR, rerun=0)
    assert chunk.partition("/")[0] in {fault.variable for fault in found.faults}
    mend(path, SIMULATOR, found.faults)
    for ((start, stop),) in pending_chunks(path):
        rows = simulate_rows(SIMULATOR, SIMULATOR.space.sample(0, start, stop - start))
        write_chunk(path, start, rows)
    assert content_hash(open_store(path)) == whole


def test_the_folders_of_nested_chunks_are_no_damage(path):
    nested = path.with_name("nested.zarr")
    data = open_store(path).load().drop_encoding().drop_vars("reason")
    data.to_zarr(nested, consolidated=False, zarr_format=3)
    assert any(part.is_dir() for part in (nested / "y").rglob("*"))
    refuse_damage(nested)


def test_a_report_in_the_folder_of_a_store_is_passed_over(path, recwarn):
    (path / "report.html").write_text("<html>")
    (path / "figures").mkdir()
    create_or_extend(path, SIMULATOR, SAMPLES + CHUNK, seed=0, chunk=CHUNK)
    assert not verify(path, SIMULATOR).faults
    refuse_damage(path)
    assert len(describe(path)) > 0
    assert not [str(warning.message) for warning in recwarn]
