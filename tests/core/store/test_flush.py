"""A status is written only once what it vouches for is on the disk."""

import os
from pathlib import Path

from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.store.samples import create_or_extend, write_chunk
from toy_simulator import Toy


def test_every_variable_is_flushed_before_the_status_is_written(tmp_path, monkeypatch):
    path, simulator = tmp_path / "d.zarr", Toy()
    create_or_extend(path, simulator, 8, seed=0, chunk=4)
    rows = simulate_rows(simulator, simulator.space.sample(0, 4, 4))
    flushed, fsync = [], os.fsync
    status = path / "status" / "c.1"

    def noted(descriptor):
        target = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        flushed.append((target, status.exists()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    write_chunk(path, 4, rows)
    before = {target.relative_to(path).as_posix() for target, written in flushed if not written}
    assert {"time/c.1.0", "u/c.1.0", "y/c.1.0", "wall_time/c.1"} <= before
    assert {"time", "u", "y", "wall_time", "reason"} <= before
    after = [target.relative_to(path).as_posix() for target, written in flushed if written]
    assert after == ["status/c.1", "status"]
