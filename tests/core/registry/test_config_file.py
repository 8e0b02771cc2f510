"""`--config` reads what `dynsur show` prints and what a run was made with; errors name the file."""

import json

import pytest
from dynsur.core import DynsurError
from dynsur.core.registry import configure, find_part, host, parts, read_config, toml_of
from dynsur.core.workflow import describe


@pytest.mark.parametrize(
    ("kind", "name"),
    [(p.kind, p.name) for p in parts(host()) if p.kind in ("system", "experiment")],
)
def test_what_is_shown_is_read_back_as_the_same_setup(tmp_path, kind, name):
    path = tmp_path / "shown.toml"
    path.write_text(toml_of(host(), find_part(host(), name, kind)), encoding="utf-8")
    file = read_config(path)
    options = file.options
    again = configure(host(), options["system"], file.settings, options["samples"], options["seed"])
    setup = configure(host(), name)
    assert describe(again) == describe(setup)
    assert (again.samples, again.seed) == (setup.samples, setup.seed)


@pytest.mark.parametrize("name", ["vteam", "reram-tmdc", "duffing", "battery-dfn"])
def test_the_record_of_a_run_gives_its_setup_again(tmp_path, name):
    changed = {"training.epochs": 7, "model.members": 2} if name != "duffing" else {"delta": 0.2}
    setup = configure(host(), name, changed, 33, 5)
    text = json.dumps({"setup": describe(setup), "samples": 33})
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    file = read_config(tmp_path)
    assert file.options == {"system": setup.experiment, "samples": 33, "seed": 5}
    again = configure(host(), setup.experiment, file.settings, 33, 5)
    assert describe(again) == describe(setup)


def test_options_stand_in_run_or_above_the_tables(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text("samples = 64\ndelta = 0.2\n[run]\nseed = 3\n[parameters]\nalpha = [1, 2]\n")
    file = read_config(path)
    assert file.options == {"samples": 64, "seed": 3}
    assert file.settings == {"delta": 0.2, "alpha": [1, 2]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[run]\nsample = 3", "did you mean 'samples'"),
        ("[model.inner]\na = 1", "is a table in a table"),
        ("a = = 1", "cannot read"),
    ],
)
def test_a_mistake_names_the_file(tmp_path, text, message):
    path = tmp_path / "a.toml"
    path.write_text(text)
    with pytest.raises(DynsurError, match=message) as caught:
        read_config(path)
    assert "a.toml" in str(caught.value)


def test_a_record_of_something_else_is_refused(tmp_path):
    path = tmp_path / "run.json"
    path.write_text("[]")
    with pytest.raises(DynsurError, match=r"run\.json' is no configuration"):
        read_config(path)
