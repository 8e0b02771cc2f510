"""The columns that figures draw, and the CSV of them."""

import csv
import io

import numpy as np
import pytest
import toy_page
from dynsur.core.exploring.curves import curve, curves_csv
from dynsur.core.response import Response


def response(y, low=None, high=None, reasons=("",)):
    y = np.array([y])
    bands = {} if low is None else {"low": {"y": np.array([low])}, "high": {"y": np.array([high])}}
    time = np.arange(y.size, dtype=float)[None]
    return Response(time, {"u": time}, {"y": y}, reasons, [""], **bands)


def test_the_modulus_of_a_band_holds_the_modulus_of_all_that_it_holds():
    low, high = np.array([-3.0, -1.0, 2.0, -5.0]), np.array([-1.0, 2.0, 3.0, 0.0])
    columns = curve(response([-2.0, 1.0, 2.5, -1.0], low, high), 0, "y")
    for share in np.linspace(0.0, 1.0, 11):
        inside = abs(low + share * (high - low))
        assert (columns["size_low"] <= np.maximum(inside, columns["size_low"].min())).all()
        assert (inside <= columns["size_high"]).all()
    np.testing.assert_allclose(columns["size_low"], [1.0, 2.5e-12, 2.0, 2.5e-12])


def test_zeros_are_left_out_of_a_logarithmic_axis():
    np.testing.assert_array_equal(
        curve(response([0.0, -2.0, 1e-15]), 0, "y")["size"], [np.nan, 2.0, np.nan]
    )


def test_a_system_that_failed_draws_nothing():
    columns = curve(response([np.nan, np.nan], reasons=("it failed",)), 0, "y")
    assert all(len(values) == 0 for values in columns.values())


def test_the_csv_holds_every_curve_to_the_last_digit():
    simulator = toy_page.Layered()
    predicted = response([0.1, 1 / 3], [0.0, 0.2], [0.2, 1.0])
    solved, failed = response([0.3, 0.7]), response([np.nan, np.nan], reasons=("no",))
    text = curves_csv(simulator, [("p", predicted, 0), ("s", solved, 0), ("f", failed, 0)])
    head, *rows = csv.reader(io.StringIO(text))
    assert head == ["curve", "time (s)", "u (V)", "y (A)", "y_low (A)", "y_high (A)"]
    assert [row[0] for row in rows] == ["p", "p", "s", "s"]
    assert float(rows[1][3]) == pytest.approx(1 / 3, abs=0)
    assert rows[2][4:] == ["", ""]
