"""Devices integrated side by side: the same to the last bit beside any others, failures apart."""

import dataclasses
import math

import numpy as np
import pytest
from dynsur.core import Status, rest, triangle
from dynsur.core.generation.simulate import simulate_rows
from odes import RICH, columns, row, space, system, van_der_pol


def test_a_device_is_the_same_to_the_last_bit_in_any_batch():
    given = columns(RICH, 41)
    whole = RICH.simulate_batch(given)
    for chosen in ([0], [40], [7, 3], [5, 5, 5], list(range(11, 28)), list(range(40, -1, -1))):
        part = RICH.simulate_batch({name: values[chosen] for name, values in given.items()})
        for name in ("time", "u", "y"):
            np.testing.assert_array_equal(part[name], whole[name][chosen])
    for i in (0, 9, 40):
        alone = RICH.simulate(row(given, i))
        np.testing.assert_array_equal(alone["y"], whole["y"][i])


def test_stiff_devices_are_the_same_in_any_batch_too():
    stiff = van_der_pol(200.0, 400.0, points=21, relative_tolerance=1e-6)
    given = columns(stiff, 10)
    whole = stiff.simulate_batch(given)
    assert set(whole["reason"]) == {""}
    part = stiff.simulate_batch({name: values[[9, 2]] for name, values in given.items()})
    np.testing.assert_array_equal(part["y"], whole["y"][[9, 2]])


def test_batch_and_scipy_agree_at_tight_tolerance():
    tight = dataclasses.replace(RICH, relative_tolerance=1e-10, absolute_tolerance=1e-12)
    given = columns(tight, 3)
    batch = tight.simulate_batch(given)
    scipy = dataclasses.replace(tight, method="LSODA")
    for i in range(3):
        np.testing.assert_allclose(scipy.simulate(row(given, i))["y"], batch["y"][i], atol=1e-8)


def test_one_device_that_blows_up_fails_alone():
    grows = system(
        lambda t, y, u, p: p["rate"] * y**2,  # 1 / (1 − rate t), singular where rate > 1/4
        space=space(rate=(0.05, 0.4)),
    )
    rate = np.array([0.1, 0.3, 0.2, 0.4, 0.24])
    rows = simulate_rows(grows, {"rate": rate})
    assert rows["status"].tolist() == [Status.OK, Status.FAILED] * 2 + [Status.OK]
    for i in (1, 3):
        assert f"t = {1 / rate[i]:.3g}" in rows["reason"][i]
        assert np.isnan(rows["y"][i]).all()
    calm = rate[[0, 2, 4]]
    np.testing.assert_array_equal(rows["y"][[0, 2, 4]], simulate_rows(grows, {"rate": calm})["y"])
    np.testing.assert_allclose(rows["y"][0], 1 / (1 - 0.1 * rows["time"][0]), rtol=1e-7)


def test_a_budget_that_does_not_suffice_is_the_reason():
    short = dataclasses.replace(RICH, evaluations=50)
    assert set(short.simulate_batch(columns(short, 3))["reason"]) == {
        "50 evaluations did not suffice; allow more with --set simulator.evaluations=500"
    }


def branching(t, y, u, p):
    return [-p["rate"] * y[0] if y[0] > 0.5 else -0.5 * p["rate"]]


def scalar(t, y, u, p):
    return [-math.sin(p["rate"]) * y[0]]


def mixing(t, y, u, p):
    return -p["rate"] * y / np.max(y)


def mixing_late(t, y, u, p):
    return [-p["rate"] * y[0] * (2.0 if np.any(y[0] < 0.5) else 1.0)]


def mixing_parameters(t, y, u, p):
    return -np.max(p["rate"]) * y


@pytest.mark.parametrize("rhs", [branching, scalar, mixing, mixing_late, mixing_parameters])
def test_what_does_not_act_element_by_element_goes_one_by_one(rhs):
    given = {"rate": np.linspace(0.5, 2.0, 5)}
    batch = system(rhs, points=31).simulate_batch(given)
    scipy = system(rhs, points=31, method="LSODA")
    for i in range(5):
        np.testing.assert_allclose(batch["y"][i], scipy.simulate(row(given, i))["y"], rtol=1e-6)


@pytest.mark.parametrize("rhs", [branching, scalar, mixing, mixing_late, mixing_parameters])
def test_a_few_devices_still_tell_what_does_not_act_element_by_element(rhs, monkeypatch):
    monkeypatch.setattr("dynsur.core.ode.solve.TRUSTED", 0)
    monkeypatch.setattr("dynsur.core.ode.solve.SOME", 4)
    given = {"rate": np.linspace(0.5, 2.0, 12)}
    batch = system(rhs, points=31).simulate_batch(given)
    scipy = system(rhs, points=31, method="LSODA")
    for i in (0, 5, 11):
        np.testing.assert_allclose(batch["y"][i], scipy.simulate(row(given, i))["y"], rtol=1e-6)


def test_a_function_is_held_against_single_devices_until_enough_have_agreed(monkeypatch):
    alone = []

    def honest(t, y, u, p):
        alone.append(np.ndim(p["rate"]) == 0)
        return [-p["rate"] * y[0]]

    monkeypatch.setattr("dynsur.core.ode.solve.TRUSTED", 40)
    monkeypatch.setattr("dynsur.core.ode.solve.SOME", 4)
    given = {"rate": np.linspace(0.5, 2.0, 40)}
    asked, found = [], []
    for _ in range(2):
        alone.clear()
        found.append(system(honest, points=31).simulate_batch(given)["y"])
        asked.append(sum(alone))
    assert asked[0] - asked[1] == 36 * 7  # three instants near the start, four along the way
    np.testing.assert_array_equal(*found)


@dataclasses.dataclass
class Decay:
    """A right-hand side that has no hash."""

    share: float

    def __call__(self, t, y, u, p):
        """Return dy/dt."""
        return [-self.share * p["rate"] * y[0]]


def test_a_right_hand_side_without_a_hash_is_solved():
    given = {"rate": np.linspace(0.5, 2.0, 5)}
    found = system(Decay(0.5), points=11).simulate_batch(given)
    np.testing.assert_allclose(
        found["y"][:, -1], np.exp(-0.5 * given["rate"] * found["time"][:, -1]), rtol=1e-6
    )


def test_an_error_of_the_right_hand_side_is_that_of_its_sample():
    def picky(t, y, u, p):
        if p["rate"] > 1.0:
            raise ValueError("too fast")
        return -p["rate"] * y

    rows = simulate_rows(system(picky), {"rate": np.array([0.6, 1.5, 0.7])})
    assert rows["status"].tolist() == [Status.OK, Status.FAILED, Status.OK]
    assert rows["reason"][1].startswith("ValueError: too fast (test_solve.py, line ")


def test_durations_and_numbers_of_kinks_may_differ():
    waves = {0.5: triangle(1.0, 2.0, cycles=3), 1.0: rest(7.0), 2.0: triangle(0.5, 0.1)}
    mixed = system(lambda t, y, u, p: [u], drive=lambda p: waves[p["rate"]], points=64)
    rows = mixed.simulate_batch({"rate": np.array([*waves])})
    for i, wave in enumerate(waves.values()):
        assert rows["time"][i, -1] == wave.duration
        kinks = np.array(wave.times)
        area = np.concatenate(
            [[0.0], np.cumsum(np.diff(kinks) * (wave(kinks)[1:] + wave(kinks)[:-1]) / 2)]
        )
        np.testing.assert_allclose(rows["y"][i, -1], 1.0 + area[-1], atol=1e-13)


def test_a_large_batch_is_cut_into_blocks(monkeypatch):
    given = columns(RICH, 21)
    whole = RICH.simulate_batch(given)
    monkeypatch.setattr("dynsur.core.ode.system.BLOCK", 8)
    cut = RICH.simulate_batch(given)
    for name in ("time", "u", "y", "status", "reason"):
        np.testing.assert_array_equal(cut[name], whole[name])
