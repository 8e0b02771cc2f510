"""Textbook limits of what holds carriers back, and simulations of what textbooks leave out."""

import numpy as np
import pytest
from dynsur.plugins.reram import TABLE_1, ReRAM
from dynsur.plugins.reram.closed_form.current import estimate
from dynsur.plugins.reram.closed_form.equilibrium import records, solved
from dynsur.plugins.reram.closed_form.fermi import fermi, fermi_integrals, fermi_of
from dynsur.plugins.reram.closed_form.transport import (
    fixed_charge,
    holes,
    in_series,
    least_of,
    two_zones,
)
from dynsur.plugins.reram.constants import q

TABLE = fermi_integrals()


def device(**values):
    return records({name: np.array([v]) for name, v in TABLE_1.values(values).items()})[0]


def solved_one(device):
    return solved(np.array([device]))[0][0]


def compared(points=101, **values):
    """Return the simulated and the estimated current of one device."""
    simulated = ReRAM(points=points).simulate(values)
    columns = {name: np.array([v]) for name, v in TABLE_1.values(values).items()}
    voltage, time = simulated["voltage"].values[None], simulated["time"].values[None]
    return simulated["current"].values, estimate(columns, voltage, time)["current"][0]


def test_the_tables_slope_is_the_fermi_integral():
    for eta in (-100.0, -30.0, -1.0, 0.0, 1.5, 5.0, 60.0):
        assert fermi_of(eta, TABLE) == pytest.approx(fermi(eta), rel=6e-3)


def test_currents_in_series_are_below_the_smallest():
    assert in_series(1.0, 1.0) == 0.5
    assert least_of(3.0, 4.0, 1e30) == pytest.approx(2.4)
    assert least_of(1.0, 1e9, 1e9) == pytest.approx(1.0)


def test_a_channel_without_depleted_zone_is_ohmic():
    d = device(E_a=0.3)
    bulk = solved_one(d)
    current, field = two_zones(d, bulk, 0.5, 0.0, 0.0)
    assert current == pytest.approx(
        q * bulk["area"] * d["mu_n"] * bulk["n"] * 0.5 / bulk["length"], rel=1e-3
    )
    assert field == pytest.approx(0.5 / bulk["length"], rel=1e-3)


@pytest.mark.parametrize(
    ("V", "expected"),
    [(50.0, lambda V, U_T: 9.0 / 8.0 * V**2), (1e-4, lambda V, U_T: 4.0 * np.pi**2 * U_T * V)],
)
def test_a_depleted_channel_conducts_as_space_charge_allows(V, expected):
    """Mott & Gurney at large voltages, Wetzelaer & Blom at small ones."""
    d = device(E_a=0.3, C=0.0)
    bulk = solved_one(d)
    current, _ = two_zones(d, bulk, V, bulk["length"], 0.0)
    unit = q * bulk["area"] * bulk["eps"] * d["mu_n"] / bulk["length"] ** 3
    assert current == pytest.approx(unit * expected(V, bulk["U_T"]), rel=0.05)


def test_pairs_of_carriers_are_swept_out_of_a_narrow_gap():
    """Without fixed charge the holes of the neutral bulk carry no current of their own."""
    d = device(E_g=0.3, E_a=2.5, C=0.0)
    bulk, contacts = (found[0] for found in solved(np.array([d])))
    limits = holes(d, bulk, TABLE, contacts[0], contacts[1], 1.0, 0.0, 1e-12)
    ohmic = q * bulk["area"] * d["mu_p"] * bulk["p"] * 1.0 / bulk["length"]
    assert bulk["p"] == pytest.approx(bulk["n"], rel=1e-6)
    assert limits.channel < 0.1 * ohmic


def test_holes_beyond_space_charge_flow_where_electrons_pile_up():
    """Mott and Gurney's limit is 60 times lower than what the solver finds for this device."""
    values = {
        "E_g": 0.89,
        "phi_L": 1.78,
        "phi_R": 0.46,
        "mu_n": 200.0,
        "mu_p": 0.2,
        "E_a": 2.5,
        "L": 0.8,
        "U_max": 11.0,
        "eps_r": 5.0,
    }
    simulated, estimated = compared(**values)
    peak = np.abs(simulated).argmax()
    d = device(**values)
    bulk = solved_one(d)
    mott_gurney = 9 / 8 * q * bulk["area"] * bulk["eps"] * d["mu_p"] * 11.0**2 / bulk["length"] ** 3
    assert abs(simulated[peak]) > 20.0 * mott_gurney
    assert estimated[peak] == pytest.approx(simulated[peak], rel=0.5)


def test_a_sheet_of_vacancies_keeps_holes_back():
    """The anode's barrier exceeds the vacancies' level: they screen it, whatever the voltage."""
    values = {
        "E_g": 1.4,
        "phi_L": 0.75,
        "phi_R": 1.8,
        "E_a": 0.7,
        "mu_n": 2e-5,
        "mu_p": 400.0,
        "mu_x": 1e-16,
        "L": 0.86,
    }
    simulated, estimated = compared(**values)
    bare, _ = compared(**{**values, "E_a": 2.5})
    assert np.abs(bare).max() > 1e6 * np.abs(simulated).max()
    assert np.abs(estimated).max() < 1e3 * np.abs(simulated).max()


def test_the_channel_holds_donors_and_charged_vacancies():
    d = device(E_a=0.5, z_a=2.0)
    bulk = solved_one(d)
    assert fixed_charge(d, bulk) == pytest.approx(2.0 * bulk["n_a"] + 1e21)


@pytest.mark.parametrize(
    "values", [{"C": -1e24}, {"U_max": 100.0, "mu_n": 1e4}, {"z_a": 2.0, "T": 50.0}]
)
def test_the_estimate_is_finite_at_the_edges_of_the_domain(values):
    columns = {n: np.array([v]) for n, v in TABLE_1.values(values).items()}
    time = np.linspace(0.0, 8.0, 51)[None]
    voltage = columns["U_max"] * np.sin(np.pi * time / 4.0)
    rows = estimate(columns, voltage, time)
    assert all(np.isfinite(row).all() for row in rows.values())
