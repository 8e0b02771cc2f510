"""Whatever happens to a file that a command has written, every command answers in one line."""

import pytest
from command_line import Tally, judge, repeated
from damages import apply, damages, fresh
from hypothesis import strategies as st
from sound import ALL, FEW, FIT, FIXED, RANK, REPRODUCE, RUN, SEARCH, SMALL, files, made

OF_RUN = {
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
    "verify": ["verify", "here/run", "--rerun", "0"],
    "verify --repair": ["verify", "here/run", "--rerun", "0", "--repair"],
    "merge": ["merge", "here/run", "here/b.zarr", "--out", "here/c.zarr"],
    "predict": ["predict", "here/run"],
    "simulate": ["simulate", "duffing", "--config", "here/run"],
    "explore": ["explore", "here/run", "--no-browser"],
    "publish": ["publish", "here/run", "--author", "Curie, Marie", "--out", "here/publication"],
    "merit": ["merit", "here/run", "--out", "here/merits.csv"],
    "sensitivity": RANK,
    "design": SEARCH,
    "circuit": ["export-circuit", "here/run", "here/out.cir", "--no-check"],
    "circuit, Verilog-A": ["export-circuit", "here/run", "here/out.va", "--no-check"],
    "export-model": ["export-model", "here/run", "here/out.pt2"],
}
COMMANDS = {
    "run": OF_RUN,
    "fit": {
        "fit": FIT,
        "simulate": ["simulate", "duffing", "--fit", "here/fit"],
        "predict": ["predict", "here/run", "--fit", "here/fit"],
        "posterior": [*RANK, *FIXED, "--posterior", "here/fit/posterior.zarr"],
    },
    "repeated": {
        "reproduce": REPRODUCE,
        "verify": ["verify", "here/repeated", "--rerun", "0"],
        "predict": ["predict", "here/repeated/default/seed-0"],
        "evaluate": ["evaluate", "here/repeated/default/seed-0", "here/repeated"],
    },
    "ranking": {"sensitivity": RANK},
    "front": {"design": SEARCH},
}
BESIDE = ("run", "b.zarr", "loop.csv")  # what commands on a fit, a ranking or a front read too
SLOW = (  # what may train, draw or compile
    *("report", "run", "publish", "circuit", "circuit, Verilog-A", "export-model", "explore"),
    *("fit", "reproduce"),
)
LOGS = ("data.log",)


def _try(folder, named, count):
    """Try pairs of a folder and one of the commands that read it, the slow ones less often."""
    tally = Tally()
    quick = [pair for pair in named if pair[1] not in SLOW]
    kinds = {part: damages(files(folder / "sound" / part)) for part, _ in named}
    several = {part: st.lists(one, min_size=1, max_size=2) for part, one in kinds.items()}
    drawn = st.sampled_from([*named, *4 * quick])

    @repeated(
        count,
        drawn.flatmap(lambda pair: st.tuples(st.just(pair), several[pair[0]])),
    )
    def one(case):
        (part, command), found = case
        names = (part,) if part == "repeated" else {part, *BESIDE}
        fresh(folder / "sound", folder / "here", names)
        for damage in found:
            if (folder / "here" / part / damage[0]).is_file():
                apply(folder / "here" / part, damage)
        judge(tally, COMMANDS[part][command], folder / "here", f"{part} {found}", LOGS)

    one()
    return tally


def test_a_damaged_run_folder_is_told_in_one_line(tmp_path):
    with made(tmp_path, FEW) as folder:
        tally = _try(folder, [("run", name) for name in sorted({*OF_RUN} - {*SLOW})], 60)
    assert not tally.wrong, tally.told()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parts", "made_by", "count"),
    [(("run",), FEW, 900), (("fit", "repeated", "ranking", "front"), ALL, 500)],
    ids=["runs", "others"],
)
def test_many_damaged_folders_are_told_in_one_line(parts, made_by, count, tmp_path, capsys):
    named = [(part, name) for part in parts for name in COMMANDS[part]]
    with made(tmp_path, made_by) as folder, capsys.disabled():  # what is wrong is told at once
        tally = _try(folder, named, count)
        print(f"\n{tally.text()}")
    assert not tally.wrong, tally.told()
