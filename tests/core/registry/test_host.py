"""Broken plugins are isolated, each with one clear line."""

import sys
import types
from importlib.metadata import EntryPoint

import pytest
from dynsur.core import DynsurError, hookimpl
from dynsur.core.registry.host import Host, host


class _System:
    name = "toy"
    description = "a toy"
    space = inputs = outputs = ()
    points = 2

    def simulate(self, parameters):
        raise NotImplementedError


def _plugin(monkeypatch, name, **content):
    module = types.ModuleType(name)
    for key, value in content.items():
        setattr(module, key, value)
    monkeypatch.setitem(sys.modules, name, module)
    return EntryPoint(name, name, "dynsur")


def _offering(*values):
    def dynsur_simulators():
        return list(values)

    return hookimpl(dynsur_simulators)


def test_our_own_plugins_are_found_through_entry_points():
    assert host().simulator("reram").name == "reram"
    assert host().experiment("reram").model == "hdinn"
    assert host().broken == []


def test_a_plugin_that_does_not_import_is_reported_not_fatal(monkeypatch):
    good = _plugin(monkeypatch, "good_plugin", dynsur_simulators=_offering(_System()))
    loaded = Host([EntryPoint("bad", "no_such_module_at_all", "dynsur"), good])
    assert loaded.simulator("toy").name == "toy"
    with pytest.raises(DynsurError, match=r"unknown system 'bad'.*plugin 'bad' .* is broken"):
        loaded.simulator("bad")


def test_a_duplicate_name_names_both_owners(monkeypatch):
    first = _plugin(monkeypatch, "first_plugin", dynsur_simulators=_offering(_System()))
    second = _plugin(monkeypatch, "second_plugin", dynsur_simulators=_offering(_System()))
    with pytest.raises(DynsurError, match=r"'toy' twice.*first_plugin.*second_plugin"):
        Host([first, second]).simulator("toy")


def test_a_misspelt_hook_is_refused(monkeypatch):
    point = _plugin(monkeypatch, "misspelt", dynsur_simulator=_offering(_System()))
    assert "did you mean 'dynsur_simulators'" in str(Host([point]).broken[0])


def test_a_wrong_return_type_is_reported(monkeypatch):
    point = _plugin(monkeypatch, "wrong", dynsur_simulators=_offering(3))
    loaded = Host([point])
    assert loaded.offers("dynsur_simulators") == {}
    assert "dynsur_simulators: offers 3, which has no name" in loaded.broken[0].reason
    assert "expected a list of objects with name" in loaded.broken[0].reason


def test_two_plugins_of_one_name_leave_the_first(monkeypatch):
    first = _plugin(monkeypatch, "first_plugin", dynsur_simulators=_offering(_System()))
    second = _plugin(monkeypatch, "second_plugin")
    same = EntryPoint("first_plugin", second.value, "dynsur")
    loaded = Host([first, same])
    assert loaded.simulator("toy").name == "toy"
    assert "has a plugin of that name too" in loaded.broken[0].reason


def test_a_plugin_that_exits_is_reported_not_fatal(tmp_path, monkeypatch):
    (tmp_path / "exits_at_once.py").write_text("raise SystemExit('no licence')")
    monkeypatch.syspath_prepend(tmp_path)
    loaded = Host([EntryPoint("exits", "exits_at_once", "dynsur")])
    assert loaded.broken[0].reason == "SystemExit: no licence"


def test_commands_that_fail_are_reported_not_fatal(monkeypatch):
    def dynsur_commands(app):
        app.command("greet")

    def failing(app):
        raise RuntimeError("no terminal")

    failing.__name__ = "dynsur_commands"
    good = _plugin(monkeypatch, "good_plugin", dynsur_commands=hookimpl(dynsur_commands))
    bad = _plugin(monkeypatch, "bad_plugin", dynsur_commands=hookimpl(failing))
    loaded = Host([good, bad])
    added = []
    loaded.add_commands(types.SimpleNamespace(command=added.append))
    assert added == ["greet"]
    assert loaded.broken[0].reason == "dynsur_commands: RuntimeError: no terminal"
