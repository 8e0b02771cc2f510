"""The commands and the Python of docs/recordings.md work as they stand there, trained briefly."""

import contextlib
import io
import json
import re
import shlex
import sys
from pathlib import Path
from unittest import mock

import pytest
import xarray as xr
from dynsur.cli.main import main

PAGE = (Path(__file__).parent.parent / "docs" / "recordings.md").read_text("utf-8")
BLOCK = re.compile(r"```(?P<kind>sh|python)\n(?P<text>.*?)```", re.S)
SMALL = ["--epochs", "4", "--set", "training.threads=1", "--set", "model.states=2"]


def program(*arguments):
    """Run the program in this process, and return what it prints."""
    out, error = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["dynsur", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(error),
        pytest.raises(SystemExit) as stopped,
    ):
        main()
    assert not stopped.value.code, (arguments, error.getvalue())
    return out.getvalue()


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the commands of the page print, by command, in a folder where all of it has run."""
    folder, told = tmp_path_factory.mktemp("page"), {}
    with contextlib.chdir(folder):
        for block in BLOCK.finditer(PAGE):
            if block["kind"] == "python":
                exec(block["text"], {})
                continue
            for line in block["text"].splitlines():
                words = shlex.split(line)[1:]
                small = SMALL if words[0] == "train" else []
                told[line] = program(*words, *small)
    return folder, told


def test_the_page_leads_from_a_table_to_a_judged_model(said):
    folder, told = said
    assert "4,000 samples" in told[next(line for line in told if "import" in line)]
    metrics = json.loads((folder / "model" / "metrics.json").read_text())
    assert metrics["model"]["position"]["rmse"]["units"] == "m"
    assert metrics["split"]["by"] == "piece"
    assert "free_run_position" in (folder / "model" / "report.html").read_text("utf-8") or list(
        (folder / "model" / "figures").glob("free_run_position*")
    )
    followed = next(text for line, text in told.items() if "--washout" in line)
    assert "wrote followed.csv" in followed


def test_the_prescribed_split_is_kept(said):
    folder, _ = said
    metrics = json.loads((folder / "split" / "metrics.json").read_text())
    assert [(p["start"], p["stop"]) for p in metrics["pieces"]] == [(2400, 3000), (3000, 4000)]
    halves = json.loads((folder / "halves" / "metrics.json").read_text())
    assert [p["record"] for p in halves["pieces"]] == [1, 1]
    predictions = xr.open_zarr(folder / "halves" / "predictions.zarr", consolidated=False)
    assert predictions.position_predicted.notnull().sum("time").values.tolist() == [800, 700]
