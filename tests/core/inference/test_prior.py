"""Priors are uniform on each parameter's scale, and a measured drive settles its own parameters."""

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.inference.prior import ABSOLUTE, AREA, RELATIVE, prior_of, settled_by_drive
from dynsur.plugins.memristors import VTEAM
from scipy.stats import kstest


def prior(space, settled=(), noise=(), nuisances=()):
    return prior_of(space, dict(settled), {"current": (1e-3, "A")}, dict(noise), nuisances, 2.0)


def test_normal_coordinates_are_uniform_draws_and_back(responder):
    found = prior(responder.space)
    z = np.random.default_rng(0).standard_normal((4000, len(found.names)))
    values = found.values(z)
    for p in found.parameters:
        assert kstest(p.to_unit(values[p.name]), "uniform").pvalue > 1e-3
    np.testing.assert_allclose(found.coordinates(values), z, atol=1e-6)


def test_what_is_known_is_not_sampled(responder):
    space = responder.space.restrict("gain", 0.7)
    found = prior(space, {"U_max": 1.2}, {RELATIVE: 0.02}, ["area"])
    assert found.names == ["rate", "idle", AREA, ABSOLUTE]
    assert found.system == 2
    assert found.fixed == {"gain": 0.7, "U_max": 1.2, RELATIVE: 0.02}


def test_nothing_to_fit_and_unknown_nuisances_are_refused(responder):
    space = responder.space
    for name in ("rate", "gain", "idle"):
        space = space.restrict(name, 1.0)
    with pytest.raises(DynsurError, match="nothing is left to be fitted"):
        prior(space, {"U_max": 1.2})
    with pytest.raises(DynsurError, match="unknown nuisance 'leak'"):
        prior(responder.space, nuisances=["leak"])


@pytest.mark.parametrize(("height", "period"), [(0.9, 100.0), (1.4, 30.0), (1.4, 5000.0)])
def test_amplitude_and_period_of_a_sweep_are_those_that_were_measured(height, period):
    """Also where they lie outside of the ranges that are sampled, within the domains."""
    wave = VTEAM.drive({**VTEAM.space.values(), "U_max": height, "t_p": period})
    time = np.linspace(0.0, wave.duration, 201)
    settled = settled_by_drive(VTEAM, time, wave(time))
    assert settled.keys() == {"U_max", "t_p"}
    assert settled["U_max"] == pytest.approx(height, rel=1e-6)
    assert settled["t_p"] == pytest.approx(period, rel=1e-6)


def test_a_drive_that_the_domains_exclude_leaves_the_defaults():
    settled = settled_by_drive(VTEAM, np.array([0.0, 1e3]), np.array([0.0, 1.0]))
    assert settled["t_p"] == VTEAM.space["t_p"].value
