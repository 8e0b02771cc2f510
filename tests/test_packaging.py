"""The wheel holds every package of the tree, and core knows no plugin."""

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOP = ("core", "plugins", "datasets", "cli")


def _modules():
    for top in TOP:
        yield from (ROOT / top).rglob("*.py")


def test_every_package_of_the_tree_is_packaged():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed = set(project["tool"]["setuptools"]["packages"])
    found = {
        "dynsur." + ".".join(path.parent.relative_to(ROOT).parts)
        for path in _modules()
        if path.name == "__init__.py"
    }
    assert listed == found


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""
        elif isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)


def test_imports_point_inwards_only():
    for path in _modules():
        top = path.relative_to(ROOT).parts[0]
        for level, module in _imports(path):
            assert module.split(".")[0] not in TOP or level, f"{path}: import dynsur.{module}"
            if module.startswith("dynsur."):
                target = module.split(".")[1]
                allowed = {"core": set(), "plugins": {"core"}, "datasets": {"core"}}
                assert target in allowed.get(top, {"core"}), f"{path} imports {module}"
                if top in ("plugins", "datasets"):
                    assert module == "dynsur.core", f"{path} imports {module}"
