"""The current: continuity along the channel, symmetry, and what it does not depend on."""

import numpy as np
import pytest
from dynsur.plugins.reram import TABLE_1, ReRAM
from verification import continuity
from verification.devices import S2


def test_conduction_and_displacement_add_up_to_one_current_on_every_edge():
    _, conduction, displacement, current = continuity.edge_currents()
    np.testing.assert_allclose(conduction + displacement, current, rtol=1e-5)
    # Neither part alone is constant.
    assert np.ptp(conduction) > 0.1 * abs(current)
    assert np.ptp(displacement) > 0.1 * abs(current)


@pytest.mark.parametrize("index", range(4))
def test_random_devices_conserve_charge_and_vacancies(index):
    columns = TABLE_1.sample(seed=11, start=index, count=1)
    data = ReRAM().simulate({name: float(column[0]) for name, column in columns.items()})
    assert data["reason"].item() == ""
    assert data.attrs["edge_error"] < 1e-4
    assert data.attrs["vacancy_drift"] < 1e-10


def test_exchanged_contacts_and_reversed_voltage_mirror_the_current_to_rounding():
    settings = {"step_tolerance": 1e-4}
    swapped = {**S2, "phi_L": S2["phi_R"], "phi_R": S2["phi_L"], "U_max": -S2["U_max"]}
    original = ReRAM(**settings).simulate(S2)["current"].values
    mirrored = ReRAM(**settings).simulate(swapped)["current"].values
    assert np.abs(mirrored + original).max() < 1e-7 * np.abs(original).max()


def test_charge_and_time_scales_are_the_only_ones():
    # (μ_n, μ_p, μ_x, v) and t scale together up to emission and displacement, which are negligible.
    fast = {**S2, "mu_x": 10.0 * S2["mu_x"], "t_p": 0.1 * S2["t_p"]}
    slow, quick = (ReRAM().simulate(p)["current"].values for p in (S2, fast))
    assert np.abs(slow - quick).max() < 1e-5 * np.abs(slow).max()
