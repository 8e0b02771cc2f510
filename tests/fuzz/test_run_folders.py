"""Whatever happens to a file of a run folder or a store, every command answers in one line."""

import pytest
from command_line import Tally, invoke, judge, one_client, repeated
from damages import apply, damages, fresh
from hypothesis import strategies as st

SMALL = ["--set", "model.width=4", "--epochs", "1"]
RUN = ["run", "duffing", "--samples", "10", "--chunk", "4", "--out", "here/run", *SMALL]
INTO = ["--out", "here/answers"]
COMMANDS = {
    "info": ["info", "here/run"],
    "info --json": ["info", "here/run", "--json"],
    "report": ["report", "here/run"],
    "evaluate": ["evaluate", "here/run", "here/run"],
    "train": ["train", "here/run", "--out", "here/model", *SMALL],
    "run": RUN,
    "generate": ["generate", "duffing", "--samples", "10", "--out", "here/run/data.zarr"],
    "extend": ["generate", "duffing", "--samples", "12", "--out", "here/run/data.zarr"],
    "export": ["export", "here/run", "here/out.parquet"],
    "export nc": ["export", "here/run", "here/out.nc"],
    "export predictions": ["export", "here/run/predictions.zarr", "here/predictions.parquet"],
    "verify": ["verify", "here/run", "--rerun", "0"],
    "verify --repair": ["verify", "here/run", "--rerun", "0", "--repair"],
    "merge": ["merge", "here/run", "here/b.zarr", "--out", "here/c.zarr"],
    "predict": ["predict", "here/run"],
    "publish": ["publish", "here/run", "--author", "Curie, Marie", "--out", "here/publication"],
    "merit": ["merit", "here/run", "--out", "here/merits.csv"],
    "sensitivity": [*("sensitivity", "here/run", "--of", "peak", "--base", "64"), *INTO],
    "design": [
        *("design", "here/run", "--maximise", "peak", "--minimise", "alpha", "--population", "8"),
        *("--generations", "2", "--points", "2", *INTO),
    ],
    "circuit": ["export-circuit", "here/run", "here/out.cir", "--no-check"],
    "circuit, Verilog-A": ["export-circuit", "here/run", "here/out.va", "--no-check"],
    "export-model": ["export-model", "here/run", "here/out.pt2"],
}
SLOW = (  # seconds each
    *("report", "run", "publish", "sensitivity", "design", "circuit", "circuit, Verilog-A"),
    "export-model",
)
LOGS = ("data.log",)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return a folder with a sound run and a sound store beside it."""
    folder, patch = tmp_path_factory.mktemp("fuzz"), pytest.MonkeyPatch()
    patch.chdir(folder)
    patch.setenv("DYNSUR_FLUSH", "0")
    with one_client(patch):
        answer = invoke(RUN)
        assert answer.code == 0, answer
        made = ["generate", "duffing", "--samples", "4", "--seed", "1", "--out", "here/b.zarr"]
        assert invoke(made).code == 0
        (folder / "here").rename(folder / "sound")
        yield folder
    patch.undo()


def _files(folder):
    paths = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".log")
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def _try(whole, commands, count):
    tally = Tally()

    @repeated(
        count,
        st.sampled_from([*sorted(commands), *sorted(commands - set(SLOW))]),
        st.lists(damages(_files(whole / "sound" / "run")), min_size=1, max_size=2),
    )
    def one(command, struck):
        fresh(whole / "sound", whole / "here")
        for damage in struck:
            if (whole / "here" / "run" / damage[0]).is_file():
                apply(whole / "here" / "run", damage)
        judge(tally, COMMANDS[command], whole / "here", f"{struck}", LOGS)

    one()
    return tally


def test_a_damaged_run_folder_is_told_in_one_line(whole):
    tally = _try(whole, COMMANDS.keys() - set(SLOW), 60)
    assert not tally.wrong, tally.told()


@pytest.mark.slow
def test_thousands_of_damaged_run_folders_are_told_in_one_line(whole, capsys):
    tally = _try(whole, COMMANDS.keys(), 6000)
    with capsys.disabled():
        print(f"\n{tally.text()}")
    assert not tally.wrong, tally.told()
