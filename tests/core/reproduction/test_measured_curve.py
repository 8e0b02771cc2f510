"""Measured curves are read as they are written, or refused with the line that is wrong."""

import numpy as np
import pytest
from dynsur.core import DynsurError, Variable
from dynsur.core.reproduction.measured_curve import measured_curve, nearest_curve, read_measured

VOLTAGE, CURRENT = Variable("voltage", "V"), Variable("current", "A")
POINTS = [[0.0, 1e-9], [1.0, -2e-6]]


@pytest.mark.parametrize(
    "text",
    [
        "voltage [V],current [A]\n0,1e-9\n1,-2e-6\n",
        "voltage,current\n0,1e-9\n\n1,-2e-6\n",
        "voltage,current\n0;1e-9\n1;-2e-6\n",
        "Voltage (mV);I [nA]\n0;1\n1000;-2000\n",
        "# from the prober\nvoltage (V) , current(A)\n0, 1e-9\n1, -2e-6\n",
        "current [A],voltage [V]\n1e-9,0\n-2e-6,1\n",
        "0,1e-9\n1,-2e-6\n",
        "\ufeffvoltage,current\n0,1e-9\n1,-2e-6\n",
    ],
)
def test_a_curve_is_read(tmp_path, text):
    path = tmp_path / "iv.csv"
    path.write_text(text, encoding="utf-8")
    assert read_measured(path, VOLTAGE, CURRENT).tolist() == POINTS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("voltage,current\n1,2\n", "holds 1 measured points"),
        ("voltage [kg],current [A]\n1,2\n1,2\n", "column 1 'voltage .kg.' .* is in kg; expected V"),
        (
            "voltage,resistance\n1,2\n1,2\n",
            "no column .* is current .A.: it names vol",
        ),
        ("voltage,voltage\n1,2\n1,2\n", "several columns .* may hold voltage: 1 'voltage' and 2"),
        ("voltage,current\n1,2\n3,nan\n", "holds 1 measured points"),
        ("voltage,current\n1,2\n3\n", "line 3 .* holds 1 cell"),
    ],
)
def test_anything_else_is_refused(tmp_path, text, message):
    path = tmp_path / "iv.csv"
    path.write_text(text)
    with pytest.raises(DynsurError, match=message):
        read_measured(path, VOLTAGE, CURRENT)


def test_a_missing_file_is_one_clear_line(tmp_path):
    with pytest.raises(DynsurError, match="cannot read the table"):
        read_measured(tmp_path / "absent.csv", VOLTAGE, CURRENT)


def test_the_nearest_curve_is_the_one_measured():
    phase = np.linspace(0.0, 2 * np.pi, 101)
    drive = np.array([5.0, 5.0, 10.0])[:, None] * np.sin(phase)
    curves = np.array([1e-3, 1e-9, 1e-9])[:, None] * drive
    for index in range(3):
        points = np.column_stack([drive[index], curves[index]])[::5]
        found, distance = nearest_curve(points, drive, curves, 1e-15)
        assert found == index
        assert distance < 0.1


def test_what_is_below_the_floor_lies_on_it():
    drive = np.linspace(-1.0, 1.0, 21)[None]
    points = np.column_stack([drive[0], np.full(21, 1e-30)])
    assert nearest_curve(points, drive, np.zeros((1, 21)), 1e-15) == (0, pytest.approx(0.0))


LOOP = [0, 0.5, 1, 0.5, 0, -0.5, -1, -0.5, 0]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("V1,I1,absI\n" + "".join(f"{v:g},{v * 1e-3:g},{abs(v) * 1e-3:g}\n" for v in LOOP), 1.0),
        ("voltage;current\n" + "".join(f"{v:g};{v * 1e-3:g}\n" for v in LOOP), 1.0),
        ("U (V),I (mA)\n" + "".join(f"{v:g},{v * 1e-3:g}\n" for v in LOOP), 1e-3),
        ("V,I\n" + "".join(f"{v:g},{v * 1e-3:g}\n" for v in LOOP) + "1.2,9.91E+37\n", 1.0),
        ("t,V,I\n" + "".join(f"{i},{v:g},{v * 1e-3:g}\n" for i, v in enumerate(LOOP)), 1.0),
    ],
)
def test_loops_of_instruments(tmp_path, text, unit):
    path = tmp_path / "iv.csv"
    path.write_text(text)
    points = read_measured(path, VOLTAGE, CURRENT)
    np.testing.assert_allclose(points[:, 0], LOOP)
    np.testing.assert_allclose(points[:, 1], np.array(LOOP) * 1e-3 * unit, rtol=1e-14)


def test_sweeps_are_taken_together_or_chosen(tmp_path):
    path = tmp_path / "iv.csv"
    path.write_text("V,I\n0,0\n1,1\nV,I\n0,0\n2,4\n")
    points, told = measured_curve(path, VOLTAGE, CURRENT)
    assert points.tolist() == [[0, 0], [1, 1], [0, 0], [2, 4]]
    assert told.endswith("2 sweeps together")
    assert read_measured(path, VOLTAGE, CURRENT, "sweep=2").tolist() == [[0, 0], [2, 4]]
    with pytest.raises(DynsurError, match=r"sweep=3: .* holds 2 sweeps"):
        read_measured(path, VOLTAGE, CURRENT, "sweep=3")
    with pytest.raises(DynsurError, match="--columns names 'step'"):
        read_measured(path, VOLTAGE, CURRENT, "step=1")


def test_a_compliance_limit_is_told(tmp_path):
    path = tmp_path / "iv.csv"
    path.write_text("V,I\n" + "".join(f"{v / 10},{min(v, 8) * 1e-4}\n" for v in range(20)))
    assert "12 points stay at 0.0008 A" in measured_curve(path, VOLTAGE, CURRENT)[1]
