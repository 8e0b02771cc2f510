"""Clocks become times from 0 that increase, and the signal stays what it was."""

from pathlib import Path

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.tables import Table
from dynsur.core.tables.clock import clocked, restarts, sweep_of


def table(rows, starts=()):
    return Table(Path("drive.csv"), {}, {}, np.arange(rows) + 2, "line", starts)


def clock(t, u):
    t, u = np.array(t, float), np.array(u, float)
    instants, rows, notes = clocked(table(t.size), t, u, np.arange(t.size) + 2)
    return instants, u[rows], notes


def test_pairs_of_one_instant_are_jumps():
    t, u, notes = clock([0, 1, 1, 2, 2, 8], [0, 0, 1.5, 1.5, 0, 0])
    assert (np.diff(t) > 0).all()
    assert np.interp([0.5, 1.0, 1.00001, 1.9, 2.0, 2.00001, 5], t, u).tolist() == [
        0, 0, 1.5, 1.5, 1.5, 0, 0
    ]  # fmt: skip
    assert "2 jumps" in notes[0]


def test_a_jump_at_either_end_stays():
    t, u, _ = clock([0, 0, 1, 1], [0, 1, 1, 0])
    assert (u[0], u[-1]) == (0, 0)
    assert np.interp(0.5, t, u) == 1


@pytest.mark.parametrize("start", [0.0, 1.7e9])
def test_jumps_are_wide_enough_to_be_told_apart(start):
    t, _, _ = clock(start + np.array([0, 1e-3, 1e-3, 2e-3, 1e5]), [0, 0, 1, 1, 1])
    assert (np.diff(t) > 0).all()


def test_rows_of_a_coarse_clock_are_spread_evenly():
    fine = np.linspace(0, 8, 41)
    t, u, notes = clock(np.floor(fine / 0.5) * 0.5, np.sin(fine))
    assert (np.diff(t) > 0).all()
    assert np.abs(t - fine).max() < 0.5
    np.testing.assert_array_equal(u, np.sin(fine))
    assert "coarser than the rows, up to 3" in notes[0]


def test_a_ramp_on_a_coarse_clock_is_no_staircase():
    t, _, notes = clock(np.repeat(np.arange(10.0), 2), np.arange(20.0))
    np.testing.assert_allclose(np.diff(t), 0.5)
    assert "coarser" in notes[0]


def test_repeated_rows_are_left_out():
    t, u, notes = clock([0, 1, 1, 2, 3, 4, 5], [0, 1, 1, 2, 3, 4, 5])
    assert (t.tolist(), u.tolist()) == ([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5])
    assert notes == ["1 repeated rows left out"]


def test_the_clock_starts_at_zero():
    t, _, notes = clock([-1.3, -0.3, 0.7], [0, 1, 2])
    np.testing.assert_allclose(t, [0, 1, 2])
    assert notes == ["the clock starts at -1.3 s, taken as 0"]


@pytest.mark.parametrize("t", [[0, 2, 1], [3, 2, 1]])
def test_a_clock_that_goes_back_is_refused(t):
    with pytest.raises(DynsurError, match=r"line \d of 'drive.csv' goes from"):
        clock(t, [0, 1, 2])


def test_sweeps_begin_where_the_clock_starts_again():
    t = np.array([0, 1, 2, 0.01, 1, 2, 0, 1, 2])
    assert restarts(t).tolist() == [3, 6]
    assert sweep_of(table(9), t, 2) == slice(3, 6)
    with pytest.raises(DynsurError, match=r"3 sweeps, the next one from line 5, 8 on"):
        sweep_of(table(9), t, None)
    with pytest.raises(DynsurError, match="sweep=4"):
        sweep_of(table(9), t, 4)


def test_a_header_printed_again_on_the_next_page_is_no_sweep():
    t = np.arange(6.0)
    assert sweep_of(table(6, (3,)), t, None) == slice(0, 6)
    with pytest.raises(DynsurError, match="2 sweeps"):
        sweep_of(table(6, (3,)), t, None, has_clock=False)
