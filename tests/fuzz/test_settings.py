"""Whatever is set, in a TOML file, on the command line or as a path, the answer is one line."""

import json

import pytest
from command_line import Tally, judge, repeated
from hypothesis import strategies as st

NAMES = st.sampled_from(
    [
        *("alpha", "beta", "delta", "model", "dataset", "loss", "simulator", "training", "space"),
        *("simulator.points", "simulator.cycles", "simulator.space", "model.width", "model.name"),
        *("training.epochs", "training.learning_rate", "training.device", "dataset.kept", "x.y.z"),
        *("", " ", "[/x]", "__class__", "simulator.", ".points"),
    ]
)
PLAIN = st.one_of(
    st.booleans(), st.integers(-3, 2000), st.floats(), st.text(max_size=8), st.none(),
    st.sampled_from(["nan", "inf", "1:2", "2:1", "1:2:3", ":", "[1, 2]", "{}", "1e400", "[/x]"]),
)  # fmt: skip
VALUES = st.one_of(PLAIN, st.lists(PLAIN, max_size=3), st.dictionaries(NAMES, PLAIN, max_size=2))
PLACES = st.sampled_from(
    [
        *("file/inside", "folder", "file", "absent/x.zarr", "x.csv/", "/proc/1/x.zarr", "", ".."),
        *("s3://", "foo://bar", "http://", "file:///", "memory://", "://", "s3://a b/c", "x\0y"),
        *("~", "[/x]", "x" * 300, "link", "/dev/null", "/dev/full", "folder/../file"),
    ]
)
WITH_PLACE = [
    ["info"], ["report"], ["verify", "--rerun", "0"], ["predict"], ["export", "?", "out.nc"],
    ["evaluate", "?", "?"], ["train", "?", "--out", "model"], ["simulate", "duffing", "--out", "?"],
    ["merge", "?", "?", "--out", "merged.zarr"], ["simulate", "duffing", "--plot", "?"],
    ["simulate", "duffing", "--waveform", "?"], ["simulate", "duffing", "--config", "?"],
    ["predict", "?", "--table", "?"], ["export-model", "?", "out.pt2"],
]  # fmt: skip


def _toml(value):
    """Write a value as TOML, as far as JSON is the same; what is not is a mistake to be told."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("not a store", "utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    return tmp_path


def _try(here, count):
    tally = Tally()

    @repeated(count, st.dictionaries(NAMES, VALUES, max_size=3))
    def from_a_file(values):
        lines = [f"{json.dumps(name)} = {_toml(value)}" for name, value in values.items()]
        (here / "settings.toml").write_text("\n".join(lines), "utf-8")
        judge(tally, ["simulate", "duffing", "--config", "settings.toml"], here, f"{values}")

    @repeated(count, NAMES, PLAIN)
    def on_the_command_line(name, value):
        for command in (["simulate", "duffing"], ["run", "duffing", "--samples", "1"]):
            judge(tally, [*command, "--set", f"{name}={value}".replace("\0", "")], here)

    @repeated(count, st.sampled_from(WITH_PLACE), PLACES)
    def as_a_place(command, place):
        arguments = [place if part == "?" else part for part in command]
        judge(tally, arguments if "?" in command else [*arguments, place], here)

    from_a_file()
    on_the_command_line()
    as_a_place()
    return tally


def test_settings_and_places_of_any_kind_are_answered_in_one_line(here):
    tally = _try(here, 15)
    assert not tally.wrong, tally.told()


@pytest.mark.slow
def test_thousands_of_settings_and_places_are_answered_in_one_line(here, capsys):
    tally = _try(here, 1000)
    with capsys.disabled():
        print(f"\n{tally.text()}")
    assert not tally.wrong, tally.told()
