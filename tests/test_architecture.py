"""What may import what, read from the imports; and what importing the packages must not load."""

import ast
import functools
import re
import subprocess
import sys
from pathlib import Path

import dynsur.core
import pytest

ROOT = Path(__file__).parent.parent
TOP = ("core", "plugins", "datasets", "cli")
ALLOWED = {"core": set(), "plugins": {"core"}, "datasets": {"core"}, "cli": {"core", "cli"}}
FILES = sorted(path for top in TOP for path in (ROOT / top).rglob("*.py"))

# A package of core imports those of earlier rows only.
LAYERS = (
    {"errors"},
    {"files", "locks", "optional", "lazy", "moved", "machine", "numbers", "resampling", "showing"},
    {"tables", "sampling"},
    {"systems"},
    {"ode", "encoding", "merits"},
    {"registry"},
    {"store"},
    {"generation", "recordings", "training"},
    {"surrogate"},
    {"response", "evaluation", "publishing", "circuits"},
    {"reporting"},
    {"sensitivity"},
    {"workflow", "inference"},
    {"design", "exploring"},
    {"reproduction", "jobs"},
    {"conformance"},
)
ROW = {name: row for row, names in enumerate(LAYERS) for name in names}
RERAM = (
    {"constants", "parameters", "drives"},
    {"drift_diffusion", "closed_form", "networks"},
    {"transient"},
    {"lanes"},
    {"solve"},
    {"profiles", "coarse"},
    {"simulator"},
    {"internal_state", "coarse_simulator", "driven", "experiments"},
)
RERAM_ROW = {name: row for row, names in enumerate(RERAM) for name in names}
MOST_MODULES = 12  # in a folder
LONGEST_FILE, LONGEST_FUNCTION = 300, 60  # lines

# Adding a name is a decision, removing one a breaking change.
PUBLIC = {
    "Dataset", "Decoder", "Departure", "DynsurError", "Encoding", "Ensemble", "Experiment", "FLOOR",
    "Loss", "Model", "ODESystem", "PHASE", "Parameter", "ParameterSpace", "Piece", "Published",
    "Run", "Scale", "Sequences", "Shown", "Simulator", "Smooth", "Split", "Status", "Surrogate",
    "Taught", "TrainingData", "Variable", "Waveform", "base_series", "chosen_base",
    "configure", "connect", "enough_points", "evaluate", "export_model", "failed_trajectory",
    "figures_of_merit", "finished", "from_recordings", "generate", "graph_inputs", "hookimpl",
    "host", "implicit", "instants", "known_features", "known_series", "multisine", "needed",
    "open_run", "open_store", "plot_loop", "plot_time", "predict", "pulse_train", "read_csv",
    "rest", "run", "signal_of", "simulate", "sine", "straight_pieces", "sweep",
    "train", "trajectory", "triangle", "unknown_name", "verify", "write_predictions",
}  # fmt: skip
FACES = [
    "dynsur.core",
    "dynsur.cli.main",
    *(f"dynsur.core.{path.parent.name}" for path in sorted((ROOT / "core").glob("*/__init__.py"))),
]


def dotted(path):
    """Return the module's name without `dynsur.`, e.g. "core.store.create"."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {dotted(path): path for path in FILES}


@functools.cache
def imports(path):
    """Return (level, module, names) of every import statement, those inside functions too."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found.append((node.level, node.module or "", [alias.name for alias in node.names]))
        elif isinstance(node, ast.Import):
            found += [(0, alias.name, []) for alias in node.names]
    return found


def imported_modules(path):
    """Return the modules of dynsur that a file imports, without `dynsur.`."""
    package = dotted(path) if path.name == "__init__.py" else dotted(path).rpartition(".")[0]
    found = set()
    for level, module, names in imports(path):
        if level:
            base = package.split(".")[: len(package.split(".")) - (level - 1)]
            name = ".".join([*base, *filter(None, [module])])
        elif module.split(".")[0] == "dynsur":
            name = module.partition(".")[2]
        else:
            continue
        found |= {f"{name}.{n}" if f"{name}.{n}" in MODULES else name for n in names or [""]}
    return {name for name in found if name}


def stems(folder):
    """Return the modules of a folder; a configuration and its `_module` count once."""
    names = {p.stem for p in folder.glob("*.py")} - {"__init__"}
    return sorted({name.removesuffix("_module") for name in names})


FOLDERS = sorted({path.parent for path in FILES})


def identify(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=identify)
def test_imports_point_inwards_only(path):
    top = path.relative_to(ROOT).parts[0]
    depth = len(path.relative_to(ROOT).parts) - 1
    for level, module, names in imports(path):
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


@pytest.mark.parametrize("path", sorted((ROOT / "core").rglob("*.py")), ids=identify)
def test_core_imports_point_down_the_layers(path):
    parts = dotted(path).split(".")
    if len(parts) == 1:
        return  # the face of core itself, above all layers
    for module in imported_modules(path):
        other = module.split(".")[1]
        assert other == parts[1] or ROW[other] < ROW[parts[1]], f"{parts[1]} imports {module}"


@pytest.mark.parametrize("path", sorted((ROOT / "plugins/reram").rglob("*.py")), ids=identify)
def test_reram_imports_point_down_its_layers(path):
    parts = dotted(path).split(".")
    if len(parts) == 2:
        return  # the plugin's hooks, above all layers
    for module in imported_modules(path):
        if module.startswith("plugins.reram."):
            mine, other = parts[2], module.split(".")[2]
            assert other == mine or RERAM_ROW[other] < RERAM_ROW[mine], f"{mine} imports {module}"


def test_no_module_imports_itself_in_a_circle():
    graph = {  # a model's module names its configuration for type checking only
        name: {
            m
            for m in imported_modules(path)
            if m in MODULES and m != name and f"{m}_module" != name
        }
        for name, path in MODULES.items()
        if path.name != "__init__.py"
    }
    finished, circles = set(), []

    def visit(name, trail):
        if name in trail:
            circles.append([*trail[trail.index(name) :], name])
        elif name not in finished:
            for other in sorted(graph.get(name, ())):
                visit(other, [*trail, name])
            finished.add(name)

    for name in graph:
        visit(name, [])
    assert circles == []


@pytest.mark.parametrize("folder", FOLDERS, ids=identify)
def test_a_folder_holds_a_dozen_modules_at_most(folder):
    if folder != ROOT / "cli":  # a module for each command
        assert len(stems(folder)) <= MOST_MODULES, stems(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=identify)
def test_names_in_a_folder_differ_by_more_than_an_ending(folder):
    roots = [re.sub(r"(ations?|ates?|ed|ion|s)$", "", stem) for stem in stems(folder)]
    assert len(roots) == len(set(roots)), stems(folder)


@pytest.mark.parametrize("path", sorted((ROOT / "cli").rglob("*.py")), ids=identify)
def test_the_command_line_uses_faces_only(path):
    for level, module, _ in imports(path):
        if not level and module.startswith("dynsur.core"):
            assert module.count(".") <= 2, module  # dynsur.core.PACKAGE


@pytest.mark.parametrize(
    "path",
    [
        p
        for top in ("core", "datasets", "plugins")
        for p in (ROOT / "tests" / top).rglob("test_*.py")
    ],
    ids=identify,
)
def test_tests_mirror_the_tree(path):
    """`test_<module>.py` or `test_<module>_<aspect>.py` lies where the module does."""
    folder = ROOT / path.relative_to(ROOT / "tests").parent
    if not folder.is_dir():
        assert path.parent.name == "verification", f"there is no {folder}"  # of a whole plugin
        return
    name = path.stem.removeprefix("test_")
    modules = [*stems(folder), *(p.name for p in folder.iterdir() if p.is_dir())]
    of_package = {folder.name, "conformance", "truths", "page", "promises", "others"}
    assert name in of_package or any(
        name == module or name.startswith(f"{module}_") for module in modules
    ), f"no module of {folder} is named like {path.name}"


def test_plugins_do_not_import_each_other():
    packages = {p.name for p in (ROOT / "plugins").iterdir() if (p / "__init__.py").exists()}
    for path in (ROOT / "plugins").rglob("*.py"):
        mine = path.relative_to(ROOT / "plugins").parts[0]
        for module in imported_modules(path):
            if module.startswith("plugins."):
                assert module.split(".")[1] not in packages - {mine}, f"{path} imports {module}"


def test_the_core_names_no_system():
    for path in (ROOT / "core").rglob("*.py"):
        docstringless = ast.unparse(_without_docstrings(ast.parse(path.read_text("utf-8"))))
        assert "reram" not in docstringless.lower(), path


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


@pytest.mark.parametrize("path", FILES, ids=identify)
def test_files_and_functions_stay_short(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, node.name


def test_public_names_are_those_promised():
    assert set(dynsur.core.__all__) == PUBLIC
    assert all(hasattr(dynsur.core, name) for name in PUBLIC)


def _printed_by_a_new_interpreter(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_a_face_loads_nothing_heavy():
    heavy = ("torch", "dask", "distributed", "xarray", "matplotlib", "scipy", "numba", "zarr")
    code = f"""
import importlib, sys
for face in {FACES}:
    importlib.import_module(face)
    for module in {heavy}:
        if module in sys.modules:
            print(module, "was loaded by", face)
"""
    assert _printed_by_a_new_interpreter(code) == ""


def test_a_face_holds_what_it_lists():
    """Functions named like their module too, which importing the module would hide.

    What an earlier face has imported is forgotten, so that each is imported first.
    """
    code = f"""
import importlib, sys, types
for name in {[face for face in FACES if face.startswith("dynsur.core")]}:
    for module in [m for m in sys.modules if m.partition(".")[0] == "dynsur"]:
        del sys.modules[module]
    face = importlib.import_module(name)
    for listed in face.__all__:
        if isinstance(getattr(face, listed), types.ModuleType):
            print(name, listed)
"""
    assert _printed_by_a_new_interpreter(code) == ""
