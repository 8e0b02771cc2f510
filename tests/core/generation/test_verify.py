"""Damage of every kind is found and mended; a sound store has no faults."""

import numpy as np
import pytest
from dynsur.core import Status
from dynsur.core.generation.repair import mend
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.generation.verify import verify
from dynsur.core.store.samples import (
    content_hash,
    create_or_extend,
    open_store,
    pending_chunks,
    write_chunk,
)
from dynsur.core.store.zarr_group import array_of, open_group
from toy_simulator import Toy

SAMPLES, CHUNK = 10, 4
SIMULATOR = Toy(fails=True)


def _fill(path):
    for chunk in pending_chunks(path):
        for start, stop in chunk:
            columns = SIMULATOR.space.sample(0, start, stop - start)
            write_chunk(path, start, simulate_rows(SIMULATOR, columns))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "d.zarr"
    create_or_extend(path, SIMULATOR, SAMPLES, 0, CHUNK)
    _fill(path)
    return path


def _verify(path, rerun=0):
    return verify(path, SIMULATOR, rerun=rerun, time_limit=60.0)


def _flip(file):
    content = bytearray(file.read_bytes())
    content[np.random.default_rng(len(content)).integers(len(content))] ^= 4
    file.write_bytes(content)


def test_a_sound_store_has_no_faults_and_simulates_the_same_again(path):
    found = _verify(path, rerun=2)
    assert (found.faults, found.missing, found.rerun, found.identical) == ([], 0, 2, 2)
    assert found.chunks == 6 * 3 + 2


def test_a_flipped_byte_in_any_chunk_is_found_and_mended(path):
    before = content_hash(open_store(path))
    chunks = sorted(file for file in path.rglob("*") if file.is_file() and file.suffix != ".json")
    assert {chunk.relative_to(path).parts[0] for chunk in chunks} == set(open_store(path).variables)
    for chunk in chunks:
        _flip(chunk)
        found = _verify(path)
        assert {fault.variable for fault in found.faults} == {chunk.relative_to(path).parts[0]}
        mend(path, SIMULATOR, found.faults)
        _fill(path)
        assert _verify(path).faults == []
        assert content_hash(open_store(path)) == before


def test_a_lost_chunk_is_found_and_mended(path):
    before = content_hash(open_store(path))
    for name in ("y/c.0.0", "reason/c.0", "wall_time/c.1", "a/c.0"):
        (path / name).unlink()
        found = _verify(path)
        assert {fault.variable for fault in found.faults} == {name.partition("/")[0]}
        mend(path, SIMULATOR, found.faults)
        _fill(path)
        assert content_hash(open_store(path)) == before


def test_values_that_contradict_the_status_or_the_simulator_are_found(path):
    data = open_store(path)
    ok = np.flatnonzero(data["status"].values == Status.OK)
    rows = {"status": np.array([Status.OK], np.int8), "y": np.full((1, SIMULATOR.points), 0.5)}
    write_chunk(path, int(ok[0]), rows)
    assert _verify(path).faults == []
    (fault,) = _verify(path, rerun=ok.size).faults
    assert (fault.variable, fault.samples.tolist()) == ("y", [ok[0]])
    write_chunk(path, int(ok[0]), {"status": np.array([99], np.int8)})
    (fault,) = _verify(path).faults
    assert (fault.variable, fault.what) == ("status", "unknown status")


def test_missing_samples_are_counted_and_are_no_fault(path):
    create_or_extend(path, SIMULATOR, SAMPLES + 3, 0, CHUNK)
    found = _verify(path)
    assert (found.faults, found.missing) == ([], 3)


def test_parameters_of_joined_stores_are_left_as_they_are(tmp_path):
    """Two stores joined by xarray claim the first one's seed; repair must not believe it."""
    first, second, joined = (tmp_path / f"{name}.zarr" for name in ("a", "b", "c"))
    for path, seed in ((first, 1), (second, 2)):
        create_or_extend(path, Toy(), 4, seed, 4)
        write_chunk(path, 0, simulate_rows(Toy(), Toy().space.sample(seed, 0, 4)))
    create_or_extend(joined, Toy(), 8, 1, 4)
    write_chunk(joined, 0, simulate_rows(Toy(), Toy().space.sample(1, 0, 4)))
    write_chunk(joined, 4, simulate_rows(Toy(), Toy().space.sample(2, 0, 4)))
    group = open_group(joined, "r+")
    for name, values in Toy().space.sample(2, 0, 4).items():
        array_of(group, name)[4:8] = values
    before = content_hash(open_store(joined))
    found = verify(joined, Toy(), rerun=0)
    assert {tuple(fault.samples) for fault in found.faults} == {(4, 5, 6, 7)}
    assert all("does not follow from the store's seed" in fault.what for fault in found.faults)
    assert mend(joined, Toy(), found.faults) == 0
    assert content_hash(open_store(joined)) == before


def test_a_changed_parameter_is_restored_together_with_its_simulation(tmp_path):
    path = tmp_path / "d.zarr"
    create_or_extend(path, Toy(), 4, 1, 4)
    write_chunk(path, 0, simulate_rows(Toy(), Toy().space.sample(1, 0, 4)))
    array_of(open_group(path, "r+"), "a")[2:3] = 3.21
    found = verify(path, Toy(), rerun=0)
    assert [fault.samples.tolist() for fault in found.faults] == [[2]]
    assert mend(path, Toy(), found.faults) == 1
    data = open_store(path)
    assert data["status"].values.tolist() == [1, 1, 0, 1]
    assert data["a"].values[2] == Toy().space.sample(1, 2, 1)["a"][0]
