"""Equations 1 to 4 of the paper against numbers worked out by hand."""

import pytest
import torch
from dynsur.core import DynsurError
from dynsur.plugins.reram import CompositeLoss
from dynsur.plugins.reram.networks.composite_loss import (
    gradient_error,
    mse,
    peak_mse,
    peaks,
)

# One curve of one output; its steps are 0, 4, 0 and the prediction's 1, -2, 3.
TARGET = torch.tensor([0.0, 0.0, 4.0, 4.0]).reshape(1, 4, 1)
PREDICTION = torch.tensor([0.0, 1.0, -1.0, 2.0]).reshape(1, 4, 1)


def test_equation_1():
    assert mse(PREDICTION, TARGET).item() == pytest.approx((0 + 1 + 25 + 4) / 4)


def test_equation_2_compares_the_moduli_of_the_steps():
    assert gradient_error(PREDICTION, TARGET).item() == pytest.approx((1 + 4 + 9) / 3)
    assert gradient_error(-TARGET, TARGET).item() == 0.0


def test_peaks_are_where_the_slope_exceeds_a_multiple_of_its_maximum():
    # Central differences, one-sided at the ends: 0, 2, 2, 0.
    assert peaks(TARGET, 0.5).flatten().tolist() == [0, 1, 1, 0]


def test_peaks_are_found_in_each_curve_by_itself():
    both = torch.cat([TARGET, 1e-6 * TARGET])
    assert torch.equal(peaks(both, 0.5)[0], peaks(both, 0.5)[1])


def test_a_flat_curve_has_no_peak():
    assert peaks(torch.ones(1, 4, 1), 0.0).sum() == 0


def test_equation_3():
    assert peak_mse(PREDICTION, TARGET, 3.0, 0.5).item() == pytest.approx(3 * (1 + 25) / 4)


def test_equation_4():
    loss = CompositeLoss(alpha=0.25, peak_weight=3.0, peak_threshold=0.5)
    expected = 0.25 * 7.5 + 0.75 * 14 / 3 + 19.5
    assert loss(PREDICTION, TARGET).item() == pytest.approx(expected)


def test_impossible_weights_are_refused():
    with pytest.raises(DynsurError, match=r"loss\.alpha must lie in \[0, 1\]"):
        CompositeLoss(alpha=1.5)
