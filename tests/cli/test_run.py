"""`dynsur run` on a third party's system: the whole chain, resumed, extended and refused."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace
from unittest import mock

import psutil
import pytest
import xarray as xr
from dynsur.cli.main import main
from dynsur.cli.run import chunk_of
from dynsur.core.training.checkpoint import read_tensors

CODE = "from dynsur.cli.main import main; main()"


def dynsur(*arguments):
    """Run the program in this process, which has loaded what the program needs."""
    out, error, code = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.object(sys, "argv", ["dynsur", *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(error),
    ):
        try:
            main()
        except SystemExit as stopped:
            code = stopped.code or 0
    return SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=error.getvalue())


def dynsur_alone(*arguments):
    """Run the program as a shell would."""
    command = [sys.executable, "-c", CODE, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def run(folder, samples=12, program=dynsur, **changes):
    options = {"--workers": 1, "--epochs": 1, "--set": "model.width=8", "--out": folder} | changes
    pairs = [text for pair in options.items() for text in pair]
    return program("run", "duffing", "--samples", samples, *pairs)


def content(folder):
    return {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "out"
    done = run(path, program=dynsur_alone)
    assert done.returncode == 0, done.stderr
    told = done.stdout.strip().splitlines()
    assert told[0].startswith("displacement: off by ")
    assert told[-1] == f"report: {path / 'report.html'}"
    return path


def test_a_run_leaves_data_model_metrics_and_report(folder):
    store = xr.open_zarr(folder / "data.zarr")
    assert store.sizes["sample"] == 12
    assert store["displacement"].attrs["units"] == "m"
    metrics = json.loads((folder / "metrics.json").read_text())
    assert set(metrics["baselines"]) == {"training mean", "nearest neighbour"}
    assert (
        metrics["model"]["displacement"]["nrmse"]["n"]
        == xr.open_zarr(folder / "predictions.zarr").sizes["sample"]
    )
    assert len(json.loads((folder / "history.json").read_text())) == 1
    assert (folder / "model" / "model.safetensors").exists()
    assert "<img" in (folder / "report.html").read_text()


def test_the_same_run_again_changes_nothing(folder):
    before = {p: b for p, b in content(folder).items() if p.name != "run.json"}
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert {p: b for p, b in content(folder).items() if p.name != "run.json"} == before
    assert "training" not in done.stderr


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"--epochs": 2}, "another training.epochs (1, now 2)"),
        ({"--seed": 1}, "another seed (0, now 1)"),
        ({"--set": "delta=0.2"}, "nothing was changed"),
        ({"--set": "dleta=0.2"}, "did you mean 'delta'"),
        ({"--workers": 0, "--out": "absent"}, "greater than or equal to 1; got '0'"),
    ],
)
def test_another_configuration_is_refused_and_nothing_changes(folder, changes, message):
    before = content(folder)
    done = run(folder, **changes)
    assert done.returncode == 2
    assert message in done.stderr
    assert content(folder) == before


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("months of work")
    done = run(tmp_path)
    assert done.returncode == 2
    assert "not a run folder" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_the_parts_of_a_run_are_commands_too(folder, tmp_path):
    store, model, curve = folder / "data.zarr", tmp_path / "model", tmp_path / "curve.zarr"
    small = ("--epochs", 1, "--set", "model.width=8")
    assert dynsur("train", store, *small, "--out", model).returncode == 0
    judged = dynsur("evaluate", model, store)
    assert judged.returncode == 0, judged.stderr
    assert "error / span of the curve" in judged.stdout
    assert "displacement: off by" in judged.stdout
    as_json = json.loads(dynsur("evaluate", model, store, "--json", "--quiet").stdout)
    assert as_json == json.loads((model / "metrics.json").read_text())
    same = (model / "metrics.json", folder / "metrics.json")
    one, other = (json.loads(p.read_text())["model"] for p in same)
    assert one == other
    done = dynsur("predict", model, "--set", "delta=0.2", "--out", curve)
    assert done.returncode == 0, done.stderr
    assert xr.open_zarr(curve).sizes["time"] == 501
    assert "12 ok" in dynsur("info", folder).stdout
    assert dynsur("train", store, "--epochs", 2, "--out", model).returncode == 2


def test_more_samples_extend_the_data_and_train_again(folder):
    head = xr.open_zarr(folder / "data.zarr")["displacement"].load()
    assert run(folder, samples=14).returncode == 0
    grown = xr.open_zarr(folder / "data.zarr")["displacement"]
    assert grown.sizes["sample"] == 14
    xr.testing.assert_identical(grown[:12].load(), head)
    assert json.loads((folder / "metrics.json").read_text()) is not None


def check_interrupted(process):
    """Wait for an interrupted generation and see that it says how to continue."""
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130, error
    assert "continue with: dynsur generate duffing --samples 100000" in error
    assert "Traceback" not in error


def test_ctrl_c_says_how_to_continue(tmp_path):
    command = [sys.executable, "-c", CODE, "generate", "duffing", "--samples", "100000"]
    process = subprocess.Popen(
        [*command, "--workers", "1", "--out", str(tmp_path / "data.zarr")],
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stderr:
        if "simulations" in line:
            break
    os.kill(process.pid, signal.SIGINT)
    check_interrupted(process)
    assert xr.open_zarr(tmp_path / "data.zarr").sizes["sample"] == 100000


def command_line(process):
    """Return how a process was started, or "" once it has ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def test_a_second_ctrl_c_stops_at_once_and_leaves_no_process(tmp_path):
    command = [sys.executable, "-c", CODE, "generate", "duffing", "--samples", "100000"]
    command += ["--chunk", "100000", "--workers", "1", "--out", str(tmp_path / "data.zarr")]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        children = []
        while not any(
            "dynsur.core.generation.process" in line for line in map(command_line, children)
        ):
            time.sleep(0.05)
            children = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)  # a terminal's Ctrl-C reaches the whole group
        for line in process.stderr:
            if "again stops at once" in line:
                break
        os.killpg(process.pid, signal.SIGINT)
        # The one chunk under way would take many minutes.
        check_interrupted(process)
    deadline = time.monotonic() + 1.0
    while any(map(command_line, children)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(command_line, children))


def interrupted(command, reached):
    """Send SIGINT once `reached()`; return the exit code and what was told."""
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        # Started in the background, the tests themselves may ignore SIGINT, which is inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while process.poll() is None and not reached():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=120)
    return process.returncode, error


def test_ctrl_c_in_training_keeps_epochs_and_continuing_redoes_nothing(tmp_path):
    path = tmp_path / "out"
    command = [sys.executable, "-c", CODE, "run", "duffing", "--samples", "12", "--epochs", "8"]
    small = ("model=hdinn", "model.width=8", "dataset.kept=0.2")
    for setting in (*small, "training.patience=8", "training.threads=1"):
        command += ["--set", setting]
    command += ["--workers", "1", "--out", str(path)]
    state = path / "model" / "training.safetensors"
    code, error = interrupted(command, state.exists)
    assert code == 130, error
    assert "what is finished is kept; continue with: dynsur run duffing --samples 12" in error
    assert "Traceback" not in error
    simulated = content(path / "data.zarr")
    kept = read_tensors(state)[1]["history"]
    assert 1 <= len(kept) < 8
    done = dynsur(*command[3:])
    assert done.returncode == 0, done.stderr
    assert "12 simulations: up to date, skipped" in done.stderr
    assert content(path / "data.zarr") == simulated
    history = json.loads((path / "history.json").read_text())
    assert [row["epoch"] for row in history] == list(range(1, 9))
    assert history[: len(kept)] == kept  # their measured seconds included: none was done again


def test_systems_that_simulate_many_at_once_get_large_chunks():
    one, many = SimpleNamespace(), SimpleNamespace(simulate_batch=dict)
    assert [chunk_of(2000, 2, system) for system in (one, many)] == [31, 250]
    assert chunk_of(100_000, 2, many) == 256
    assert chunk_of(20, 2, many) == 2
