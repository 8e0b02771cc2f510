"""Files appear complete or not at all, and are on the disk before they take their place."""

import os

import pytest
from dynsur.core.files import replacing, write_text


@pytest.fixture
def events(monkeypatch):
    """Record what is flushed and renamed, in its order."""
    found, rename = [], os.rename
    fsync = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda d: (found.append(os.readlink(f"/proc/self/fd/{d}")), fsync(d))
    )
    for name in ("rename", "replace"):
        monkeypatch.setattr(os, name, lambda a, b: (found.append("renamed"), rename(a, b)))
    return found


def test_a_file_is_flushed_before_and_its_folder_after_it_takes_its_place(tmp_path, events):
    write_text(tmp_path / "a.json", "text")
    written, renamed, folder = events
    assert written.endswith("a.json")
    assert renamed == "renamed"
    assert folder == str(tmp_path)


def test_a_folder_is_flushed_with_all_that_is_in_it(tmp_path, events):
    with replacing(tmp_path / "store") as partial:
        (partial / "array").mkdir(parents=True)
        (partial / "array" / "c.0").write_bytes(b"1")
    names = [event.rsplit("/", 1)[-1] for event in events]
    assert names[:2] == ["c.0", "array"]
    assert names[-2:] == ["renamed", tmp_path.name]


def test_flushing_can_be_switched_off(tmp_path, events, monkeypatch):
    monkeypatch.setenv("DYNSUR_FLUSH", "0")
    write_text(tmp_path / "a.json", "text")
    assert events == ["renamed"]
