"""The same cases by independent codes: DEVSIM, a plain scipy implementation, published data."""

import numpy as np
import pytest
from verification import literature, tcad, time_loop
from verification.devices import S1, S2, published_mesh, values_of
from verification.plain import Plain


@pytest.mark.parametrize("statistics", ["boltzmann", "fermi"])
def test_devsim_gives_the_same_diode(statistics):
    ours = [tcad.simulated_currents(statistics, halvings) for halvings in (0, 1)]
    theirs = [tcad.devsim_currents(statistics, cells) for cells in (50, 100)]
    finest = np.abs(ours[1] / theirs[1] - 1.0)
    assert finest.max() < 5e-4
    # Refining both brings them together at the rate of a second-order scheme.
    assert finest.max() < 0.4 * np.abs(ours[0] / theirs[0] - 1.0).max()


@pytest.mark.parametrize("name", ["S2 (lowering), Fermi", "S2, $z_a$ = 2, Boltzmann"])
def test_a_plain_time_loop_gives_the_same_current(name):
    parameters, statistics = time_loop.CASES[name]
    half = {**parameters, "U_max": 4.0, "t_p": 3.2}
    _, ours, plain = time_loop.both(half, statistics, points=101)
    assert np.abs(ours - plain).max() < 1e-3 * np.abs(ours).max()


@pytest.mark.slow
@pytest.mark.parametrize("name", time_loop.CASES)
def test_a_plain_time_loop_gives_the_same_full_cycle_at_a_tight_tolerance(name):
    _, ours, plain = time_loop.both(*time_loop.CASES[name], rtol=1e-6, step=1e-7)
    assert np.abs(ours - plain).max() < 3e-5 * np.abs(ours).max()


@pytest.mark.parametrize(
    ("name", "peaks"), [("S1", (30.3e-6, 30.3e-6)), ("S2", (140.6e-6, 139.1e-6))]
)
def test_both_cycles_of_the_literature_sets_converged(name, peaks):
    current = np.abs(literature.converged(name)[1])
    assert current[:1001].max() == pytest.approx(peaks[0], rel=3e-3)
    assert current[1000:].max() == pytest.approx(peaks[1], rel=3e-3)


@pytest.mark.parametrize(("name", "peak", "near"), [("S1", 30.8e-6, 0.012), ("S2", 141.8e-6, 0.03)])
def test_the_published_mesh_gives_the_published_second_cycle(name, peak, near):
    voltage, current = literature.cycles(name, published_mesh())
    assert np.abs(current[1000:]).max() == pytest.approx(peak, rel=3e-3)
    published = np.array(literature.PUBLISHED[name])[:, 1]
    ours = literature.at_published(name, voltage, current)
    assert np.abs(ours - published).max() < near * peak


@pytest.mark.slow
def test_the_published_field_of_the_first_cell_explains_what_is_left_of_s2():
    values, (voltage, current) = values_of(S2), literature.cycles("S2", published_mesh())
    waveform = literature.ReRAM(cycles=2).drive(values)
    time = waveform.grid(voltage.size)
    plain, _ = Plain(values, published_mesh(), one_sided=True).sweep(waveform, time, 1e-4)
    published = np.array(literature.PUBLISHED["S2"])[:, 1]
    ours, theirs = (literature.at_published("S2", voltage, found) for found in (current, plain))
    left = np.median(np.abs(ours / published - 1))
    assert np.median(np.abs(theirs / published - 1)) < 0.5 * left


def test_the_sets_without_lowering_do_not_know_the_image_permittivity():
    other = literature.ReRAM().simulate({**S1, "eps_i": 1.0})["current"]
    np.testing.assert_array_equal(other, literature.ReRAM().simulate(S1)["current"])
