"""Sampled drives are cut to straight pieces that stay close to every sample."""

import numpy as np
import pytest
from dynsur.plugins.reram.lanes.drives import STRAIGHT, cut


def test_a_triangle_is_four_pieces_however_finely_it_is_sampled():
    time = np.linspace(0.0, 8.0, 801)
    voltage = np.interp(time, [0.0, 2.0, 6.0, 8.0], [0.0, 10.0, -10.0, 0.0])
    times, volts = cut(time, voltage)
    assert times == pytest.approx([0.0, 2.0, 6.0, 8.0])
    assert volts == pytest.approx([0.0, 10.0, -10.0, 0.0])


@pytest.mark.parametrize("cycles", [1, 5])
def test_a_smooth_drive_keeps_within_what_is_allowed(cycles):
    time = np.linspace(0.0, 3.0, 2001)
    voltage = 4.0 * np.sin(2.0 * np.pi * cycles * time / 3.0)
    times, volts = cut(time, voltage)
    assert np.abs(np.interp(time, times, volts) - voltage).max() <= 2.0 * STRAIGHT * 4.0
    assert len(times) < 80 * cycles


def test_time_counts_from_the_first_instant():
    times, _ = cut(np.array([5.0, 6.0, 7.0]), np.array([0.0, 1.0, 0.0]))
    assert times == (0.0, 1.0, 2.0)
