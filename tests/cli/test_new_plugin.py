"""`dynsur new-plugin` writes a distribution that works as it is, and overwrites nothing."""

import subprocess
import sys
import tomllib

import pytest


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def python(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, capture_output=True, text=True
    )


def test_its_own_tests_pass_but_for_the_one_that_needs_it_installed(here, dynsur):
    code, shown, _ = dynsur("new-plugin", "my-pendulum")
    assert code == 0
    assert "pip install -e my-pendulum" in shown
    done = python(here, "pytest", "-q", "my-pendulum")
    assert "1 failed" in done.stdout, done.stdout + done.stderr
    assert "install it to run it end to end" in done.stdout


def test_what_is_written_is_short_and_well_formed(here, dynsur):
    dynsur("new-plugin", "my-pendulum")
    folder = here / "my-pendulum"
    module = (folder / "dynsur_my_pendulum.py").read_text()
    assert module.startswith('"""')
    assert len(module.splitlines()) <= 40
    project = tomllib.loads((folder / "pyproject.toml").read_text())
    assert project["project"]["name"] == "dynsur-my-pendulum"
    assert project["project"]["entry-points"] == {"dynsur": {"my-pendulum": "dynsur_my_pendulum"}}
    assert "dynsur run my-pendulum" in (folder / "README.md").read_text()
    assert "pytest" in (folder / ".github" / "workflows" / "tests.yml").read_text()
    for path in folder.rglob("*"):
        assert path.is_dir() or "{" + "{" not in path.read_text(), path
    for check in (["check", "--select", "E,F,I,W,N,B"], ["format", "--check"]):
        done = python(folder, "ruff", *check, "--isolated", "--line-length", "100", ".")
        assert done.returncode == 0, done.stdout


def test_out_is_where_it_is_written(here, dynsur):
    assert dynsur("new-plugin", "swing", "--out", "deep/inside")[0] == 0
    assert (here / "deep" / "inside" / "dynsur_swing.py").exists()
    assert [path.name for path in here.iterdir()] == ["deep"]


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (["2nd"], ["'2nd' cannot name a plugin", "e.g. my-oscillator"]),
        (["my oscillator"], ["'my oscillator' cannot name"]),
        (["../up"], ["'../up' cannot name"]),
        (["my-"], ["'my-' cannot name"]),
        (["a--b"], ["'a--b' cannot name"]),
        (["Böse"], ["'Böse' cannot name"]),
        ([""], ["'' cannot name"]),
        (["duffing"], ["'duffing' is offered by plugin 'duffing' of dynsur-duffing", "another"]),
        (["reram-tmdc"], ["'reram-tmdc' is offered by plugin 'reram' of dynsur "]),
        (["standard"], ["'standard' is offered by plugin 'standard' of dynsur "]),
        (["taken"], ["'taken' exists; choose another name or --out"]),
        (["file"], ["'file' exists"]),
        (["link"], ["'link' exists"]),
        (["swing", "--out", "taken"], ["'taken' exists"]),
        (["swing", "--out", "file/inside"], ["cannot write 'file/inside'"]),
        (["swing", "--out", "/proc/new"], ["cannot write '/proc/new'"]),
        ([], ["Missing argument 'name'"]),
    ],
    ids=lambda value: "" if value and "'" in value[0] else " ".join(value),
)
def test_a_mistake_is_one_line_and_writes_nothing(here, dynsur, arguments, messages):
    (here / "taken").mkdir()
    (here / "file").write_text("keep")
    (here / "link").symlink_to("nowhere")
    code, shown, error = dynsur("new-plugin", *arguments)
    assert code == 2
    assert shown == ""
    assert len(error.strip().splitlines()) == 1
    for message in messages:
        assert message in error
    assert sorted(path.name for path in here.iterdir()) == ["file", "link", "taken"]
    assert list((here / "taken").iterdir()) == []
    assert (here / "file").read_text() == "keep"
