"""A bad plugin costs its own offers and one clear line, wherever one meets it; the rest works."""

import importlib
import sys

import pytest
from dynsur.cli.main import main
from dynsur.core.registry.host import host

GOOD = """
from dynsur.core import ODESystem, ParameterSpace, Parameter, Variable, hookimpl, triangle

def system(name):
    return ODESystem(
        name=name,
        description="[not markup] of " + name,
        space=ParameterSpace((Parameter("tau", 0.1, 1.0, "s"),)),
        inputs=(Variable("u", "V"),),
        outputs=(Variable("y", "V"),),
        rhs=lambda t, y, u, p: [(u - y[0]) / p["tau"]],
        drive=lambda p: triangle(1.0, 1.0),
        start=lambda p: (0.0,),
    )
"""
OFFER = "\n@hookimpl\ndef dynsur_simulators():\n    return "
BAD = {  # what a plugin named 'bad' holds, and the line that tells what is wrong with it
    "import error": ("import no_such_module_at_all", "ModuleNotFoundError: No module named"),
    "syntax error": ("def f(:", "SyntaxError: "),
    "misspelt hook": (
        GOOD + "\n@hookimpl\ndef dynsur_simulator():\n    return []",
        "unknown hook 'dynsur_simulator'; did you mean 'dynsur_simulators'?",
    ),
    "unmarked hook": (
        GOOD + "\ndef dynsur_simulators():\n    return []",
        "the hook dynsur_simulators lacks @hookimpl; write it above its definition.",
    ),
    "wrong argument": (
        GOOD + "\n@hookimpl\ndef dynsur_simulators(scheduler):\n    return []",
        "PluginValidationError: Plugin 'bad' for hook 'dynsur_simulators'",
    ),
    "no list": (
        GOOD + OFFER + "system('bad')",
        "dynsur_simulators: returns System 'bad'",
    ),
    "nothing": (GOOD + OFFER + "None", "dynsur_simulators: returns None, which is not a list"),
    "a text": (GOOD + OFFER + "'bad'", "dynsur_simulators: returns 'bad', which is not a list"),
    "wrong offers": (GOOD + OFFER + "[3]", "dynsur_simulators: offers 3, which has no name"),
    "hook that fails": (GOOD + OFFER + "[1 / 0]", "dynsur_simulators: ZeroDivisionError: "),
    "iterator that fails": (
        GOOD + OFFER + "(1 / 0 for _ in 'x')",
        "dynsur_simulators: ZeroDivisionError: ",
    ),
}


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install distributions of one module each, for this test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    modules = []

    def one(name, text):
        (tmp_path / f"plugin_{name}.py").write_text(text)
        info = tmp_path / f"dist_{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: dist-{name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[dynsur]\n{name} = plugin_{name}\n")
        importlib.invalidate_caches()
        modules.append(f"plugin_{name}")
        host.cache_clear()

    yield one
    host.cache_clear()
    for name in modules:
        sys.modules.pop(name, None)


@pytest.fixture
def dynsur(monkeypatch, capsys):
    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["dynsur", *arguments])
        with pytest.raises(SystemExit) as stopped:
            main()
        shown = capsys.readouterr()
        return stopped.value.code, shown.out.splitlines(), shown.err.splitlines()

    return call


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_plugin_is_one_line(install, dynsur, kind):
    text, message = BAD[kind]
    install("bad", text)
    install("good", GOOD + OFFER + "[system('good')]")
    code, shown, error = dynsur("plugins")
    assert (code, error) == (0, [])
    (line,) = (line for line in shown if "is broken" in line)
    assert line.startswith(f"plugin 'bad' of dist-bad 1.0 is broken: {message}")
    code, _, error = dynsur("simulate", "bad")
    assert code == 2
    assert len(error) == 1
    assert "unknown system 'bad'" in error[0]
    assert f"plugin 'bad' of dist-bad 1.0 is broken: {message}" in error[0]
    assert dynsur("simulate", "good")[0] == 0


def test_a_name_offered_twice_is_nobodys_and_the_others_stay(install, dynsur):
    install("one", GOOD + OFFER + "[system('same'), system('mine')]")
    install("two", GOOD + OFFER + "[system('same'), system('yours')]")
    line = (
        "dynsur_simulators offers 'same' twice: by plugin 'one' of dist-one 1.0 and by plugin "
        "'two' of dist-two 1.0; uninstall or rename one of them."
    )
    code, shown, error = dynsur("plugins")
    assert (code, error) == (0, [])
    assert line in shown
    assert any("[not markup]" in row for row in shown)
    for command in ("simulate", "run", "plugins"):
        assert dynsur(command, "same") == (2, [], [f"dynsur: {line}"])
    assert dynsur("plugins", "check", "same")[2] == [f"dynsur: {line}"]
    for name in ("mine", "yours", "duffing"):
        assert dynsur("simulate", name)[0] == 0


def test_an_experiment_offered_twice_is_nobodys(install, dynsur):
    text = (
        "from dynsur.core import Experiment, hookimpl\n@hookimpl\ndef dynsur_experiments():\n"
        "    return [Experiment('same', 'duffing', 'decades', 'hdinn', 'composite')]\n"
    )
    install("one", text)
    install("two", text)
    _, _, error = dynsur("run", "same")
    assert len(error) == 1
    assert "dynsur_experiments offers 'same' twice: by plugin 'one'" in error[0]


def test_two_distributions_that_name_a_plugin_alike_are_named(install, dynsur, tmp_path):
    install("one", GOOD + OFFER + "[system('first')]")
    install("two", GOOD + OFFER + "[system('second')]")
    other = tmp_path / "dist_two-1.0.dist-info" / "entry_points.txt"
    other.write_text("[dynsur]\none = plugin_two\n")
    _, shown, _ = dynsur("plugins")
    (line,) = (line for line in shown if "is broken" in line)
    assert "dist-one 1.0" in line
    assert "dist-two 1.0" in line
    assert line.endswith("rename or uninstall one of them.")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("1 / 0", "dynsur_default_experiment: ZeroDivisionError: division by zero"),
        ("'hdinn'", "dynsur_default_experiment: returns a str; expected an Experiment or None."),
    ],
)
def test_a_default_experiment_that_fails_leaves_it_to_the_next(install, dynsur, answer, message):
    hook = f"@hookimpl\ndef dynsur_default_experiment(simulator):\n    return {answer}\n"
    install("bad", GOOD + hook)
    assert host().experiment("duffing").model == "nlss"
    assert [broken.reason for broken in host().broken] == [message]


def test_a_client_that_fails_is_told_not_replaced(install, dynsur):
    install("bad", GOOD + "@hookimpl\ndef dynsur_client(workers):\n    raise OSError('no queue')\n")
    code, _, error = dynsur("generate", "duffing", "--samples", "1")
    assert code == 2
    assert error[-1] == (
        "dynsur: plugin 'bad' of dist-bad 1.0 is broken: dynsur_client: OSError: no queue"
    )


def test_new_plugin_does_not_take_the_name_of_a_broken_one(install, dynsur, tmp_path):
    install("bad", "import no_such_module_at_all")
    code, _, error = dynsur("new-plugin", "bad")
    assert code == 2
    assert "'bad' is offered by plugin 'bad' of dist-bad 1.0 already" in error[0]
    assert not (tmp_path / "bad").exists()
