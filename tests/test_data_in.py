"""Every example of docs/data-in.md is read, or refused, as the page says."""

import re
from pathlib import Path

import pytest
from dynsur.core import DynsurError, Variable, configure, host
from dynsur.core.reproduction.measured_curve import measured_curve
from dynsur.core.systems import read_devices, read_waveform

PAGE = (Path(__file__).parent.parent / "docs" / "data-in.md").read_text("utf-8")
EXAMPLE = re.compile(
    r"```csv\n(?P<text>.*?)```\n\n(?:with `--columns (?P<columns>[^`]*)` )?"
    r"is (?P<end>read as|refused:) `(?P<line>[^`]*)`",
    re.S,
)
VOLTAGE, CURRENT = Variable("voltage", "V", "", "U"), Variable("current", "A", "", "I")


def read(section, path, columns):
    if section.startswith("A drive"):
        return read_waveform(path, VOLTAGE, columns)[1]
    if section.startswith("A measured curve"):
        return measured_curve(path, VOLTAGE, CURRENT, columns)[1]
    assert section.startswith("A table of devices")
    return read_devices(path, configure(host(), "vteam", {}).simulator.space, columns)[1]


EXAMPLES = [
    (section, match) for section in PAGE.split("\n## ")[1:] for match in EXAMPLE.finditer(section)
]


def test_every_example_says_how_it_ends():
    assert len(EXAMPLES) == PAGE.count("```csv") > 10


@pytest.mark.parametrize(("section", "example"), EXAMPLES)
def test_the_examples_are_read_as_the_page_says(tmp_path, monkeypatch, section, example):
    monkeypatch.chdir(tmp_path)
    Path("drive.csv").write_text(example["text"], encoding="utf-8")
    if example["end"] == "read as":
        assert read(section, "drive.csv", example["columns"]) == example["line"]
    else:
        with pytest.raises(DynsurError) as caught:
            read(section, "drive.csv", example["columns"])
        assert str(caught.value) == example["line"]
