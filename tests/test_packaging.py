"""The wheel holds every package and data file of the tree."""

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP = ("core", "plugins", "datasets", "cli")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONSTRAINTS = dict(
    line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if line
)


def test_every_package_of_the_tree_is_packaged():
    listed = set(PROJECT["tool"]["setuptools"]["packages"])
    found = {"dynsur"} | {
        "dynsur." + ".".join(path.parent.relative_to(ROOT).parts)
        for top in TOP
        for path in (ROOT / top).rglob("*.py")
    }
    assert listed == found


def test_every_data_file_of_the_tree_is_packaged():
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    for top in TOP:
        for path in (ROOT / top).rglob("*"):
            cached = "__pycache__" in path.parts
            if path.is_file() and path.suffix != ".py" and not cached:
                assert any(path.match(pattern) for pattern in patterns), path


def test_every_dependency_is_pinned_as_installed():
    needed = PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["dev"]
    pinned = {name.lower().replace("_", "-"): pin for name, pin in CONSTRAINTS.items()}
    for requirement in needed:
        name = re.split(r"[<>=\[]", requirement)[0]
        # A local build such as 2.13.0+cpu is the same version.
        assert version(name).split("+")[0] == pinned[name], name


@pytest.mark.slow
def test_an_index_accepts_what_is_built(tmp_path):
    command = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    files = sorted(tmp_path.iterdir())
    assert [file.suffix for file in files] == [".whl", ".gz"]
    check = [sys.executable, "-m", "twine", "check", "--strict", *map(str, files)]
    assert subprocess.run(check, capture_output=True, timeout=60).returncode == 0
    names = zipfile.ZipFile(files[0]).namelist()
    assert {"dynsur/__init__.py", "dynsur/__main__.py", "dynsur/py.typed"} <= set(names)
    packages = {str(Path(n).parent).replace("/", ".") for n in names if n.endswith(".py")}
    assert packages == set(PROJECT["tool"]["setuptools"]["packages"])


def test_the_program_is_a_module_without_a_compiler_of_ours():
    assert not any(p.suffix in (".c", ".pyx", ".cpp") for t in TOP for p in (ROOT / t).rglob("*"))
