"""The docs name every hook, every command option and every variable of a store."""

import importlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr
from dynsur.cli.reference import reference
from dynsur.core import Surrogate
from dynsur.core.conformance import results
from dynsur.core.evaluation.calibrate import calibrated
from dynsur.core.registry import hookspecs
from dynsur.core.registry.host import host
from dynsur.core.resampling import resample
from dynsur.core.store.samples import create_or_extend, open_store, write_chunk
from dynsur.core.surrogate.predict import write_predictions
from dynsur.datasets.decades import Decades
from dynsur.plugins.reram import ReRAM

DOCS = Path(__file__).parent.parent / "docs"


def test_every_hook_has_its_heading():
    headings = [
        line.removeprefix("## ")
        for line in (DOCS / "hooks.md").read_text().splitlines()
        if line.startswith("## ")
    ]
    assert sorted(headings) == sorted(n for n in vars(hookspecs) if n.startswith("dynsur_"))


def test_the_command_reference_is_what_the_program_says():
    assert (DOCS / "cli.md").read_text() == reference(), "run `make docs`"


def test_every_option_of_every_command_has_a_help():
    for line in reference().splitlines():
        if line.startswith("| `"):
            assert line.split("|")[2].strip() not in ("", "None"), line


def test_every_variable_of_a_store_is_documented(tmp_path):
    create_or_extend(tmp_path / "data.zarr", ReRAM(), 1, 0, 1)
    store = open_store(tmp_path / "data.zarr")
    text = (DOCS / "datasets.md").read_text()
    for name in (*store.variables, *store.attrs):
        assert re.search(rf"`{name}`|├── {name} ", text), name


def test_every_guarantee_of_a_store_names_a_test_that_there_is():
    text = (DOCS / "datasets.md").read_text("utf-8")
    named = re.findall(r"\| `(tests/[\w/]+\.py)::(\w+)` \|", text)
    assert len(named) >= 15
    for file, test in named:
        assert f"\ndef {test}(" in (DOCS.parent / file).read_text("utf-8"), (file, test)


def test_the_parameter_study_runs(tmp_path, monkeypatch):
    text = (DOCS / "datasets.md").read_text()
    (study,) = (c for c in re.findall(r"```python\n(.*?)```", text, re.S) if "STORE" in c)
    path, simulator = tmp_path / "data.zarr", ReRAM()
    create_or_extend(path, simulator, 8, 0, 8)
    scale = np.logspace(-12, -5, 8)[:, None]
    drive = np.sin(np.linspace(0.0, 6.3, simulator.points)) * np.ones((8, 1))
    series = {"time": np.abs(drive), "voltage": drive, "current": scale * drive}
    rows = {**series, "status": np.ones(8, np.int8), "reason": [""] * 8, "wall_time": np.ones(8)}
    write_chunk(path, 0, rows)
    monkeypatch.chdir(tmp_path)
    exec(study, {"STORE": path})
    assert (tmp_path / "study.png").stat().st_size > 1000


def test_using_a_surrogate_is_what_the_page_shows(tmp_path, monkeypatch, capsys):
    text = (DOCS / "surrogates.md").read_text()
    monkeypatch.chdir(tmp_path)
    surrogate = _untrained(tmp_path / "data.zarr")
    surrogate.save("runs/reram/model")
    columns = {"E_g": np.array([1.1, 1.3]), "mu_x": np.array([5e-14, 1e-13])}
    write_predictions(surrogate, columns, tmp_path / "predicted.zarr")
    names = {}
    for code in re.findall(r"```python\n(.*?)```", text, re.S):
        exec(compile(code, "docs/surrogates.md", "exec"), names)
    assert "(3, 501) (3, 501) (3, 501)" in capsys.readouterr().out
    curves = names["curves"]
    expected = resample(curves["time"], curves["current"], names["time"])
    assert names["current"] == pytest.approx(expected, rel=1e-5)
    for attribute in names["data"].attrs:
        assert f"`{attribute}`" in text, attribute


def test_the_examples_lie_within_the_training_of_the_model_that_ships(tmp_path, monkeypatch):
    monkeypatch.chdir(DOCS.parent)
    text = (DOCS / "surrogates.md").read_text("utf-8")
    commands = re.findall(r"^(dynsur predict reram --\w+ docs/examples.*)$", text, re.M)
    assert len(commands) == 2
    for command in commands:
        out = str(tmp_path / command.split()[-1])
        arguments = [*command.split()[1:-1], out]
        done = subprocess.run([sys.executable, "-m", "dynsur", *arguments], capture_output=True)
        assert done.returncode == 0, done.stderr
        assert b"outside" not in done.stderr
        told = xr.open_zarr(out)
        marks = told["unfamiliar"] if "unfamiliar" in told else told.attrs.get("unfamiliar", "")
        assert set(np.atleast_1d(marks)) == {""}
    surrogate = Surrogate.load("reram")
    names = {"surrogate": surrogate}
    for code in re.findall(r"```python\n(.*?)```", text, re.S)[1:4]:
        exec("import numpy as np\nfrom dynsur.core import triangle\n" + code, names)
    columns, series, time = (names[n] for n in ("columns", "measured", "time"))
    assert surrogate.unfamiliar(columns, series, time) == [""]


def test_the_whole_job_from_python_is_what_the_page_shows(tmp_path):
    codes = re.findall(r"```python\n(.*?)```", (DOCS / "python.md").read_text("utf-8"), re.S)
    outputs = []
    for k, code in enumerate(codes):
        (tmp_path / f"job{k}.py").write_text(code, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, f"job{k}.py"],
            cwd=tmp_path,
            env={**os.environ, "DYNSUR_CACHE": str(tmp_path / "cache"), "MPLBACKEND": "agg"},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        outputs.append(done.stdout)
    for picture in ("loops.png", "state.png", "pulses.png"):
        assert (tmp_path / picture).stat().st_size > 10_000
    assert "System 'vteam'" in outputs[0]
    assert "Run in runs/vteam\n  current: off by" in outputs[2]
    assert "('R_off', 'time') (2, 501) ['' '']" in outputs[2]
    assert "2 of 2 simulations repeated identically" in outputs[3]
    assert "(3, 501) (3, 501) (3, 501)" in outputs[3]


def test_the_architecture_page_lists_the_packages_of_core():
    text = (DOCS / "architecture.md").read_text("utf-8")
    core = DOCS.parent / "core"
    packages = {p.parent.name for p in core.glob("*/__init__.py")}
    modules = {p.stem for p in core.glob("*.py")} - {"__init__"}
    table = text.partition("## The ReRAM plugin")[0].splitlines()
    first_cells = "".join(line.split("|")[1] for line in table if line.startswith("| `"))
    assert set(re.findall(r"`(\w+)`", first_cells)) == packages | modules


def _untrained(path):
    """Return a surrogate of devices whose currents nobody simulated."""
    simulator = ReRAM()
    model = replace(host().model("modulated"), width=4, hidden=4, members=1)
    create_or_extend(path, simulator, 12, 0, 12)
    time = np.linspace(0.0, 1.0, simulator.points) * np.ones((12, 1))
    drive = np.sin(2 * np.pi * time)
    current = np.logspace(-12, -5, 12)[:, None] * np.sinh(drive)
    rows = {"time": time, "voltage": drive, "current": current, "wall_time": np.ones(12)}
    write_chunk(path, 0, {**rows, "status": np.ones(12, np.int8), "reason": [""] * 12})
    data = Decades(kept=0.02, features_only=True).prepare(open_store(path), simulator, 0)
    sizes = (data.train.series.shape[2], data.train.parameters.shape[1], 1)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = model.build(*sizes).eval()
    phases = data.time_index / (simulator.points - 1)
    surrogate = Surrogate(module, model, simulator, data.encoding, phases, {})
    return calibrated(surrogate, data, open_store(path))


def test_the_plugin_shown_is_the_plugin_tested():
    text = (DOCS / "write-a-plugin.md").read_text()
    folder = DOCS.parent / "tests" / "third_party" / "dynsur_duffing"
    for file in ("dynsur_duffing.py", "pyproject.toml", "test_duffing.py"):
        assert (folder / file).read_text() in text


def test_the_simulator_without_an_equation_keeps_every_promise(tmp_path, monkeypatch):
    text = (DOCS / "write-a-plugin.md").read_text("utf-8")
    (code,) = (c for c in re.findall(r"```python\n(.*?)```", text, re.S) if "class Play" in c)
    (tmp_path / "play.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    (system,) = importlib.import_module("play").dynsur_simulators()
    broken = [r.failure for r in results("simulators", system) if r.failure]
    # Of the promises only the run from end to end needs an installed plugin.
    assert broken == ["no installed plugin offers 'play'; install it to run it end to end"]
    data = system.simulate({"width": 0.5, "U_max": 1.0})
    behind = np.abs(data["drive"] - data["position"])
    assert float(behind.max()) == pytest.approx(0.5)
    assert repr(system).startswith("System 'play'")


def test_the_device_simulated_in_three_lines_is_simulated(capsys):
    code = re.search(r"```python\n(.*?)```", (DOCS / "reram.md").read_text(), re.DOTALL).group(1)
    exec(compile(code, "docs/reram.md", "exec"), {})
    peak, sizes = capsys.readouterr().out.split(" ", 1)
    assert 1e-6 < float(peak) < 1e-2
    assert "'snapshot': 5" in sizes


def test_every_verification_picture_is_shown():
    text = (DOCS / "reram.md").read_text()
    for picture in (DOCS / "pictures").glob("verify-*.png"):
        assert f"pictures/{picture.name}" in text, picture.name
        assert picture.stat().st_size < 100_000


PAGES = [*DOCS.rglob("*.md"), *DOCS.parent.glob("*.md")]


@pytest.mark.parametrize("page", sorted(PAGES), ids=lambda p: str(p.relative_to(DOCS.parent)))
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target
