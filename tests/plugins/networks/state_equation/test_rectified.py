"""A rectified output is a modulus: its signs are found, and the equation learns it."""

import numpy as np
import pytest
import torch
from dynsur.core import Encoding, Scale, Split, TrainingData
from dynsur.core.conformance import MODEL_CHECKS
from dynsur.plugins.networks import StateEquation
from dynsur.plugins.networks.state_equation.module import seen
from dynsur.plugins.networks.state_equation.rectified import modulus_units, signed
from dynsur.plugins.networks.state_equation.weights import arrays
from scipy import signal

DRIVES = np.repeat(np.random.default_rng(3).uniform(-1, 1, (2, 25)), 16, axis=1)
CONFIG = StateEquation(states=3, width=4, start="free", moduli=True)


def speed(u):
    """Return the response of a lag in front of a resonance."""
    poles = [0.9, 0.9 * np.exp(0.4j), 0.9 * np.exp(-0.4j)]
    return signal.lfilter([0.0, 0.12], np.real(np.poly(poles)), u)


def fitted(config, u, y, steps):
    torch.manual_seed(0)
    network = config.build(1, 0, y.shape[2])
    series = (u[..., None] + 1) / 2
    parts = (series, np.zeros((len(u), 0)), y)
    part = Split(np.arange(len(u)), *(np.asarray(a, np.float32) for a in parts))
    scales = tuple(Scale(f"y_{k}", "linear", 0.0, 1.0) for k in range(y.shape[2]))
    encoding = Encoding((Scale("u", "linear", 0.0, 1.0),), (), scales, base="none")
    data = TrainingData(part, part, part, encoding, np.arange(u.shape[1]))
    fit = config.teacher(network, data)
    for _ in range(steps):
        cost, _ = fit.step()
    return network, cost


def test_units_add_up_to_a_modulus():
    slopes, offsets, weights, constant = modulus_units(3.0)
    v = np.linspace(-3, 3, 1001)
    found = constant + np.tanh(np.outer(v, slopes) + offsets) @ weights
    assert np.sqrt(np.mean((found - np.abs(v)) ** 2)) < 0.003 * 3.0


@pytest.mark.parametrize("level", [0.0, 5.0])
def test_signs_are_found_but_for_one_that_all_share(level):
    v = speed(DRIVES)
    found = signed(DRIVES[..., None], level + np.abs(v)[..., None])
    assert found is not None
    alike = np.sign(found.y[..., 0]) == np.sign(v)
    large = np.abs(v) > 0.1 * np.abs(v).max()
    share = alike[:, 20:][large[:, 20:]].mean()
    assert max(share, 1.0 - share) > 0.99


@pytest.mark.parametrize("bend", [np.array, np.tanh, np.abs, lambda v: v**3, np.random.permutation])
def test_only_a_modulus_is_taken_for_one(bend):
    found = signed(DRIVES[..., None], bend(3.0 * speed(DRIVES))[..., None])
    assert (found is not None) == (bend is np.abs)


def test_a_rectified_output_is_learnt_beside_one_that_is_not():
    v = speed(DRIVES)
    y = np.stack([np.abs(v), speed(0.5 * DRIVES)], axis=2)
    network, cost = fitted(CONFIG, DRIVES, y, 15)
    assert cost < 1e-4 * y.var()
    member = network.members[0]
    assert member.used == 16
    assert not member.w[:, 8:].any()  # the units held for the output that is no modulus
    x, u = np.array([0.3, -0.2, 0.5]), np.array([0.4])
    C, D, d, w, E, F, e = (getattr(member, name).detach().numpy() for name in "CDdwEFe")
    whole = C @ x + D @ u + d + w @ np.tanh(E @ x + F @ u + e)
    np.testing.assert_allclose(seen(member, x, u), whole)


def test_idle_units_change_nothing_to_the_last_bit():
    y = np.tanh(2 * speed(DRIVES))[..., None]
    plain = StateEquation(states=3, width=4, start="free", members=2)
    with_units = StateEquation(states=3, width=4, start="free", members=2, moduli=True)
    pairs = [fitted(config, DRIVES, y, 4)[0].members for config in (plain, with_units)]
    for one, other in zip(*pairs, strict=True):
        assert other.used == 0
        for a, b in zip(arrays(one)[0], arrays(other)[0], strict=True):
            np.testing.assert_array_equal(a, b)


# Weights of units that wait for a modulus are idle: that they learn is tested above.
CHECKS = [check for check in MODEL_CHECKS if check.__name__ != "learns_with_every_weight"]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_the_promises_of_a_model(check):
    check(StateEquation(states=2, width=3, moduli=True))
