"""Whatever file is dropped onto the explorer's page, it is drawn or told in one line."""

import base64
import traceback

import numpy as np
import pytest
from command_line import Tally, repeated
from dynsur.core import DynsurError
from dynsur.core.exploring.measured import read_dropped
from dynsur.core.registry.host import host
from hypothesis import strategies as st
from right_tables import right_tables
from test_tables import ENDINGS, tables

FILES = st.one_of(
    st.tuples(tables(), st.sampled_from(ENDINGS)),
    right_tables().map(lambda table: (table.content, table.ending)),
)
NAMES = st.sampled_from(["loop", "a b", "../loop", "C:\\x\\loop", "[/x]", "", "x" * 300, "a\0b"])
COLUMNS = st.sampled_from([None, None, "", "time=1,voltage=2,current=3", "voltage=9", "[/x]", "="])


def _try(count):
    tally, simulator = Tally(), host().simulator("vteam")

    @repeated(count, FILES, NAMES, COLUMNS)
    def one(file, name, columns):
        content, ending = file
        name = f"{name}.{ending}"
        encoded = base64.b64encode(content).decode()
        try:
            found = read_dropped(name, encoded, simulator, "current", columns)
            kind = "accepted"
            values = (found.drive, found.outputs["current"])
            if not all(np.isfinite(value).all() for value in values):
                tally.wrong.append(f"{name} {content}\ndrawn with gaps")
        except DynsurError as error:
            kind = "refused"
            if "\n" in str(error):
                tally.wrong.append(f"{name} {content}\nnot one line: {error!r}")
        except Exception:
            kind = "failed"
            tally.wrong.append(f"{name} {content} {columns}\n{traceback.format_exc()}")
        tally.counts["explore, a file", kind] += 1

    one()
    return tally


def test_a_dropped_file_of_any_kind_is_told_in_one_line():
    tally = _try(60)
    assert not tally.wrong, tally.told()


@pytest.mark.slow
def test_a_thousand_dropped_files_are_told_in_one_line(capsys):
    tally = _try(1000)
    with capsys.disabled():
        print(f"\n{tally.text()}")
    assert not tally.wrong, tally.told()
