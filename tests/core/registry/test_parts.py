"""Every part says what can be set, with its default and its meaning."""

import pytest
from dynsur.core import DynsurError
from dynsur.core.registry import configure, find_part, host, parts, settings_of
from dynsur.core.registry.configuration import PARTS, Training


def test_every_setting_shown_is_accepted_by_a_run():
    for part in parts(host()):
        if part.kind not in PARTS:
            continue
        given = {part.kind: part.name}
        given |= {f"{part.kind}.{s.name}": s.value for s in settings_of(part.value)}
        assert getattr(configure(host(), "duffing", given), part.kind) == part.value


def test_every_setting_of_our_parts_has_a_meaning():
    ours = [p.value for p in parts(host()) if p.distribution.startswith("dynsur ")]
    for value in (*ours, Training()):
        for setting in settings_of(value):
            assert setting.meaning, (value, setting.name)


def test_what_only_python_can_set_is_not_shown():
    names = {s.name for s in settings_of(host().simulator("vteam"))}
    assert "points" in names
    assert names.isdisjoint({"rhs", "space", "waveform", "metrics", "name"})


def test_an_unknown_name_is_met_with_a_suggestion():
    with pytest.raises(DynsurError, match="did you mean 'nlss'"):
        find_part(host(), "nls")
    with pytest.raises(DynsurError, match="unknown kind 'modl'"):
        find_part(host(), "nlss", "modl")
