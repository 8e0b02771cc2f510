"""The screenshots of the README are not older than what they show."""

import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("bokeh")

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "benchmarks" / "pictures"))
from front_page import PICTURES, checksum  # noqa: E402
from screens import RECORD, SHOWN, explored, gallery  # noqa: E402

STALE = "a screenshot is older than what it shows: run `make screens`"


@pytest.fixture(scope="module")
def record():
    return json.loads(RECORD.read_text("utf-8"))


def test_the_screenshots_are_those_that_the_program_made(record):
    for name in SHOWN:
        assert checksum(PICTURES / name) == record["pictures"][name], STALE
        assert f"pictures/{name}" in (ROOT / "README.md").read_text("utf-8")
        assert (PICTURES / name).stat().st_size < 500_000


def test_the_explorer_shown_is_todays(record):
    now, then = explored(), record["explorer"]
    assert now["texts"] == then["texts"], STALE
    for number in ("peaks", "sums"):
        assert now[number] == pytest.approx(then[number], rel=1e-6), STALE


def test_the_gallery_shown_has_todays_examples(record):
    assert gallery() == record["gallery"], STALE
