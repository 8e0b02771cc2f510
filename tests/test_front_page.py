"""The pictures and the table of the README are not older than the program that makes them."""

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "benchmarks" / "pictures"))
from dynsur.core import configure, host  # noqa: E402
from front_page import BEGIN, DEVICE, END, RECORD, checksum, filled, told  # noqa: E402

STALE = "the README is older than the program: run `make pictures`"
SAME = {"rel": 1e-6}  # another machine's rounding is no change of the solver


@pytest.fixture(scope="module")
def record():
    return json.loads(RECORD.read_text("utf-8"))


def test_the_readme_shows_what_the_program_recorded(record):
    page = (ROOT / "README.md").read_text("utf-8")
    assert BEGIN in page
    assert END in page
    assert filled(page, record) == page, STALE


def test_the_pictures_are_those_that_the_program_made(record):
    for name, held in record["pictures"].items():
        path = RECORD.parent / name
        assert checksum(path) == held, STALE
        assert f"pictures/{name}" in (ROOT / "README.md").read_text("utf-8")
        assert path.stat().st_size < 500_000


def test_the_device_drawn_is_that_of_todays_solver(record):
    simulator = configure(host(), "reram", DEVICE).simulator
    now = told(simulator.simulate(simulator.space.values()))
    assert now == pytest.approx(record["device"], **SAME), STALE


def test_the_run_shown_is_of_todays_solver(record):
    simulator = configure(host(), "reram-tmdc").simulator
    assert record["witnesses"]
    for witness in record["witnesses"]:
        now = told(simulator.simulate(witness.pop("parameters")))
        assert now == pytest.approx(witness, **SAME), STALE
