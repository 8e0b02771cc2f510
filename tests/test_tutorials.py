"""The commands and the Python of the tutorial pages work as they stand there, on small runs."""

import contextlib
import io
import os
import re
import shlex
import sys
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
import xarray as xr
from dynsur.cli.main import main

DOCS = Path(__file__).parent.parent / "docs"
SMALL = ["--workers", "1", "--epochs", "2", "--set", "model.width=8", "--set", "training.threads=1"]


def dynsur(*arguments):
    """Run the program in this process, and return its output."""
    out, error = io.StringIO(), io.StringIO()
    code = 0
    with (
        mock.patch.object(sys, "argv", ["dynsur", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(error),
    ):
        try:
            main()
        except SystemExit as stopped:
            code = stopped.code or 0
    assert code == 0, (arguments, error.getvalue())
    return out.getvalue()


def refused(*arguments):
    """Run the program with something that it refuses; return its exit code and its message."""
    error = io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["dynsur", *arguments]),
        contextlib.redirect_stderr(error),
        pytest.raises(SystemExit) as stopped,
    ):
        main()
    return stopped.value.code, error.getvalue()


def commands(page):
    """Return the commands of a page, each as words, those that make the run left out."""
    text = (DOCS / page).read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    words = [shlex.split(line, comments=True) for line in lines]
    assert all(w[0] == "dynsur" for w in words if w)
    return [w[1:] for w in words if w and w[1] != "run"]


def python(page):
    """Return the Python of a page."""
    return re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the runs of the pages, smaller."""
    path = tmp_path_factory.mktemp("tutorial")
    with contextlib.chdir(path):
        dynsur("run", "vteam", "--samples", "64", *SMALL, "--out", "runs/vteam")
        dynsur("generate", "duffing", "--samples", "16", "--workers", "1", "--out", "duffing.zarr")
    return path


@pytest.fixture
def here(folder, monkeypatch):
    monkeypatch.chdir(folder)
    return folder


def small(words, **changes):
    """Return a command with some of its options replaced."""
    words = list(words)
    for option, value in changes.items():
        name = f"--{option}"
        if name in words:
            words[words.index(name) + 1] = value
        else:
            words += [name, value]
    return words


def test_the_page_of_merits(here, capsys):
    first, second = commands("merits.md")
    assert "current_on_off_ratio" in dynsur(*first)
    assert "wrote" in dynsur(*second)
    assert (here / "merits.csv").read_text().startswith("sample,")
    for code in python("merits.md"):
        exec(compile(code, "docs/merits.md", "exec"), {})
    ratio, units = capsys.readouterr().out.split()
    assert 1.0 < float(ratio) < 1e3
    assert units == "J"


def test_merits_of_a_third_party_system_are_those_of_numpy(here):
    out = dynsur("merit", "duffing.zarr", "--out", "duffing.parquet", "--force")
    assert "displacement_set_drive" in out
    assert "energy" not in out
    table = __import__("pandas").read_parquet("duffing.parquet")
    data = xr.open_zarr("duffing.zarr")
    peaks = np.abs(data["displacement"].values).max(axis=1)
    np.testing.assert_array_equal(table["displacement_peak"], peaks[table["sample"]])


def test_the_errors_of_merits_stand_in_the_metrics(here):
    import json

    metrics = json.loads(Path("runs/vteam/metrics.json").read_text())
    merits = metrics["merits"]["of"]
    assert set(merits["current_energy"]) == {
        "units", "long_name", "scale", "n", "undefined", "error", "band",
    }  # fmt: skip
    page = (DOCS / "merits.md").read_text()
    for name in (*merits["current_energy"], *merits["current_energy"]["band"]):
        assert f'"{name}"' in page
    assert os.path.exists("runs/vteam/report.html")


def test_the_page_of_sensitivity(here, capsys):
    first, second, third = commands("sensitivity.md")
    fixed = ["alpha_off=1", "alpha_on=3", "v_off=0.02", "k_on=-10", "x_0=0.1", "t_p=200"]
    few = [word for value in fixed for word in ("--set", value)]
    out = dynsur(*small(first, base="64", workers="1"), *few)
    assert "current_energy, log10: all systems of the box" in out
    assert {p.name for p in Path("ranking").iterdir()} == {
        "indices.csv", "current_energy.png", "current_on_off_ratio.png",
    }  # fmt: skip
    assert "% of the systems" in dynsur(*small(second, base="64", workers="1"), *few)
    assert "current_peak" in dynsur(*small(third, base="64", workers="1"), *few)
    assert Path("simulated/current_over_time.png").stat().st_size > 1000
    for code in python("sensitivity.md"):
        code = code.replace("base=256, seed", "base=64, seed")
        exec(compile(code, "docs/sensitivity.md", "exec"), {})
    assert "[0.2 0.8]" in capsys.readouterr().out


def test_a_third_party_system_is_ranked_from_the_command_line(here):
    words = ["sensitivity", "duffing", "--of", "displacement_set_drive", "--base", "64"]
    out = dynsur(*words, "--workers", "1", "--set", "period=10", "--set", "delta=0.1")
    assert all(name in out for name in ("alpha", "beta", "force"))


def test_the_page_of_design(here, capsys):
    first, second = commands("design.md")
    fast = {"population": "12", "generations": "3", "points": "4", "workers": "1"}
    assert "designs are left" in dynsur(*small(first, **fast))
    assert {p.name for p in Path("designs").iterdir()} == {"front.csv", "figures", "report.html"}
    out = dynsur(*small(second, **fast, rounds="1", near="8"))
    assert "largest deviation: " in out
    assert Path("refined/round-0/front.zarr").is_dir()
    for code in python("design.md"):
        code = code.replace("population=40", "population=12").replace("points=8", "points=2")
        exec(compile(code, "docs/design.md", "exec"), {})
    assert capsys.readouterr().out.strip() in ("(1,)", "(2,)")


def test_a_third_party_system_is_designed_from_the_command_line(here):
    words = ["design", "duffing", "--maximise", "displacement_area", "--minimise", "peak"]
    fast = ["--population", "8", "--generations", "2", "--workers", "1", "--set", "period=10"]
    assert "found by the solver itself" in dynsur(*words, *fast, "--subject-to", "force < 0.9")


def test_the_page_of_fits(here, capsys):
    make, fit, take = commands("fit.md")
    # A drive of few straight pieces: the solver stops at the end of each.
    Path("drive.csv").write_text("time (s),voltage (V)\n0,0\n0.5,1\n1.5,-1\n2,0\n")
    dynsur(*make, "--waveform", "drive.csv")
    told = dynsur(*small(fit, particles="100", chains="1", checks="8", workers="1"))
    assert "the model explains the loop" in told
    assert {"fit.json", "posterior.zarr", "report.html"} <= {
        p.name for p in Path("fits/loop").iterdir()
    }
    assert "current" in dynsur(*take)
    for code in python("fit.md"):
        exec(compile(code, "docs/fit.md", "exec"), {})
    assert "mu" in capsys.readouterr().out


def test_a_measured_file_without_a_clock_is_refused(here):
    Path("bare.csv").write_text("voltage (V),current (A)\n" + "1,2\n" * 20)
    code, told = refused("fit", "linear-ion-drift", "--measured", "bare.csv")
    assert code == 2
    assert "time" in told
