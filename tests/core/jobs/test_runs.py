"""One call runs an experiment; what it leaves is shown in words."""

import pytest
from dynsur.core import DynsurError
from dynsur.core.jobs import open_run, run
from dynsur.core.registry import configure, host


def test_a_run_by_its_name_is_resumed_and_shown(tmp_path, capsys):
    small = {"training.threads": 1, "model.width": 4, "delta": 0.2}
    given = {"samples": 12, "epochs": 1, "settings": small, "workers": 1, "quiet": True}
    done = run("duffing", tmp_path / "out", **given)
    assert capsys.readouterr().err == ""
    assert done.report.exists()
    assert done.store.sizes["sample"] == 12
    assert done.surrogate.simulator.name == "duffing"
    assert done.predictions.sizes["sample"] == done.metrics["n"]
    written = done.report.stat().st_mtime_ns
    setup = configure(host(), "duffing", {**small, "training.epochs": 1}, 12)
    again = run(setup, tmp_path / "out", workers=1, quiet=True)
    assert again == done == open_run(tmp_path / "out")
    assert done.report.stat().st_mtime_ns == written
    assert repr(done).startswith(f"Run in {tmp_path / 'out'}\n  displacement: off by ")
    assert "<li>displacement: off by" in done._repr_html_()


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(DynsurError, match="holds no run"):
        open_run(tmp_path)
