"""Metrics against numbers worked out by hand."""

import numpy as np
import pytest
from dynsur.core.evaluation import metrics

SIMULATED = np.array([[0.0, 2.0, 4.0, 2.0]])
PREDICTED = SIMULATED + np.array([[1.0, -1.0, 1.0, -1.0]])


def test_nrmse_is_relative_to_the_curves_own_range():
    assert metrics.nrmse(PREDICTED, SIMULATED) == pytest.approx([1 / 4])


def test_predicting_the_mean_gives_a_vrmse_of_one():
    assert metrics.vrmse(np.full((1, 4), 2.0), SIMULATED) == pytest.approx([1.0])


def test_a_constant_curve_cannot_be_judged_relative_to_itself():
    flat = np.ones((1, 4))
    assert np.isnan(metrics.nrmse(flat + 1, flat)).all()
    assert np.isnan(metrics.vrmse(flat + 1, flat)).all()


def test_log_error_is_the_median_over_the_points_above_the_floor():
    simulated = np.array([[1e-16, 1e-12, -1e-10, 1e-8]])
    predicted = np.array([[1.0, 1e-11, 1e-10, 1e-5]])
    assert metrics.log_error(predicted, simulated, 1e-15) == pytest.approx([1.0])


def test_log_error_counts_a_vanishing_prediction_as_the_floor():
    assert metrics.log_error(np.zeros((1, 3)), np.full((1, 3), 1e-12), 1e-15) == pytest.approx([3])
    assert np.isnan(metrics.log_error(np.ones((1, 3)), np.zeros((1, 3)), 1e-15)).all()


def test_both_lobes_of_a_pinched_loop_count_though_their_sum_vanishes():
    drive = np.array([[0.0, 1.0, 0.0, -1.0, 0.0]])
    loop = np.array([[0.0, 0.0, 2.0, 0.0, 0.0]])
    areas = metrics.loop_areas(drive, loop)
    assert areas == pytest.approx(np.array([[-1.0, 0.0]]) + np.array([[0.0, -1.0]]))
    assert metrics.loop_area_error(1.5 * loop, loop, drive) == pytest.approx([0.5])
    mirrored = np.array([[0.0, 2.0, 0.0, 2.0, 0.0]])
    assert metrics.loop_areas(drive, mirrored).sum() == pytest.approx(0.0)


def test_peak_error_ignores_the_sign():
    assert metrics.peak_error(-1.5 * SIMULATED, SIMULATED) == pytest.approx([0.5])
