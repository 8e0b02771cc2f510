"""The program explains itself: help, version, lists, settings, files of settings, exit codes."""

import json
import os
import subprocess
import sys
import tomllib
from importlib.metadata import version

import pytest
from dynsur.core.registry import host, parts


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_module_is_the_program():
    command = [sys.executable, "-m", "dynsur", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, f"dynsur {version('dynsur')}\n")


@pytest.mark.parametrize("arguments", [(), ("run",), ("plugins",), ("plugins", "check")])
def test_h_is_help(dynsur, arguments):
    code, short, _ = dynsur(*arguments, "-h")
    assert code == 0
    assert short == dynsur(*arguments, "--help")[1]


def test_every_part_is_listed_and_can_be_shown(dynsur):
    code, out, _ = dynsur("plugins")
    assert code == 0
    listed = json.loads(dynsur("plugins", "--json")[1])
    assert {(p["kind"], p["name"]) for p in listed} == {(p.kind, p.name) for p in parts(host())}
    for part in listed:
        assert part["name"] in out
        shown = dynsur("show", part["name"], "--kind", part["kind"])[1]
        assert tomllib.loads(shown)
        described = json.loads(dynsur("show", part["name"], "--kind", part["kind"], "--json")[1])
        assert (described["kind"], described["name"]) == (part["kind"], part["name"])


def test_the_settings_of_a_model_are_shown_in_three_ways(dynsur):
    shown = dynsur("show", "nlss")[1]
    assert shown == dynsur("plugins", "nlss")[1] == dynsur("plugins", "show", "nlss")[1]
    assert tomllib.loads(shown)["model"]["states"] == host().model("nlss").states


def test_a_file_gives_everything_and_the_command_line_has_precedence(dynsur, here):
    (here / "a.toml").write_text(
        '[run]\nsystem = "duffing"\nsamples = 6\nseed = 4\nworkers = 1\nout = "a.zarr"\n'
        "[parameters]\ndelta = 0.2\n"
    )
    code, out, error = dynsur("generate", "--config", "a.toml", "--samples", 3, "--quiet")
    assert (code, error) == (0, "")
    assert out == "3 ok\nstore: a.zarr\n"
    found = json.loads(dynsur("info", "a.zarr", "--json")[1])
    assert found["sizes"]["samples"] == 3
    assert found["attributes"]["seed"] == 4
    assert found["parameters"]["delta"]["range"] == [0.2, 0.2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("samples = 0", "greater than or equal to 1"),
        ('samples = "many"', "got 'many'"),
        ("[model]\nwidth = 0", "width of nlss must be at least 1"),
        ("detla = 0.2", "did you mean 'delta'?"),
        ('[training]\nepochs = "many"', "takes a number"),
    ],
)
def test_errors_of_a_file_name_it(dynsur, here, text, message):
    (here / "bad.toml").write_text(text)
    code, _, error = dynsur("run", "duffing", "--config", "bad.toml", "--out", "new")
    assert code == 2
    assert "'bad.toml'" in error
    assert message in error
    assert len(error.strip().splitlines()) == 1


def test_a_file_for_another_system_is_refused(dynsur, here):
    (here / "other.toml").write_text('[run]\nsystem = "vteam"\n')
    code, _, error = dynsur("run", "duffing", "--config", "other.toml", "--out", "new")
    assert code == 2
    assert "'other.toml' is for 'vteam', but the command line says 'duffing'" in error
    assert not (here / "new").exists()


def test_an_error_of_the_command_line_does_not_name_the_file(dynsur, here):
    (here / "good.toml").write_text("[model]\nwidth = 8\n")
    given = ("--set", "delta=many", "--out", "new")
    code, _, error = dynsur("run", "duffing", "--config", "good.toml", *given)
    assert code == 2
    assert "good.toml" not in error


def test_a_dry_run_writes_nothing_and_knows_what_is_there(dynsur, here):
    code, out, _ = dynsur("run", "duffing", "--samples", 12, "--dry-run")
    assert code == 0
    assert "12 simulations of duffing to do" in out
    assert list(here.iterdir()) == []
    assert dynsur("generate", "duffing", "--samples", 4, "--workers", 1, "--quiet")[0] == 0
    told = json.loads(dynsur("generate", "duffing", "--samples", 6, "--dry-run", "--json")[1])
    assert told["simulations"] == 2
    assert told["disk"] == 6 * 3 * 501 * 8


def test_the_shell_completes_names():
    settings = {
        "_DYNSUR_COMPLETE": "complete_bash",
        "COMP_WORDS": "dynsur run vt",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        [sys.executable, "-m", "dynsur"],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split() == ["vteam"]
