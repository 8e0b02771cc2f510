"""The hysteresis of Jiles and Atherton against its closed forms and its invariances."""

import dataclasses

import numpy as np
import pytest
from dynsur.core import triangle
from dynsur.core.conformance.simulators import SIMULATOR_CHECKS
from dynsur.plugins.magnetics import JILES_ATHERTON
from dynsur.plugins.magnetics.jiles_atherton import MU_0, langevin
from scipy.integrate import quad

UNCOUPLED = {"alpha": 0.0, "c": 0.0}


@pytest.mark.parametrize("check", SIMULATOR_CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_every_promise(check):
    check(JILES_ATHERTON)


def test_langevins_function_and_its_slope():
    x = np.array([-900.0, -3.0, -0.0201, -0.0199, -1e-9, 0.0, 0.0199, 0.0201, 5.0, 900.0])
    value, slope = langevin(x)
    large = np.abs(x) > 1.0
    exact = 1.0 / np.tanh(x[large]) - 1.0 / x[large]
    np.testing.assert_allclose(value[large], exact, rtol=3e-3)
    np.testing.assert_allclose(value[~large], x[~large] / 3, rtol=5e-5)
    h = 1e-6
    np.testing.assert_allclose(
        slope[1:-1], (langevin(x[1:-1] + h)[0] - langevin(x[1:-1] - h)[0]) / (2 * h), atol=1e-8
    )


def test_the_virgin_curve_without_coupling_is_an_integral():
    """dM/dH = (M_an − M)/k gives M(H) = ∫ M_an(s) exp((s − H)/k) ds/k from 0 to H."""
    data = JILES_ATHERTON.simulate(UNCOUPLED)
    p = JILES_ATHERTON.space.values(UNCOUPLED)
    rising = slice(0, int(np.argmax(data["field"].values)) + 1)
    fields, found = data["field"].values[rising][::9], data["magnetisation"].values[rising][::9]
    for H, M in zip(fields, found, strict=True):
        exact, _ = quad(
            lambda s, H=H: p["M_s"] * langevin(s / p["a"])[0] * np.exp((s - H) / p["k"]) / p["k"],
            0.0, H, epsabs=1e-3,
        )  # fmt: skip
        assert pytest.approx(exact, rel=1e-5, abs=1e-6 * p["M_s"]) == M


def test_all_reversible_it_follows_the_anhysteretic():
    data = JILES_ATHERTON.simulate({"alpha": 0.0, "c": 0.99, "k": 1e7})
    p = JILES_ATHERTON.space.values({})
    anhysteretic = p["M_s"] * langevin(data["field"].values / p["a"])[0]
    np.testing.assert_allclose(data["magnetisation"], 0.99 * anhysteretic, atol=2e-3 * p["M_s"])


def test_the_loop_does_not_depend_on_the_pace():
    slow, fast = (JILES_ATHERTON.simulate({"t_p": t}) for t in (100.0, 1e-6))
    np.testing.assert_allclose(slow["flux_density"], fast["flux_density"], atol=1e-6)


def test_a_loop_closes_and_its_loss_is_its_area():
    """From the second cycle on ∮ H dB is the energy lost; it is positive, and −M mirrors M."""
    long = dataclasses.replace(JILES_ATHERTON, points=8001, waveform=triangle(5e3, 0.02, 4))
    data = long.simulate({})
    H, B = data["field"].values, data["flux_density"].values
    cycle = (len(H) - 1) // 4
    np.testing.assert_allclose(B[2 * cycle : 3 * cycle], B[3 * cycle : -1], atol=2e-4)
    last, start = slice(3 * cycle, None), 3 * cycle
    assert 1e2 < np.trapezoid(H[last], B[last]) < 4 * 5e3 * np.abs(B).max()
    half = cycle // 2
    np.testing.assert_allclose(
        B[start + half // 2 : start + half], -B[start + half // 2 + half : start + 2 * half],
        atol=2e-4,
    )  # fmt: skip
    np.testing.assert_allclose(B, MU_0 * (H + data["magnetisation"].values), rtol=1e-12)
