"""Whatever a table holds, the commands that read tables answer in one line."""

import shutil

import numpy as np
import pytest
import xarray as xr
from command_line import Tally, judge, repeated
from hypothesis import strategies as st
from right_tables import right_tables

NAMES = st.sampled_from(
    [
        *("time", "Time (s)", "time [ms]", "t", "Zeit (s)", "voltage", "Voltage (mV)", "V1", "V,I"),
        *("current (A)", "I", "R_on", "R_on (kOhm)", "x_0", "file", "", " ", "[/x]", "time (kg)"),
        *("Smu1.V[1][1]", '"', "#", "nan", "\ufeff", "voltage", "\x00", "ä", "name " * 40),
    ]
)
CELLS = st.one_of(
    st.floats(allow_nan=True).map(repr), st.integers(-3, 3).map(str), st.text(max_size=5),
    st.floats(-2, 2).map("{:.3f}".format), st.floats(-2, 2).map("{:.3f}".format),
    st.sampled_from(["", "NaN", "9.91E+37", "1,5", "1e999", "0x1", "---", "1;2", "--5", "∞"]),
)  # fmt: skip
CODES = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "latin-1", "ascii"])
BREAKS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\v"])
ENDINGS = ["csv", "txt", "tsv", "dat", "xlsx", "parquet", "xls", ""]
COMMANDS = [
    ["simulate", "linear-ion-drift", "--waveform", "?"],
    ["simulate", "linear-ion-drift", "--waveform", "?", "--columns", "time=1,voltage=2"],
    ["simulate", "linear-ion-drift", "--waveform", "?", "--columns", "step=1:ms,voltage=2:mV"],
    ["import", "?", "--inputs", "voltage", "--outputs", "current", "--out", "out.zarr"],
    [*("import", "?", "--inputs", "voltage", "--outputs", "current", "--columns"),
     *("time=1:s,voltage=2:V,current=3:A", "--out", "out.zarr")],
    [*("import", "sound.csv", "--inputs", "voltage", "--outputs", "current", "--table", "?"),
     *("--out", "out.zarr")],
    ["simulate", "linear-ion-drift", "--config", "?"],
]  # fmt: skip


@st.composite
def tables(draw):
    """Draw a clean table with a few odd cells, one of odd cells, or bytes of no meaning."""
    kind = draw(st.sampled_from(["clean", "clean", "odd", "bytes"]))
    if kind == "bytes":
        return draw(st.binary(max_size=200))
    columns, rows = draw(st.integers(1, 4)), draw(st.integers(0, 12))
    table = [[f"{0.1 * i * (j + 1):g}" for j in range(columns)] for i in range(rows)]
    for row in table if kind == "odd" else table[: draw(st.integers(0, 2))]:
        row[draw(st.integers(0, columns - 1))] = draw(CELLS)
    if draw(st.booleans()):
        table.insert(0, draw(st.lists(NAMES, min_size=1, max_size=5)))
    separator, newline = draw(st.sampled_from([",", ";", "\t", " ", "|"])), draw(BREAKS)
    text = newline.join(separator.join(row) for row in table)
    return text.encode(draw(CODES), "replace")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DYNSUR_FLUSH", "0")
    text = "time (s),voltage (V),current (A)\n" + "".join(
        f"{i},{i % 5},{i % 3}\n" for i in range(20)
    )
    (tmp_path / "sound.csv").write_text(text, "utf-8")
    return tmp_path


IMPORT = [*("import", "?", "--inputs", "voltage", "--outputs", "current", "--out", "out.zarr")]
READ = ["simulate", "linear-ion-drift", "--waveform", "?", "--out", "drive.csv", "--force"]


def _try_right(here, count):
    """Read tables of instruments, and compare what was read with what stands in them."""
    tally = Tally()

    @repeated(count, st.sampled_from([IMPORT, READ]), right_tables())
    def one(command, table):
        name = f"table.{table.ending}"
        (here / name).write_bytes(table.content)
        answer = judge(tally, [name if part == "?" else part for part in command], here)
        told = f"{command[0]} {table.ending} {table.content[:300]}\n{answer.error[-300:]}"
        if answer.code != 0:
            tally.wrong.append(f"{told}\nrefused")
        elif found := _misread(here, command, table.values):
            tally.wrong.append(f"{told}\nmisread {found}")
        (here / name).unlink()
        shutil.rmtree(here / "out.zarr", ignore_errors=True)

    one()
    return tally


def _misread(here, command, values):
    """Return the names of what was read otherwise than it stands in the table."""
    if command is READ:
        rows = np.loadtxt(here / "drive.csv", delimiter=",", skiprows=1)
        close = np.interp(values["time"], rows[:, 0], rows[:, 1])
        return [] if np.allclose(close, values["voltage"], rtol=1e-6) else ["voltage"]
    with xr.open_zarr(here / "out.zarr") as data:
        found = {name: np.ravel(data[name].values) for name in values}
    return [
        name
        for name, column in values.items()
        if found[name].shape != column.shape or not np.allclose(found[name], column, rtol=1e-8)
    ]


def _try(here, count):
    tally = Tally()

    @repeated(count, st.sampled_from(COMMANDS), tables(), st.sampled_from(ENDINGS))
    def one(command, content, ending):
        name = f"table.{ending}".rstrip(".")
        (here / name).write_bytes(content)
        answer = judge(tally, [name if part == "?" else part for part in command], here, content)
        (here / name).unlink()
        if answer.code == 0:
            for made in here.glob("*.zarr"):
                made.rename(here.parent / f"made-{len(tally.seconds)}-{sum(tally.counts.values())}")

    one()
    return tally


def test_tables_of_any_kind_are_answered_in_one_line(here):
    tally = _try(here, 60)
    assert not tally.wrong, tally.told()


def test_tables_of_instruments_are_read_as_they_stand(here):
    tally = _try_right(here, 30)
    assert not tally.wrong, tally.told()


@pytest.mark.slow
def test_a_thousand_tables_of_instruments_are_read_as_they_stand(here, capsys):
    tally = _try_right(here, 1000)
    with capsys.disabled():
        print(f"\n{tally.text()}")
    assert not tally.wrong, tally.told()


@pytest.mark.slow
def test_thousands_of_tables_are_answered_in_one_line(here, capsys):
    tally = _try(here, 2000)
    with capsys.disabled():
        print(f"\n{tally.text()}")
    assert not tally.wrong, tally.told()
