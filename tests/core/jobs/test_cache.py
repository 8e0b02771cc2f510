"""Only results that would come out the same again are kept."""

import os

import numpy as np
import pytest
from dynsur.core.jobs.cache import cache_folder, kept
from dynsur.core.registry import host
from dynsur.core.systems.variables import Status


def rows(status):
    return {"time": np.zeros((1, 3)), "status": np.array([status], np.int8), "reason": ["µ late"]}


def test_what_timed_out_is_tried_again(tmp_path):
    simulator = host().simulator("duffing")
    columns = simulator.space.columns({})
    for status, count in ((Status.TIMED_OUT, 0), (Status.CRASHED, 0), (Status.FAILED, 1)):
        kept(tmp_path / "c", simulator, columns, lambda _, s=status: rows(s))
        assert len(list((tmp_path / "c").glob("*"))) == count
    found = kept(tmp_path / "c", simulator, columns, lambda _: rows(Status.FAILED))
    assert found["reason"] == ["µ late"]
    assert found["status"].tolist() == [Status.FAILED]


def test_the_folder_is_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("DYNSUR_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "dynsur"


def test_a_file_that_was_read_is_part_of_what_determines_a_result(tmp_path):
    simulator = host().simulator("duffing")
    columns, file = simulator.space.columns({}), tmp_path / "gain.txt"

    def slow(some):  # so that nothing is simulated again
        gain = float(file.read_text())
        series = np.full((len(next(iter(some.values()))), 3), gain)
        return rows(Status.OK) | {"time": series, "wall_time": np.full(len(series), 60.0)}

    for gain in ("1", "2", "2"):
        file.write_text(gain)
        os.utime(file, (1e9, 1e9))  # its content counts
        assert (kept(tmp_path / "c", simulator, columns, slow)["time"] == float(gain)).all()
    file.unlink()
    with pytest.raises(FileNotFoundError):
        kept(tmp_path / "c", simulator, columns, slow)


def test_what_comes_out_otherwise_is_simulated_anew(tmp_path):
    simulator, asked = host().simulator("duffing"), []
    columns = simulator.space.columns({next(iter(simulator.space.names)): np.linspace(0.1, 0.2, 8)})

    def simulated(some, scale):
        asked.append(len(next(iter(some.values()))))
        series = scale * np.stack([np.array([1.0, 2.0, 3.0])] * asked[-1])
        told = {"status": np.zeros(asked[-1], np.int8) + Status.OK, "reason": [""] * asked[-1]}
        return {"time": series, **told, "wall_time": np.full(asked[-1], 60.0)}

    for scale in (1.0, 1.0 + 1e-12, 1.001):
        found = kept(tmp_path / "c", simulator, columns, lambda s, k=scale: simulated(s, k))
        np.testing.assert_allclose(found["time"][5], scale * np.array([1, 2, 3]), rtol=1e-9)
    assert asked == [8, 2, 2, 8]
