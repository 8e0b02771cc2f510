"""A damaged zarr.json is noticed by every reader, and written anew from its copy."""

import json
import shutil

import pytest
from dynsur.core import DynsurError
from dynsur.core.generation.simulate import simulate_rows
from dynsur.core.store.create import extend
from dynsur.core.store.description import COPY, description_faults, mend_description
from dynsur.core.store.samples import (
    content_hash,
    create_or_extend,
    open_store,
    status_counts,
    write_chunk,
)
from dynsur.core.store.summary import describe
from toy_simulator import Toy

TOY = Toy()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "d.zarr"
    create_or_extend(path, TOY, 10, 0, 10)
    write_chunk(path, 0, simulate_rows(TOY, TOY.space.sample(0, 0, 10)))
    return path


def _damages():
    yield "lost", None
    yield "empty", lambda text: ""
    yield "cut", lambda text: text[: len(text) // 2]
    yield "list", lambda text: "[]"
    yield "type", lambda text: text.replace('"float64"', '"float32"').replace("int8", "int4")
    yield "shape", lambda text: text.replace("10,\n", "92,\n").replace("10\n", "92\n")
    yield "shorter", lambda text: text.replace("10,\n", "9,\n").replace("10\n", "9\n")
    yield "fill", lambda text: text.replace('"fill_value"', '"fill_valuf"')
    yield "format", lambda text: text.replace('"zarr_format": 3', '"zarr_format": 2')


DAMAGES = dict(_damages())


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["", "y", "status", "a"])
def test_a_damaged_description_is_told_and_mended(path, name, damage):
    before, file = content_hash(open_store(path)), path / name / "zarr.json"
    text = file.read_text("utf-8")
    if DAMAGES[damage] is None:
        file.unlink()
    else:
        changed = DAMAGES[damage](text)
        assert changed != text
        file.write_text(changed, encoding="utf-8")
    if not (damage == "shape" and name in ("y", "a")):  # longer, as while it is extended
        for read in (open_store, describe, status_counts):
            with pytest.raises(DynsurError, match=r"zarr.json', which.*verify .* --repair") as told:
                read(path)
            assert "\n" not in str(told.value)
        assert description_faults(path)
    mend_description(path)
    assert description_faults(path) == []
    assert content_hash(open_store(path)) == before
    if name:
        assert json.loads(file.read_text("utf-8")) == json.loads(text)


def test_a_seed_that_another_program_changed_is_told_and_put_back(path):
    file = path / "zarr.json"
    file.write_text(file.read_text("utf-8").replace('"seed": 0', '"seed": 1'), encoding="utf-8")
    with pytest.raises(DynsurError, match="has another seed than its copy"):
        open_store(path)
    mend_description(path)
    assert open_store(path).attrs["seed"] == 0


def test_without_a_copy_a_lost_description_of_the_group_cannot_be_mended(path):
    (path / COPY).unlink()
    (path / "zarr.json").write_text("{", encoding="utf-8")
    with pytest.raises(DynsurError, match="no sound copy"):
        mend_description(path)


def test_a_variable_described_anew_by_another_program_is_believed(path):
    """Where its own description and the group's agree, the older copy does not count."""
    for file in (path / "y" / "zarr.json", path / "zarr.json"):
        text = file.read_text("utf-8").replace('"response"', '"answer"')
        file.write_text(text, encoding="utf-8")
    assert open_store(path)["y"].attrs["long_name"] == "answer"


def test_an_extension_killed_before_its_end_is_completed(path, monkeypatch):
    def dies(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dynsur.core.store.create.consolidate", dies)
    with pytest.raises(KeyboardInterrupt):
        extend(str(path), TOY, 16, 0)
    monkeypatch.undo()
    assert open_store(path).sizes["sample"] == 10
    extend(str(path), TOY, 16, 0)
    assert open_store(path).sizes["sample"] == 16


def test_a_store_without_a_copy_is_read_as_before(path, tmp_path):
    before = content_hash(open_store(path))
    shutil.copytree(path, tmp_path / "old.zarr", ignore=shutil.ignore_patterns("store.json"))
    assert content_hash(open_store(tmp_path / "old.zarr")) == before
