"""Limits and symmetries of what is said of a device in closed form."""

import numpy as np
import pytest
from dynsur.plugins.reram import TABLE_1, ReRAM
from dynsur.plugins.reram.closed_form.current import estimate
from dynsur.plugins.reram.closed_form.equilibrium import equilibrium
from dynsur.plugins.reram.closed_form.features import features
from dynsur.plugins.reram.closed_form.fermi import (
    fermi,
    fermi_integral,
    fermi_integrals,
)
from dynsur.plugins.reram.constants import eps_0, k_B, q

PHASE = np.linspace(0.0, 1.0, 101)
TRIANGLE = np.interp(PHASE, [0.0, 0.25, 0.75, 1.0], [0.0, 1.0, -1.0, 0.0])


def device(**values):
    return {name: np.array([value]) for name, value in TABLE_1.values(values).items()}


def sweep(values):
    """Return voltage and time of a device's triangle, each of shape [1, 101]."""
    return values["U_max"][:, None] * TRIANGLE, np.abs(values["t_p"])[:, None] * PHASE


def current(values):
    return estimate(values, *sweep(values))["current"][0]


def test_fermi_integral_is_exponential_far_below_the_band_edge():
    for eta in (-10.0, -20.0):
        assert fermi(eta) == pytest.approx(np.exp(eta), rel=1e-3)
    assert fermi_integral(-10.0, fermi_integrals()) == pytest.approx(np.exp(-10.0), rel=1e-3)


def test_the_neutral_bulk_holds_the_background_donors():
    state = equilibrium(device(E_a=3.0, E_g=3.0))
    assert state.n[0] == pytest.approx(1e21, rel=1e-6)


def test_vacancies_and_electrons_obey_the_law_of_mass_action():
    values = device(E_a=1.0, E_g=3.0, C=0.0)
    state = equilibrium(values)
    U_T = k_B * 300.0 / q
    N_c = 2.5094e25 * values["m_n"][0] ** 1.5
    expected = np.sqrt(N_c * 1e28) * np.exp(-1.0 / (2.0 * U_T))
    assert state.n[0] == pytest.approx(expected, rel=1e-2)
    assert state.n_a[0] == pytest.approx(expected, rel=1e-2)


def test_lowering_is_the_fixed_point_of_the_image_charge():
    values = device(phi_L=1.0, phi_R=1.0, E_a=0.5)
    state = equilibrium(values)
    lowered = state.left.y[0] * state.U_T[0] + 1.0
    image = q / (4.0 * np.pi * values["eps_i"][0] * eps_0)
    assert lowered == pytest.approx(np.sqrt(image * state.left.field[0]), rel=1e-5)


def test_a_mirrored_device_carries_the_opposite_current():
    values = device(phi_L=0.3, phi_R=0.9, E_a=0.6)
    mirrored = {**values, "phi_L": values["phi_R"], "phi_R": values["phi_L"]}
    mirrored["U_max"] = -values["U_max"]
    np.testing.assert_allclose(current(mirrored), -current(values), rtol=1e-12)
    for name, column in features(mirrored).items():
        np.testing.assert_array_equal(column, features(values)[name], err_msg=name)


def test_low_barriers_leave_the_current_to_the_channel():
    values = device(phi_L=0.001, phi_R=0.001, E_a=0.3, mu_n=1e-6, mu_p=1e-6)
    rows = estimate(values, *sweep(values))
    peak = np.argmax(TRIANGLE)
    assert rows["current_n"][0, peak] == pytest.approx(rows["channel_n"][0, peak], rel=1e-2)


def test_high_barriers_and_mobilities_leave_it_to_emission():
    values = device(phi_L=0.8, phi_R=0.8, E_g=3.5, E_a=3.0, mu_n=100.0, lowering=0.0)
    U_T = k_B * 300.0 / q
    richardson = 4 * np.pi * q * 0.55 * 9.1093837e-31 * k_B**2 / 6.62607015e-34**3
    saturation = richardson * 300.0**2 * np.exp(-0.8 / U_T) * 10e-6 * 0.015e-6
    assert current(values)[25] == pytest.approx(saturation, rel=0.05)


def test_estimates_are_of_the_simulated_order_of_magnitude():
    columns = TABLE_1.sample(seed=5, start=0, count=8)
    decades = []
    for i in range(8):
        values = {name: column[i : i + 1] for name, column in columns.items()}
        simulated = ReRAM(points=101).simulate({n: float(c[0]) for n, c in values.items()})
        peak = np.abs(simulated["current"].values).max()
        decades.append(abs(np.log10(np.abs(current(values)).max() / peak)))
    assert np.median(decades) < 0.5
