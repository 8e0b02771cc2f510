"""Vacancies: their steady state, hysteresis and its two limits."""

import numpy as np
import pytest
from verification import hysteresis, redistribution
from verification.devices import densities


@pytest.fixture(scope="module")
def held():
    return redistribution.simulated()


def test_at_rest_the_vacancies_quasi_fermi_potential_is_flat(held):
    assert np.ptp(redistribution.flatness(held)) < 1e-9
    assert np.ptp(redistribution.flatness(held, 1)) > 5e-4
    moved = np.abs(densities(held, -1)[2] / densities(held, 0)[2] - 1.0)
    assert moved.max() > 0.5


def test_the_steady_state_is_that_of_an_independent_boundary_value_solver(held):
    vacancies, current = redistribution.steady(held)
    np.testing.assert_allclose(densities(held, -1)[2], vacancies, rtol=1e-2)
    assert held["current"].values[-1] == pytest.approx(current, rel=1e-3)


def test_the_steady_current_saturates_where_both_carriers_diffuse(held):
    # tanh(U/4U_T) of the neutral mixed conductor; its contacts are not part of this.
    U_T = 0.025852
    expected = redistribution.saturation(held) * np.tanh(redistribution.BIAS / (4.0 * U_T))
    assert held["current"].values[-1] == pytest.approx(expected, rel=0.15)


def test_hysteresis_vanishes_for_immobile_and_for_quasi_static_vacancies():
    transit = hysteresis.TRANSIT
    assert hysteresis.opening(10.0 * transit) > 0.3
    assert hysteresis.opening(10.0 * transit, mobility=1e-25) < 1e-5
    assert hysteresis.opening(1e-4 * transit) < 1e-5
    slow, slower = hysteresis.opening(1e3 * transit), hysteresis.opening(1e4 * transit)
    # The lag of a quasi-static sweep is proportional to its rate.
    assert slow / slower == pytest.approx(10.0, rel=0.2)
    assert slower < 5e-3
