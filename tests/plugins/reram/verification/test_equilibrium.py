"""Equilibrium and screening against the Poisson–Boltzmann equation."""

import numpy as np
import pytest
from verification import equilibrium, screening


def test_equilibrium_is_that_of_an_independent_boundary_value_solver():
    _, simulated, exact = equilibrium.compare()
    assert np.ptp(exact) > 0.1
    assert np.abs(simulated - exact).max() < 1e-4


@pytest.mark.parametrize("z_a", [1.0, 2.0])
@pytest.mark.parametrize("level", [0.15, 0.35, 0.8])
def test_a_disturbance_decays_over_the_debye_length(level, z_a):
    distance, rise, length, fitted = screening.decay(level, z_a=z_a)
    assert fitted == pytest.approx(length, rel=2e-4)
    assert rise[0] == pytest.approx(1.0, rel=1e-6)
    near = distance < 5.0
    np.testing.assert_allclose(rise[near], np.exp(-distance[near]), rtol=2e-3)
