"""The wheel holds every package and data file of the tree."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

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
