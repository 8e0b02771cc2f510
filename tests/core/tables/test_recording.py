"""A drive is read from the files that instruments and programs write, as the numbers they mean."""

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.tables import Quantity, read_recording

VOLTAGE = Quantity("voltage", "V", "U")
TIMES, VALUES = [0.0, 0.5, 1.0, 1.5], [0.0, 1.0, -1.0, 0.0]


def rows(separator, times=TIMES, values=VALUES, form="{:g}", decimal="."):
    lines = (separator.join(map(form.format, pair)) for pair in zip(times, values, strict=True))
    return "".join(line.replace(".", decimal) + "\n" for line in lines)


EASYEXPERT = """SetupTitle, IV sweep
PrimitiveTest, I/V Sweep
TestParameter, Channel.UnitType, SMU, SMU
TestParameter, Measurement.Primary.Start, 0
TestParameter, Measurement.Primary.Stop, 1.5
MetaData, TestRecord.RecordTime, 03/11/2020 10:11:12
Dimension1, 4, 4, 4
Dimension2, 1, 1, 1
DataName, Time, V1, I1
DataValue, 0, 0, 0
DataValue, 0.5, 1, 1E-3
DataValue, 1, -1, -1E-3
DataValue, 1.5, 0, 0
"""
LABVIEW = """LabVIEW Measurement
Writer_Version\t2
Separator\tTab
***End_of_Header***

X_Value\tVoltage (V)\tComment
0.000\t0.0\tstart
0.500\t1.0
1.000\t-1.0
1.500\t0.0
"""
GAMRY = (
    "EXPLAIN\nTAG\tCV\nTITLE\tLABEL\tCyclic\tTest\nCURVE\tTABLE\t4\n"
    "\tPt\tT\tVf\tIm\n\t#\ts\tV vs. Ref.\tA\n"
    "\t0\t0\t0\t1e-3\n\t1\t0.5\t1\t1e-3\n\t2\t1\t-1\t2e-3\n\t3\t1.5\t0\t1e-3\n"
)
FILES = {
    "bare": rows(","),
    "blanks": "  0   0\n  0.5  1\n  1.0 -1 \n 1.5\t0\n",
    "semicolons, decimal commas": "Zeit (s);Spannung (V)\n" + rows(";", decimal=","),
    "tabs, decimal commas": "Zeit [s]\tSpannung [V]\n" + rows("\t", decimal=","),
    "quoted decimal commas": '"t","U"\n"0","0"\n"0,5","1"\n"1","-1,0"\n"1,5","0"\n',
    "swapped": "Voltage,Time\n" + rows(",", VALUES, TIMES),
    "milli": "time/ms,voltage/mV\n" + rows(",", np.array(TIMES) * 1e3, np.array(VALUES) * 1e3),
    "units below": "Time,Voltage\n(ms),(mV)\n0,0\n500,1000\n1000,-1000\n1500,0\n",
    "units below, bare": "t;U\ns;mV\n0;0\n0,5;1000\n1,0;-1000\n1,5;0\n",
    "endings": "time_ms,voltage_mV\n0,0\n500,1e3\n1000,-1e3\n1500,0\n",
    "words": "Seconds,Volts\n" + rows(","),
    "units alone": "s,kV\n0,0\n0.5,0.001\n1,-0.001\n1.5,0\n",
    "blanks with units": "Time (s)   Voltage (V)\n" + rows("  "),
    "numpy": "# time [s] voltage [V]\n" + rows(" ", form="{:.18e}"),
    "commented commas": "#t,U\n" + rows(","),
    "header of another separator": "Time (s), Voltage (V)\n" + rows("\t"),
    "source-measure unit": "Item,Smu1.Time[1][1],Smu1.V[1][1],Smu1.I[1][1],\n"
    + "1,0,0,1E-9,\n2,0.5,1,1E-9,\n3,1,-1,2E-9,\n4,1.5,0,2E-9,\n",
    "channel": "scope model,X1000\n#trigger\nTime (s),Channel 1 (V)\n" + rows(","),
    "channel without unit": "Time (s),CH1\n" + rows(","),
    "spice": "time\tV(n001)\n" + rows("\t"),
    "spice current": "time\tV(n001)\tI(R1)\n0\t0\t1\n.5\t1\t1\n1\t-1\t1\n1.5\t0\t1\n",
    "EasyEXPERT": EASYEXPERT,
    "LabVIEW": LABVIEW,
    "Gamry": GAMRY,
    "pandas": ",time,voltage\n0,0.0,0.0\n1,0.5,1.0\n2,1.0,-1.0\n3,1.5,0.0\n",
    "magnitude beside it": "t,V,|V|\n0,0,0\n.5,1,1\n1,-1,1\n1.5,0,0\n",
    "unicode minus": "t,V\n0,0\n0.5,1\n1,\u22121\n1.5,0\n",
    "Windows": "t,V\r\n" + rows(",").replace("\n", "\r\n"),
    "old Macintosh": "t,V\r" + rows(",").replace("\n", "\r"),
    "words apart": "Time, s   Voltage, V\n" + rows("  "),
    "footer": "t,V\n" + rows(",") + "\nend of data\n",
    "empty columns": "t,V,,\n0,0,,\n0.5,1,,\n1,-1,,\n1.5,0,,\n",
    "unnamed empty column": "t,V\n0,0,\n0.5,1,\n1,-1,\n1.5,0,\n",
    "dates": "Timestamp,V\n2024-01-01 12:00:00,0\n2024-01-01 12:00:00.500,1\n"
    "2024-01-01 12:00:01,-1\n2024-01-01 12:00:01.5,0\n",
    "times of one day": "Time,V\n01/02/2024 12:00:00,0\n01/02/2024 12:00:00.5,1\n"
    "01/02/2024 12:00:01,-1\n01/02/2024 12:00:01.5,0\n",
    "clock from elsewhere": "Time (s),V\n-1.25,0\n-0.75,1\n-0.25,-1\n0.25,0\n",
    "minutes": "Elapsed Time (min),Voltage (V)\n"
    + rows(",", [t / 60 for t in TIMES], form="{:.17g}"),
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_the_files_that_instruments_write_hold_this_drive(tmp_path, text):
    path = tmp_path / "drive.txt"
    path.write_text(text, encoding="utf-8", newline="")
    found = read_recording(path, VOLTAGE)
    np.testing.assert_allclose(found.times, TIMES, rtol=1e-14)
    assert found.values.tolist() == VALUES
    assert "4 points, 1.5 s, ±1 V, from columns" in found.summary
    assert "\n" not in found.summary


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_every_encoding_gives_the_same(tmp_path, encoding):
    path = tmp_path / "drive.csv"
    path.write_text("Zeit (µs);Spannung (mV)\n0;0\n2,5;1500\n", encoding=encoding)
    found = read_recording(path, VOLTAGE)
    assert found.times.tolist() == [0.0, 2.5e-6]
    assert found.values.tolist() == [0.0, 1.5]


@pytest.mark.parametrize(
    ("text", "columns", "told"),
    [
        ("V1,I1\n0,0\n1,1\n", None, r"no column .* is time \[s\].*--columns time=COLUMN.*step="),
        ("time,current\n0,0\n1,1\n", None, r"no column .* is voltage \[V\]"),
        ("time,resistance\n0,0\n1,1\n", None, "no column .* is voltage"),
        ("x,y\n0,0\n1,1\n", None, "no column .* is time"),
        ("t,V1,V2\n0,0,1\n1,1,1\n", None, "2 'V1' and 3 'V2'.*--columns"),
        ("voltage,voltage,t\n0,0,1\n1,1,2\n", None, "1 'voltage' and 2 'voltage'"),
        ("0,0,1\n1,1,2\n", None, "no names above its 3 columns.*--columns"),
        ("time [mV],voltage [V]\n0,0\n1,1\n", None, r"column 1 'time \[mV\]' .* is in mV; exp.* s"),
        ("time [s],voltage [mA]\n0,0\n1,1\n", None, "is in mA; expected V"),
        ("time [s],voltage [foo]\n0,0\n1,1\n", None, "is in 'foo', a unit that is not known"),
        ("t,V\n0,0\n1,1\n", "voltage=3", "has 2 columns"),
        ("t,V\n0,0\n1,1\n", "voltage=W", "unknown column 'W'"),
        ("t,V\n0,0\n1,1\n", "current=2", "names 'current'; expected NAME=COLUMN"),
        ("t,V\n0,0\n1,1\n", "2", "takes NAME=COLUMN"),
        ("t,V\n0,0\n1,1\n", "sweep=2", "holds 1 sweep"),
        ("t,V\n0,0\n1,1\n", "sweep=x", "whole number from 1"),
        ("V\n0\n1\n", "step=-1", "a time above 0"),
        ("t,V\n0,0\n1,1\n", "step=1,time=1", "got both"),
        ("t,V\n0,0\n1,1\n0.5,2\n", None, "line 4 .* from 1 s back to 0.5 s"),
        ("t,V\n0,0\n1,1\n2,0\n0,0\n1,1\n2,0\n", None, "2 sweeps.*from line 5.*sweep=NUMBER"),
        ("t,V\n1,0\n1,1\n1,2\n", None, "stands still"),
        ("t,V\n01/02/2024 1:00:00,0\n01/03/2024 1:00:00,1\n", None, "line 2 .* holds .01/02"),
        ("t,V\n0,0\n1,high\n", None, "line 3 .*, column 2 'V', holds 'high'; expected a number"),
        ("t,V\n0,0\n1,1.5 V\n", None, "holds '1.5 V'"),
        ("t,V\n0,nan\n1,9.91E+37\n", None, "column 2 'V' .* holds no number at all"),
        ("t,V\n0,0\n1,---\n", None, "holds 1 point"),
        ("t,V\n0,0\n", None, "holds 1 point"),
        ("t,V\n0,0\n1,1\n2\n3,4\n", None, "line 4 .* holds 1 cell; expected 2"),
        ("t,V\n0,0\n1,1\n2,1,7\n", None, "line 4 .* holds 3 cells; expected 2"),
        ("0,0,start\n1,1\n2,3\n4,4\n", None, "line 1 .* holds 3 cells; expected 2"),
        ("0\n1,1\n2,3\n", None, "line 1 .* holds 1 cell; expected 2"),
        ("t,V\n0,0\n1,1\nsecond part\n2,3\n", None, "line 5 .* below rows of words"),
        ('t,V\n0,0\n1,"1\n', None, "line 3: unexpected end of data"),
        ("t,U\n0,2,0,15\n1,3,0,25\n", None, "2 names above rows of 4 cells.*decimal commas"),
        ("Time elapsed Voltage\n0 0\n1 1\n", None, "line 1 .* 3 names above rows of 2 cells"),
        ("Voltage\n0,0\n1,1\n", None, "line 1 .* 1 name above rows of 2 cells"),
        ("t,V\n", None, "no rows of numbers"),
        ("", None, "is empty"),
        ("# only this\n", None, "is empty"),
        ("5\n6\n", None, "no names above its 1 columns"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_one_line(tmp_path, text, columns, told):
    path = tmp_path / "drive.csv"
    path.write_text(text)
    with pytest.raises(DynsurError, match=told) as caught:
        read_recording(path, VOLTAGE, columns)
    assert "\n" not in str(caught.value)


def test_columns_are_chosen_by_name_and_number_with_a_unit(tmp_path):
    path = tmp_path / "drive.csv"
    path.write_text("a,b,V1,V2\n0,7,0,0\n500,7,1,2\n1000,7,-1,-2\n")
    found = read_recording(path, VOLTAGE, "time=a:ms,voltage=4")
    assert found.times.tolist() == [0.0, 0.5, 1.0]
    assert found.values.tolist() == [0.0, 2.0, -2.0]
    assert "from columns 1 and 4" in found.summary
    bare = tmp_path / "bare.csv"
    bare.write_text("7,0,0\n7,500,1000\n")
    assert read_recording(bare, VOLTAGE, "time=2:ms,voltage=3:mV").values.tolist() == [0.0, 1.0]


def test_rows_at_a_constant_rate_need_no_clock(tmp_path):
    path = tmp_path / "drive.csv"
    path.write_text("V1,V2\n0,5\n1,5\n-1,5\n")
    found = read_recording(path, VOLTAGE, "step=10:ms,voltage=V1")
    np.testing.assert_allclose(found.times, [0.0, 0.01, 0.02])


def test_one_of_several_sweeps_is_chosen(tmp_path):
    path = tmp_path / "drive.csv"
    path.write_text("t,V\n0,0\n1,1\n2,0\nt,V\n0.01,0\n1,2\n2,0\n")
    assert read_recording(path, VOLTAGE, "sweep=1").values.tolist() == [0.0, 1.0, 0.0]
    found = read_recording(path, VOLTAGE, "sweep=2")
    assert found.values.tolist() == [0.0, 2.0, 0.0]
    assert found.times.tolist() == [0.0, 0.99, 1.99]


def test_without_a_unit_the_summary_says_what_is_taken(tmp_path):
    path = tmp_path / "drive.csv"
    path.write_text("t,V\n0,0\n1,1\n")
    told = read_recording(path, VOLTAGE).summary
    assert told.endswith("from columns 1 and 2; no unit is given, so time in s, voltage in V")


def test_a_signal_of_no_declared_unit_is_in_its_si_unit(tmp_path):
    path = tmp_path / "drive.csv"
    path.write_text("force [kN],time [ms]\n0,0\n2,1000\n")
    found = read_recording(path, Quantity("value", None))
    assert (found.values.tolist(), found.units) == ([0.0, 2000.0], "N")


@pytest.mark.parametrize("mark", ["9.91E+37", "9.9e37", "-1e38", "", "NaN", "---", "inf", "#N/A"])
def test_rows_without_a_value_are_left_out_and_told(tmp_path, mark):
    path = tmp_path / "drive.csv"
    path.write_text(f"t,V\n0,0\n1,{mark}\n2,2\n")
    found = read_recording(path, VOLTAGE)
    assert found.times.tolist() == [0.0, 2.0]
    assert "1 of 3 rows without a value left out" in found.summary
