import errno

import numpy as np
import pytest
import zarr
from dynsur.core import open_store
from dynsur.core.recordings import check_records

IMPORT = ("--inputs", "voltage", "--outputs", "current", "--out", "s.zarr")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with two sweeps and the tables of their parameters."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sweeps").mkdir()
    for name, count in (("a", 60), ("b", 45)):
        t = 0.1 * np.arange(count)
        rows = "\n".join(f"{x:.1f},{np.sin(x):.6f},{np.sin(x) ** 3:.6f}" for x in t)
        text = f"time (s),voltage (V),current (mA)\n{rows}\n"
        (tmp_path / "sweeps" / f"{name}.csv").write_text(text)
    (tmp_path / "pars.csv").write_text("file,area (um^2)\nb.csv,3\na.csv,2\n")
    (tmp_path / "bare.csv").write_text("file,area\nb.csv,3\na.csv,2\n")
    (tmp_path / "short.csv").write_text("area (um^2)\n3\n")
    (tmp_path / "other.csv").write_text("file,area (um^2)\nb.csv,3\nc.csv,2\n")
    (tmp_path / "back.csv").write_text("time (s),voltage (V),current (A)\n0,0,0\n1,1,1\n0.7,2,2\n")
    return tmp_path


def test_a_folder_with_its_table_becomes_a_store_whose_rows_belong_together(here, dynsur):
    code, out, _ = dynsur("import", "sweeps", "--table", "pars.csv", *IMPORT)
    assert (code, "2 records" in out) == (0, True)
    data = open_store("s.zarr")
    assert data["source"].values.tolist() == ["a.csv", "b.csv"]
    assert data["area"].values.tolist() == [2, 3]
    assert dynsur("verify", "s.zarr")[0] == 0
    assert "a.csv" in dynsur("info", "s.zarr")[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("missing.csv",), "no file or folder 'missing.csv'"),
        (("back.csv",), "goes from 1 s back to 0.7 s"),
        (("sweeps", "--table", "bare.csv"), "'area' of 'bare.csv' has no unit"),
        (("sweeps", "--table", "short.csv"), "1 row, and there are 2 records"),
        (("sweeps", "--table", "other.csv"), "names 'c.csv', and there is no such record"),
        (("sweeps", "--resample", "fast"), "--resample takes an interval"),
        (("sweeps", "sweeps/a.csv"), "given twice"),
        (("sweeps", "--columns", "voltage=9"), "has 3 columns"),
    ],
)
def test_bad_input_gives_one_line_and_leaves_nothing(here, dynsur, words, message):
    before = sorted(p.name for p in here.iterdir())
    code, _, error = dynsur("import", *words, *IMPORT)
    assert code == 2
    assert message in error
    assert error.count("\n") == 1
    assert sorted(p.name for p in here.iterdir()) == before


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left")])
def test_an_interrupt_or_a_full_disk_leaves_no_half_store(here, dynsur, monkeypatch, stop):
    def fail(*arguments, **options):
        raise stop

    monkeypatch.setattr("dynsur.core.recordings.write.content_hash", fail)
    ended = []
    monkeypatch.setattr("dynsur.cli.main.os._exit", lambda code: ended.append(code) or exit(code))
    code, _, error = dynsur("import", "sweeps", *IMPORT)
    assert code == (130 if isinstance(stop, KeyboardInterrupt) else 2)
    assert error.count("\n") == 1 or "stopped" in error
    assert not [p for p in here.iterdir() if "s.zarr" in p.name]


def test_what_needs_a_simulator_says_so_in_one_line(here, dynsur):
    dynsur("import", "sweeps", *IMPORT)
    for words in (
        ("generate", "s.zarr"),
        ("simulate", "s"),
        ("verify", "s.zarr", "--rerun", "2"),
        ("merge", "s.zarr", "s.zarr", "--out", "m.zarr"),
        ("generate", "vteam", "--samples", "2", "--out", "s.zarr"),
        ("train", "s.zarr", "-q", "--set", "dataset=decades"),
        ("train", "s.zarr", "--set", "area=3"),
    ):
        code, _, error = dynsur(*words)
        assert (code, error.count("\n")) == (2, 1), (words, error)
        assert "record" in error or "another system" in error, error


def test_a_changed_value_is_found_though_every_chunk_can_be_read(here, dynsur):
    dynsur("import", "sweeps", *IMPORT)
    array = zarr.open_array("s.zarr/current", mode="r+")
    array[0, 7] = 0.5
    assert any("checksum" in line for line in check_records("s.zarr").faults)
    code, out, _ = dynsur("verify", "s.zarr")
    assert code == 1
    assert "import the files again" in out
    assert dynsur("verify", "s.zarr", "--repair")[0] == 2
