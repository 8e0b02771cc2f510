"""The rates that torch's schedulers give are those that trainings always had."""

import math
import warnings

import numpy as np
import pytest
from dynsur.core.registry.configuration import Training
from dynsur.core.training.schedule import learning_rates


def by_formula(training, epoch):
    """Return the rate of an epoch, counted from 1, as it was before torch's schedulers."""
    if epoch <= 3:
        return training.learning_rate * epoch / 3
    done = (epoch - 3) / max(1, training.epochs - 3)
    return training.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))


@pytest.mark.parametrize("epochs", [1, 2, 3, 4, 5, 6, 40, 160, 300, 2000])
@pytest.mark.parametrize("largest", [3e-3, 1e-2, 1e-4, 0.7])
def test_the_rates_are_those_of_the_formula(epochs, largest):
    training = Training(epochs=epochs, learning_rate=largest)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rates = learning_rates(training)
    expected = [by_formula(training, epoch) for epoch in range(1, epochs + 1)]
    np.testing.assert_allclose(rates, expected, rtol=1e-11)
    # torch's optimisers round to float32, so the weights are the same too.
    np.testing.assert_array_equal(np.float32(rates), np.float32(expected))


def test_the_rate_rises_then_falls_to_a_hundredth():
    rates = learning_rates(Training(epochs=6, learning_rate=1e-2))
    assert max(rates) == rates[2] == 1e-2
    assert rates[-1] == pytest.approx(1e-4)
