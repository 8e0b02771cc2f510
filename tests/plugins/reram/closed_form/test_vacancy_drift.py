"""Vacancies that move: their bounds, their symmetry, and the loops they open."""

import numpy as np
import pytest
from dynsur.core.evaluation.metrics import nrmse
from dynsur.plugins.reram import TABLE_1, ReRAM
from dynsur.plugins.reram.closed_form.current import estimate
from dynsur.plugins.reram.closed_form.equilibrium import records, solved
from dynsur.plugins.reram.closed_form.vacancy_drift import (
    MOST,
    State,
    at_cathode,
    mirrored,
    moved_on,
)

# After set S2 of the literature, with barriers of 0.1 to 0.2 eV.
LITERATURE = {
    "E_g": 1.3,
    "phi_L": 0.05,
    "phi_R": 0.2,
    "mu_n": 5e-4,
    "mu_p": 5e-4,
    "mu_x": 6e-14,
    "E_a": 0.3,
}
START = State(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def device(**values):
    """Return the record of a device, its bulk and its two contacts."""
    values = TABLE_1.values({**LITERATURE, **values})
    found = records({name: np.array([v]) for name, v in values.items()})
    bulks, contacts = solved(found)
    return found[0], bulks[0], contacts[0]


def after(device, voltage, duration, steps):
    d, bulk, contacts = device
    cathode = contacts[0 if voltage >= 0.0 else 1]
    state = START
    for _ in range(steps):
        state = moved_on(d, bulk, cathode, state, voltage, duration / steps)
    return state


def test_immobile_vacancies_stay():
    assert after(device(mu_x=1e-30), 10.0, 5.0, 10).shift == pytest.approx(0.0, abs=1e-12)


def test_too_few_vacancies_to_matter_leave_the_channel_as_it_is():
    state = after(device(E_a=2.0), 10.0, 5.0, 10)
    assert (state.shift, state.drawn) == (0.0, 0.0)
    assert state.drift > 0.0


def test_vacancies_pile_up_at_the_cathode_and_leave_no_more_than_there_are():
    found = device()
    bulk = found[1]
    state = after(found, 10.0, 1e4, 2000)
    assert state.shift == MOST
    assert at_cathode(bulk, state).piled > 0.0 == at_cathode(bulk, mirrored(state, -1.0)).piled
    assert after(found, -10.0, 1e4, 2000).shift == -MOST


def test_a_mirrored_device_moves_them_the_other_way():
    swapped = device(phi_L=0.2, phi_R=0.05)
    state, other = after(device(), 8.0, 1.0, 20), after(swapped, -8.0, 1.0, 20)
    assert state.shift > 0.01
    np.testing.assert_allclose(np.array(other[:3]), -np.array(state[:3]), rtol=1e-12)


def test_a_blocking_cathode_draws_vacancies_as_the_fourth_root_of_time():
    found = device(phi_L=0.5)
    drawn = [after(found, 10.0, t, 200).drawn for t in (0.1, 1.6)]
    assert drawn[0] > 0.1
    assert drawn[1] / drawn[0] == pytest.approx(2.0, rel=0.02)


def test_the_zone_before_a_blocking_cathode_is_as_wide_as_the_solver_finds():
    values = {**LITERATURE, "phi_L": 0.29, "phi_R": 0.06, "mu_n": 1e-3, "mu_x": 2.3e-14}
    half = TABLE_1.values(values)["t_p"] / 2
    data = ReRAM(points=201, field_times=(0.98 * half,)).simulate(values)
    density, x = data["vacancy_density"].values[0], data["x"].values
    emptied = x[(density < 0.5 * np.median(density[x > 0.8 * x[-1]])) & (x < 0.8 * x[-1])].max()
    columns = {n: np.array([v]) for n, v in TABLE_1.values(values).items()}
    voltage, time = data["voltage"].values[None], data["time"].values[None]
    drawn = estimate(columns, voltage, time)["drawn"][0, time[0] < half].max()
    assert drawn == pytest.approx(emptied / x[-1], abs=0.1)


def test_what_a_contact_drew_returns_once_it_is_the_anode():
    d, bulk, contacts = device(phi_L=0.5)
    state = after((d, bulk, contacts), 10.0, 1.0, 100)
    before = at_cathode(bulk, mirrored(state, -1.0))
    for _ in range(100):
        state = moved_on(d, bulk, contacts[1], state, -10.0, 0.02)
    assert before.drawn > 0.1 * bulk["length"]
    assert 0.0 < before.residue < bulk["n_a"]
    assert state.drawn <= 0.0
    assert at_cathode(bulk, mirrored(state, -1.0)).drawn == 0.0


def test_finer_steps_change_little():
    coarse, fine, finest = (after(device(), 10.0, 2.0, n).shift for n in (50, 100, 200))
    assert abs(coarse - finest) < 0.02
    assert abs(fine - finest) < abs(coarse - finest)


def test_the_estimate_opens_the_loop_that_the_solver_finds():
    data = ReRAM(points=201).simulate(LITERATURE)
    columns = {n: np.array([v]) for n, v in TABLE_1.values(LITERATURE).items()}
    voltage, time, current = (data[n].values[None] for n in ("voltage", "time", "current"))
    moving = estimate(columns, voltage, time)["current"]
    frozen = estimate({**columns, "mu_x": np.array([1e-30])}, voltage, time)["current"]
    assert nrmse(moving, current)[0] < 0.12
    assert nrmse(frozen, current)[0] > 0.2
