"""Emission and lowering at the contacts, and the bar they limit."""

import numpy as np
import pytest
from scipy.constants import elementary_charge
from verification import bar, emission, lowering
from verification.devices import ramp, values_of


@pytest.mark.parametrize(("barrier", "temperature"), [(0.15, 300.0), (0.3, 300.0), (0.3, 400.0)])
def test_thermionic_emission_limits_a_channel_that_conducts_well(barrier, temperature):
    U, J, exact = emission.sweep(barrier, temperature)
    np.testing.assert_allclose(J[1:], exact[1:], rtol=1e-4)
    assert U[-1] > 10 * 0.026
    # Saturation: the last tenth of the sweep adds nothing.
    assert J[-1] == pytest.approx(J[-6], rel=1e-4)


def test_a_low_barrier_saturates_at_the_fermi_dirac_density():
    _, J, exact = emission.sweep(0.05, statistics="fermi")
    _, _, boltzmann = emission.sweep(0.05, statistics="boltzmann")
    assert J[-1] == pytest.approx(exact[-1], rel=1e-4)
    assert boltzmann[-1] > 1.03 * exact[-1]


@pytest.mark.parametrize("doping", [1e23, 1e25])
@pytest.mark.parametrize("mobility", [1e-6, 1e-2, 1e2])
def test_a_flat_band_bar_is_channel_and_contacts_in_series(mobility, doping):
    simulated, exact = bar.conductance(mobility, doping)
    assert simulated == pytest.approx(exact, rel=1e-5)


@pytest.mark.parametrize("statistics", ["fermi", "boltzmann"])
@pytest.mark.parametrize("voltage", [1e-4, 1.0])
def test_an_ohmic_bar_obeys_ohms_law_of_its_donors(voltage, statistics):
    settings = {"seconds": 1e3, "points": 3, "contacts": "ohmic", "statistics": statistics}
    data = ramp({**bar.BAR, "mu_n": 1e-2}, voltage, **settings)
    values = values_of(bar.BAR)
    conductivity = elementary_charge * values["C"] * 1e-2
    field = voltage / (values["L"] * 1e-6)
    expected = conductivity * field * values["W"] * values["D"] * 1e-12
    assert data["current"].values[-1] == pytest.approx(expected, rel=1e-8)


def test_the_lowering_is_the_fixed_point_with_the_second_poisson_problem():
    _, simulated, explicit = lowering.along_a_cycle(snapshots=41)
    # Where E < 0 the simulator's √E, rounded below 1e3 V/m, leaves some µV.
    np.testing.assert_allclose(simulated, explicit, rtol=1e-6, atol=2e-5)
    assert explicit.max() > 0.1
    assert (explicit == 0.0).any(axis=0).all()
