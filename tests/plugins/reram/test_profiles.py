"""The state over x: no density below zero, and as many vacancies as before."""

import numpy as np
import pytest
from dynsur.plugins.reram import TABLE_1, ReRAM, ReRAMState
from dynsur.plugins.reram.internal_state import FEWEST, VACANCIES
from dynsur.plugins.reram.profiles import filled
from dynsur.plugins.reram.solve import solve

DENSITIES = ("electron_density", "hole_density", "vacancy_density")
README = {"E_g": 1.3, "mu_x": 5e-14}


def cells(x):
    """Return the control volumes of a mesh."""
    h = np.diff(x)
    return 0.5 * (np.append(h, 0.0) + np.insert(h, 0, 0.0))


def content(data):
    return data["vacancy_density"].values @ cells(data["x"].values)


@pytest.mark.parametrize("tolerance", [0.1, 0.01, 0.003])
def test_densities_are_non_negative_and_the_content_stays(tolerance):
    data = ReRAM(fields=9, tolerance=tolerance).simulate(README)
    assert all(data[name].values.min() >= 0.0 for name in DENSITIES)
    np.testing.assert_allclose(content(data), content(data)[0], rtol=1e-12)


def test_they_are_so_over_draws_of_the_box():
    columns = TABLE_1.sample(seed=5, start=0, count=12)
    simulator = ReRAM(fields=17, tolerance=0.05)
    lowest = 0.0
    for i in range(12):
        values = TABLE_1.values({name: float(column[i]) for name, column in columns.items()})
        data = simulator.simulate(values)
        assert data["reason"].item() == ""
        assert all(data[name].values.min() >= 0.0 for name in DENSITIES)
        np.testing.assert_allclose(content(data), content(data)[0], rtol=1e-9)
        waveform = simulator.drive(values)
        kept = solve(simulator.options, values, waveform, simulator.snapshots(waveform))
        lowest = min(lowest, kept.record.fields[:, 3].min())
    assert lowest < 0.0  # the solver's own unknown, so that there was something to fill


def test_what_is_filled_in_is_small_beside_the_mean_density():
    simulator, values = ReRAM(fields=9), TABLE_1.values(README)
    waveform = simulator.drive(values)
    solution = solve(simulator.options, values, waveform, simulator.snapshots(waveform))
    before = solution.record.fields[:, 3]  # v, and c itself below ½
    after = np.array([filled(c, solution.device.cell) for c in before])
    assert before.min() < 0.0 <= after.min()
    mean = before[0] @ solution.device.cell / solution.device.x[-1]
    assert np.abs(after - before).max() < 1e-3 * mean


def test_a_deficit_is_taken_from_the_nearest_nodes():
    cell = np.array([0.5, 1.0, 1.0, 2.0, 1.0, 1.0, 0.5])
    density = np.array([9.0, 5.0, -1.0, -0.5, 0.0, 4.0, 3.0])
    # −1 at a distance of 1 and −1 at a distance of 2 from the left, 3 and 2 from the right.
    expected = np.array([9.0, 5.0 - 0.75 - 0.5, 0.0, 0.0, 0.0, 4.0 - 0.25 - 0.5, 3.0])
    np.testing.assert_allclose(filled(density, cell), expected, rtol=1e-15)
    np.testing.assert_allclose(filled(density[::-1], cell[::-1]), expected[::-1], rtol=1e-15)


def test_a_deficit_spreads_until_it_is_filled_and_a_contact_lets_none_out():
    cell = np.ones(5)
    np.testing.assert_allclose(filled(np.array([-3.0, 1.0, 1.0, 5.0, 2.0]), cell), [0, 0, 0, 4, 2])
    np.testing.assert_allclose(filled(np.array([2.0, 5.0, 1.0, 1.0, -3.0]), cell), [2, 4, 0, 0, 0])


def test_filling_conserves_the_content_of_any_profile():
    rng = np.random.default_rng(0)
    for _ in range(200):
        cell = rng.uniform(0.1, 10.0, 60)
        density = rng.normal(0.3, 1.0, 60) * 10.0 ** rng.uniform(-6, 0, 60)
        if density @ cell <= 0.0:
            continue
        found = filled(density, cell)
        assert found.min() >= 0.0
        assert found @ cell == pytest.approx(density @ cell, abs=1e-14 * np.abs(density) @ cell)
        np.testing.assert_allclose(filled(density[::-1], cell[::-1])[::-1], found, atol=1e-12)
        positive = np.abs(density)
        assert filled(positive, cell).tobytes() == positive.tobytes()


def test_the_internal_state_counts_no_vacancies_below_its_least():
    data = ReRAMState(points=31).simulate(README)
    least = min(data[v.name].values.min() for v in VACANCIES)
    assert least == pytest.approx(np.log10(FEWEST))
