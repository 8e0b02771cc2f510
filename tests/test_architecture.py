"""What may import what, read from the imports; and what importing the core must not load."""

import ast
import subprocess
import sys
from pathlib import Path

import dynsur.core
import pytest

ROOT = Path(__file__).parent.parent
TOP = ("core", "plugins", "datasets", "cli")
ALLOWED = {"core": set(), "plugins": {"core"}, "datasets": {"core"}, "cli": {"core", "cli"}}
FILES = sorted(path for top in TOP for path in (ROOT / top).rglob("*.py"))


def _imports(path):
    """Yield (level, module, names) of every import statement, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield node.level, node.module or "", [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from ((0, alias.name, []) for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_inwards_only(path):
    top = path.relative_to(ROOT).parts[0]
    depth = len(path.relative_to(ROOT).parts) - 1
    for level, module, names in _imports(path):
        assert level <= depth, f"a relative import leaves {top}/"
        if level:
            continue
        assert module.split(".")[0] not in TOP, f"{module} lacks the prefix dynsur."
        if module.split(".")[0] != "dynsur":
            continue
        assert module.split(".")[1] in ALLOWED[top], module
        if top in ("plugins", "datasets"):
            assert module == "dynsur.core"
            assert set(names) <= set(dynsur.core.__all__)


def test_plugins_do_not_import_each_other():
    packages = {p.name for p in (ROOT / "plugins").iterdir() if (p / "__init__.py").exists()}
    for path in (ROOT / "plugins").rglob("*.py"):
        depth = len(path.relative_to(ROOT / "plugins").parts)
        for level, module, _ in _imports(path):
            assert not (level == depth and module.split(".")[0] in packages - {path.parent.name})


def test_the_core_names_no_system():
    for path in (ROOT / "core").glob("*.py"):
        docstringless = ast.unparse(_without_docstrings(ast.parse(path.read_text())))
        assert "reram" not in docstringless.lower(), path.name


def _without_docstrings(tree):
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [
                n
                for n in body
                if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))
            ] or [ast.Pass()]
    return tree


@pytest.mark.parametrize(
    "module", ["dynsur.core", "dynsur.cli.main", "dynsur.core.registry.configuration"]
)
def test_importing_loads_nothing_heavy(module):
    heavy = ("torch", "dask", "distributed", "xarray", "matplotlib", "scipy", "numba", "zarr")
    code = f"import sys, {module}; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
