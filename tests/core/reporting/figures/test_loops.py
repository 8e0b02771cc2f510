"""Curves are chosen by rank and drawn in the colours of their sweeps."""

import numpy as np
from dynsur.core.reporting.figures.loops import _falling, choose_curves


def test_curves_are_chosen_by_rank():
    errors = np.arange(101.0)[::-1].copy()
    errors[0] = np.nan
    assert choose_curves(errors) == [("good", 91), ("median", 51), ("worst", 1)]
    assert choose_curves(np.array([np.nan])) == []


def test_sweeps_are_told_by_the_drive():
    assert _falling(np.array([0.0, 1.0, 0.0, -1.0, 0.0])).tolist() == [False, True, True, False]
