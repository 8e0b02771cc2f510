"""Truths about simulated devices."""

import numpy as np
import pytest
from dynsur.core import DynsurError, Status, Waveform
from dynsur.core.registry.configuration import configure
from dynsur.core.registry.host import host
from dynsur.plugins.reram import TABLE_1, ReRAM
from verification.devices import S1, S2


@pytest.mark.parametrize(("parameters", "peak"), [(S1, 30.2e-6), (S2, 140e-6)])
def test_literature_sets_second_cycle_peak(parameters, peak):
    data = ReRAM(cycles=2, points=1001).simulate(parameters)
    second = np.abs(data["current"].values[501:])
    assert second.max() == pytest.approx(peak, rel=0.03)


@pytest.fixture(scope="module")
def device():
    return ReRAM().simulate(S2)


def test_the_same_current_flows_over_every_edge(device):
    assert device.attrs["edge_error"] < 1e-6


def test_vacancies_are_conserved(device):
    assert device.attrs["vacancy_drift"] < 1e-10


def test_equilibrium_carries_no_current(device):
    assert device["current"].values[0] == 0.0
    rest = ReRAM(waveform=Waveform((0.0, 1.0), (0.0, 0.0))).simulate(S2)
    assert np.abs(rest["current"].values).max() < 1e-12 * np.abs(device["current"].values).max()


def test_positive_voltage_drives_positive_current(device):
    assert device["current"].values[125] > 0
    assert device["current"].values[375] < 0


def test_exchanging_the_contacts_and_the_sign_reverses_the_current(device):
    swapped = {**S2, "phi_L": S2["phi_R"], "phi_R": S2["phi_L"], "U_max": -S2["U_max"]}
    mirrored = ReRAM().simulate(swapped)["current"].values
    original = device["current"].values
    assert np.abs(mirrored + original).max() < 1e-3 * np.abs(original).max()


def test_the_current_does_not_depend_on_the_electron_affinity(device):
    other = ReRAM().simulate({**S2, "chi_e": 1.0})
    np.testing.assert_array_equal(other["current"], device["current"])


def test_immobile_vacancies_show_no_hysteresis():
    data = ReRAM().simulate({**S2, "mu_x": 1e-25})
    current = data["current"].values
    up, down = current[1:125], current[249:125:-1]
    assert np.abs(up - down).max() < 1e-3 * np.abs(current).max()


def test_a_flat_band_bar_obeys_ohms_law():
    # φ puts the contacts at the bulk density n ≈ C, so J = q n μ_n U / L.
    values = TABLE_1.values({**S1, "E_a": 3.0, "mu_x": 1e-25, "mu_n": 1e-6})
    U_T = 1.380649e-23 * values["T"] / 1.602176634e-19
    N_c = 2.5094e25 * values["m_n"] ** 1.5 * (values["T"] / 300.0) ** 1.5
    barrier = U_T * np.log(N_c / values["C"])
    bar = {**values, "phi_L": barrier, "phi_R": barrier, "U_max": 0.05}
    data = ReRAM().simulate(bar)
    density = 1.602176634e-19 * values["C"] * values["mu_n"] * 0.05 / 1e-6
    expected = density * values["W"] * values["D"] * 1e-12
    assert data["current"].values[125] == pytest.approx(expected, rel=0.02)


def test_the_mesh_error_falls_with_the_tolerance():
    peaks = [
        np.abs(ReRAM(tolerance=e, step_tolerance=1e-4).simulate(S1)["current"]).max().item()
        for e in (0.16, 0.04, 0.0025)
    ]
    coarse, fine = abs(peaks[0] - peaks[2]), abs(peaks[1] - peaks[2])
    assert coarse / fine > 2.5


def test_fields_hold_the_equilibrium_first_and_conserve_vacancies():
    data = ReRAM(fields=3).simulate(S2)
    x, density = data["x"].values, data["vacancy_density"].values
    cell = np.zeros_like(x)
    cell[:-1] += 0.5 * np.diff(x)
    cell[1:] += 0.5 * np.diff(x)
    content = density @ cell
    np.testing.assert_allclose(content, content[0], rtol=1e-9)
    assert np.abs(density[1] - density[0]).max() > 0.1 * density[0].max()


def test_fields_are_kept_at_the_times_asked_for():
    data = ReRAM(field_times=(0.5, 2.0, 7.9)).simulate(S2)
    np.testing.assert_array_equal(data["snapshot_time"], [0.5, 2.0, 7.9])
    # ψ of the right contact is −φ_R + Δ_R + U, and U = 10 V at 2 s.
    assert data["potential"].values[1, -1] == pytest.approx(10.0, abs=0.3)
    with pytest.raises(DynsurError, match=r"field_times must lie in \[0, 8\] s"):
        ReRAM(field_times=(9.0,)).simulate(S2)
    with pytest.raises(DynsurError, match="increase strictly"):
        ReRAM(field_times=(2.0, 1.0))


@pytest.mark.parametrize("statistics", ["fermi", "boltzmann"])
def test_ohmic_contacts_hold_the_bar_neutral(statistics):
    simulator = ReRAM(contacts="ohmic", statistics=statistics, fields=1)
    bar = TABLE_1.values({**S1, "mu_x": 1e-30, "E_a": 0.2, "U_max": 1.0})
    data = simulator.simulate(bar)
    n = data["electron_density"].values[0]
    np.testing.assert_allclose(n, n[0], rtol=1e-9)
    density = 1.602176634e-19 * n[0] * bar["mu_n"] * bar["U_max"] / 1e-6
    expected = density * bar["W"] * bar["D"] * 1e-12
    assert data["current"].values[125] == pytest.approx(expected, rel=1e-6)


def test_a_device_outside_its_domain_is_refused():
    with pytest.raises(DynsurError, match="'E_g' must lie in"):
        ReRAM().simulate({"E_g": -1.0})


def test_a_failure_is_recorded_with_time_voltage_and_mechanism(monkeypatch):
    from dynsur.plugins.reram import solve as solution

    monkeypatch.setattr(solution, "integrate", lambda *_: 1.0)
    data = ReRAM().simulate(S2)
    assert data["status"].item() == Status.FAILED
    assert "t = 1 s, U = 5 V: Newton did not converge" in data["reason"].item()
    assert np.isnan(data["current"]).all()


def test_raw_draws_of_the_box_never_return_a_silent_nan():
    columns = TABLE_1.sample(seed=3, start=0, count=16)
    finished = 0
    for i in range(16):
        data = ReRAM().simulate({name: float(column[i]) for name, column in columns.items()})
        ok = data["status"].item() == Status.OK
        finished += ok
        assert np.isfinite(data["current"]).all() if ok else data["reason"].item()
    assert finished == 16


def test_vacancies_expelled_from_a_contact_do_not_stop_the_solver():
    # BDF2 asked for negative vacancies here, which attracted each other without bound.
    columns = TABLE_1.sample(seed=0, start=318, count=1)
    expelled = {name: float(column[0]) for name, column in columns.items()}
    data = ReRAM(field_times=(0.9,)).simulate(expelled)
    assert data["reason"].item() == ""
    density = data["vacancy_density"].values
    assert density.min() >= 0.0


@pytest.mark.parametrize("literature", [S1, S2])
def test_the_box_of_reram_tmdc_holds_the_literature_sets(literature):
    space = configure(host(), "reram-tmdc").simulator.space
    for name, value in literature.items():
        if name != "lowering":
            assert space[name].low <= value <= space[name].high, name
