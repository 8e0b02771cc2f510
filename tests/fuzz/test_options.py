"""Whatever a command of the program is asked, by any of its options, it answers in one line."""

import functools
import typing

import pytest
from command_line import Tally, content, judge, repeated
from dynsur.cli.main import app
from hypothesis import strategies as st
from sound import ALL, FEW, FIT, RANK, REPRODUCE, RUN, SEARCH, SMALL, made, restore
from typer.main import get_command

RIGHT = {  # a right use of each command, which the options of chance are added to
    "run": RUN,
    "reproduce": REPRODUCE,
    "simulate": ["simulate", "duffing"],
    "generate": ["generate", "duffing", "--samples", "4", "--seed", "1", "--out", "here/b.zarr"],
    "train": ["train", "here/run", "--out", "here/model", *SMALL],
    "evaluate": ["evaluate", "here/run", "here/run"],
    "predict": ["predict", "here/run"],
    "explore": ["explore", "here/run", "--no-browser"],
    "sensitivity": RANK,
    "design": SEARCH,
    "fit": FIT,
    "report": ["report", "here/run"],
    "info": ["info", "here/run"],
    "verify": ["verify", "here/run", "--rerun", "1"],
    "merge": ["merge", "here/run", "here/b.zarr", "--out", "here/c.zarr"],
    "merit": ["merit", "here/run"],
    "export": ["export", "here/run", "here/out.nc"],
    "export-model": ["export-model", "here/run", "here/out.pt2"],
    "export-circuit": ["export-circuit", "here/run", "here/out.cir", "--no-check"],
    "publish": ["publish", "here/run", "--author", "Curie, Marie", "--out", "here/publication"],
    "show": ["show", "duffing"],
    "new-plugin": ["new-plugin", "my-system", "--out", "here/plugin"],
    "import": [
        *("import", "here/loop.csv", "--inputs", "drive", "--outputs", "displacement"),
        *("--out", "here/recorded.zarr"),
    ],
    "plugins": ["plugins"],
    "plugins show": ["plugins", "show", "nlss"],
    "plugins check": ["plugins", "check", "duffing"],
}
SLOW = (
    *("reproduce", "run", "report", "export-circuit", "export-model", "publish", "explore"),
    *("fit", "plugins check"),
)
WORDS = st.sampled_from(
    [
        *("peak", "on_off_ratio", "displacement", "drive", "alpha", "alpha=1", "alpha=1:2", "time"),
        *("alpha=nan", "alpha>1", "peak>0.1", "peak>>", "1/0", "0*", "alpha*", "a b=1", "nlss"),
        *("model.width=2", "model.width=-1", "dataset=paper", "dataset=none", "relative=0.1"),
        *("relative=-1", "offset", "offset,area", "time=1,drive=2", "time=9", "drive=1:s", "s=1"),
        *("", " ", "[/x]", "x\0y", "ä", "'", "--", "-1", "CC0-1.0", "1.0.0", "Curie, Marie; 0"),
        *("duffing", "reram", "published", "here/run", "here/fit", "system", "model", "__class__"),
    ]
)
NUMBERS = st.sampled_from(["0", "1", "2", "3", "5", "-1", "1.5", "1e-3", "nan", "inf", "x", ""])
PATHS = st.sampled_from(
    [
        *("here/run", "here/fit", "here/b.zarr", "here/loop.csv", "here/absent", "here/run/model"),
        *("here/run/run.json", "here/run/data.zarr", "here/fit/posterior.zarr", "here", "", "."),
        *("here/new.csv", "here/new.png", "here/new.zarr", "here/new/x.html", "here/new", "[/x]"),
        *("here/loop.csv/x", "here/run/report.html", "x" * 300, "x\0y", "/proc/1/x.png", "s3://a"),
    ]
)  # fmt: skip
UNTRIED = ("--help", "--scheduler", "--time-limit")  # the first two ask other programs


@functools.cache
def commands(group=None, before=()):
    """Return every command of the program by name."""
    found = {}
    for name, command in (group or get_command(app)).commands.items():
        path = (*before, name)
        if hasattr(command, "commands"):
            found |= commands(command, path)
        if not hasattr(command, "commands") or command.invoke_without_command:
            found[" ".join(path)] = command
    return found


@st.composite
def asked(draw, names):
    """Draw the arguments of a command: a right use of it with options or places of chance."""
    name = draw(st.sampled_from(names))
    arguments = list(RIGHT[name])
    options = [p for p in commands()[name].params if p.opts[0] not in UNTRIED]
    options = [p for p in options if p.opts[0].startswith("-")]
    chosen = st.lists(st.sampled_from(options), max_size=3) if options else st.just([])
    for option in draw(chosen):
        arguments.append(option.opts[0])
        if not option.is_flag:
            arguments.append(draw(_values(commands()[name], option)))
    first = name.count(" ") + 1
    if len(arguments) > first and draw(st.integers(0, 4)) == 0:
        place = draw(st.integers(first, len(arguments) - 1))
        arguments[place] = draw(st.one_of(WORDS, PATHS))
    return arguments


def _values(command, option):
    """Return what an option may be given: mostly of its own kind."""
    kind = str(typing.get_type_hints(command.callback)[option.name])
    own = PATHS if "Path" in kind else NUMBERS if "int" in kind or "float" in kind else WORDS
    return st.one_of(own, own, own, own, WORDS, NUMBERS)


def _try(folder, names, count):
    tally = Tally()
    restore(folder)
    sound = content(folder / "here")

    quick = sorted(names - {*SLOW})

    @repeated(count, asked([*sorted(names), *4 * quick]))
    def one(arguments):
        judge(tally, arguments, folder, ignored=("data.log",))
        if content(folder / "here") != sound:
            restore(folder)

    one()
    return tally


def test_every_command_is_tried():
    assert commands().keys() == RIGHT.keys()


def test_options_of_any_kind_are_answered_in_one_line(tmp_path):
    with made(tmp_path, FEW) as folder:
        tally = _try(folder, RIGHT.keys() - {*SLOW}, 60)
    assert not tally.wrong, tally.told()


@pytest.mark.slow
def test_thousands_of_options_are_answered_in_one_line(tmp_path, capsys):
    with made(tmp_path, ALL) as folder:
        tally = _try(folder, RIGHT.keys(), 1500)
    with capsys.disabled():
        print(f"\n{tally.text()}")
    assert not tally.wrong, tally.told()
