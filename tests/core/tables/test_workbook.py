"""Workbooks and parquet files hold what the same table in text holds."""

import subprocess
import sys

import pytest
from dynsur.core import DynsurError
from dynsur.core.tables import Quantity, read_recording, read_table

VOLTAGE = Quantity("voltage", "V")


def workbook(path, *sheets):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for i, rows in enumerate(sheets):
        sheet = book.create_sheet(f"S{i}")
        for row in rows:
            sheet.append(row)
    book.save(path)


def test_a_workbook_is_read_from_the_sheet_that_holds_numbers(tmp_path):
    path = tmp_path / "drive.xlsx"
    rows = [["IV sweep"], [], ["Time\n(ms)", "Voltage [mV]", "note"], [0, 0], [500, 1000.5, "x"]]
    workbook(path, [["about this file"]], rows)
    found = read_recording(path, VOLTAGE)
    assert found.times.tolist() == [0.0, 0.5]
    assert found.values.tolist() == [0.0, 1.0005]


def test_cells_of_a_workbook_that_are_no_numbers_are_told_by_their_row(tmp_path):
    path = tmp_path / "drive.xlsx"
    workbook(path, [["time", "voltage"], [0, 0], [1, "high"]])
    with pytest.raises(DynsurError, match=r"row 3 .*, column 2 'voltage', holds 'high'"):
        read_recording(path, VOLTAGE)


def test_no_workbook_is_told_in_one_line(tmp_path, monkeypatch):
    pytest.importorskip("openpyxl")
    path = tmp_path / "drive.xlsx"
    path.write_bytes(b"PK\x03\x04 and nothing else")
    with pytest.raises(DynsurError, match="it is no workbook") as caught:
        read_recording(path, VOLTAGE)
    assert "\n" not in str(caught.value)
    workbook(path, [["only words"]])
    with pytest.raises(DynsurError, match="holds no rows of numbers"):
        read_recording(path, VOLTAGE)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(DynsurError, match=r"needs the package openpyxl; .*dynsur\[xlsx\]"):
        read_recording(path, VOLTAGE)


def test_parquet_names_with_blanks_and_nulls(tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "drive.parquet"
    columns = {"time [ms] ": [0, 500, None], " voltage": [0.0, 1.0, 2.0], "label": ["a", "b", "c"]}
    parquet.write_table(arrow.table(columns), path)
    found = read_recording(path, VOLTAGE)
    assert found.times.tolist() == [0.0, 0.5]
    assert "1 of 3 rows without a value left out" in found.summary
    with pytest.raises(DynsurError, match=r"row 1 .*, column 3 'label', holds 'a'"):
        read_table(path, [Quantity("label", "1")])


def test_a_refused_parquet_file_leaves_no_thread_that_aborts_the_program(tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "devices.parquet"
    parquet.write_table(arrow.table({"R_on": [60.0, None]}), path)
    code = f"""
import os, sys
import pyarrow.parquet
from dynsur.core import DynsurError, Parameter, ParameterSpace
from dynsur.core.systems import read_table

def threads():
    return len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 0

space = ParameterSpace((Parameter("R_on", 1.0, 99.0, "ohm"),))
before = threads()
try:
    read_table({str(path)!r}, space)
except DynsurError as error:
    print(error)
print("started", threads() - before)
sys.exit(2)
"""
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.returncode == 2, done.stderr
        assert "row 2" in done.stdout
        assert "started 0" in done.stdout
