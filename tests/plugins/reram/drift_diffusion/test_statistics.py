"""Carrier statistics against quadrature."""

import numpy as np
import pytest
from dynsur.plugins.reram.drift_diffusion.fluxes import bernoulli, carrier_flux
from dynsur.plugins.reram.drift_diffusion.statistics import log_density, vacancy
from scipy.integrate import quad


@pytest.mark.parametrize("eta", [-20.0, -5.0, -1.0, 0.0, 1.0, 4.0, 15.0])
def test_fermi_integral_agrees_with_quadrature(eta):
    top = max(eta, 0.0) + 60.0
    exact = quad(lambda e: np.sqrt(e) / (1 + np.exp(e - eta)), 0, top, limit=400)[0]
    assert np.exp(log_density(eta, False)[0]) == pytest.approx(2 / np.sqrt(np.pi) * exact, rel=5e-3)


@pytest.mark.parametrize("eta", [-500.0, -30.0, -1.0, 0.3, 5.0, 40.0])
def test_slope_is_the_derivative(eta):
    step = 1e-5
    numeric = (log_density(eta + step, False)[0] - log_density(eta - step, False)[0]) / (2 * step)
    assert log_density(eta, False)[1] == pytest.approx(numeric, rel=1e-5)


def test_boltzmann_is_the_limit_of_low_density():
    assert log_density(-20.0, False)[0] == pytest.approx(log_density(-20.0, True)[0], abs=1e-7)


@pytest.mark.parametrize("v", [1e-9, 0.3, 0.4999, 0.5001, 3.0, 20.0])
def test_vacancy_unknown_keeps_full_and_empty_sites_apart(v):
    c, dc, gamma, dgamma = vacancy(v)
    step = 1e-6 * max(v, 1e-6)
    assert 0.0 < c <= 1.0
    assert dc == pytest.approx((vacancy(v + step)[0] - vacancy(v - step)[0]) / (2 * step), rel=1e-3)
    assert dgamma == pytest.approx(
        (vacancy(v + step)[2] - vacancy(v - step)[2]) / (2 * step), rel=1e-3
    )
    if v < 10:
        assert gamma == pytest.approx(-np.log1p(-c), rel=1e-6)


@pytest.mark.parametrize("x", [-800.0, -3.0, -0.049, 0.0, 1e-9, 0.051, 30.0, 800.0])
def test_bernoulli_symmetry(x):
    # B(−x) = B(x) + x
    assert bernoulli(-x)[0] == pytest.approx(bernoulli(x)[0] + x, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("s", [1.0, -1.0])
def test_flux_vanishes_without_a_drop_and_keeps_a_tiny_one(s):
    node = (1e26, 0.7, 0.6)
    assert carrier_flux(1e15, s, 0.0, 0.0, node, node)[0] == 0.0
    flux = carrier_flux(1e15, s, 0.0, 1e-30, node, node)[0]
    assert flux == pytest.approx(-1e15 * 1e26 * 1e-30, rel=1e-12)
