"""Only results that would come out the same again are kept."""

import numpy as np
from dynsur.core.jobs.cache import cache_folder, kept
from dynsur.core.registry import host
from dynsur.core.systems.variables import Status


def rows(status):
    return {"time": np.zeros((1, 3)), "status": np.array([status], np.int8), "reason": ["µ late"]}


def test_what_timed_out_is_tried_again(tmp_path):
    simulator = host().simulator("duffing")
    columns = simulator.space.columns({})
    for status, count in ((Status.TIMED_OUT, 0), (Status.CRASHED, 0), (Status.FAILED, 1)):
        kept(tmp_path / "c", simulator, columns, lambda s=status: rows(s))
        assert len(list((tmp_path / "c").glob("*"))) == count
    found = kept(tmp_path / "c", simulator, columns, lambda: rows(Status.OK))
    assert found["reason"] == ["µ late"]
    assert found["status"].tolist() == [Status.FAILED]


def test_the_folder_is_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("DYNSUR_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "dynsur"
