"""A mixture finds the modes of particles, and draws from the density that it states."""

import numpy as np
import pytest
from dynsur.core.sampling import Mixture


def particles(count=1200):
    rng = np.random.default_rng(4)
    middle = np.where(rng.random(count) < 0.3, -2.0, 2.0)[:, None]
    return middle + 0.3 * rng.standard_normal((count, 2))


def test_two_clouds_are_two_modes_with_their_shares():
    mixture = Mixture.fit(particles(), 0)
    assert sorted(mixture.weights) == pytest.approx([0.3, 0.7], abs=0.03)
    assert sorted(mixture.means[:, 0]) == pytest.approx([-2.0, 2.0], abs=0.1)


def test_the_stated_density_is_that_of_the_draws():
    """∫ q dz over a grid is 1, and the share of draws in a box is its integral."""
    mixture = Mixture.fit(particles(), 0)
    grid = np.linspace(-8.0, 8.0, 401)
    z = np.stack(np.meshgrid(grid, grid, indexing="ij"), axis=-1).reshape(-1, 2)
    density = np.exp(mixture.log_density(z)) * (grid[1] - grid[0]) ** 2
    assert density.sum() == pytest.approx(1.0, abs=0.01)
    drawn = mixture.draw(20_000, np.random.default_rng(1))
    inside = (z > 1.82).all(axis=1)
    assert (drawn > 1.82).all(axis=1).mean() == pytest.approx(density[inside].sum(), abs=0.015)


def main_share(mixture, z):
    group = mixture.joined(z)
    return max(mixture.weights[group == number].sum() for number in group)


def test_gaussians_along_a_bent_ridge_are_one_mode_and_clouds_apart_are_several():
    rng = np.random.default_rng(4)
    x = rng.standard_normal((1500, 1))
    ridge = np.concatenate([x, x**2 + 0.1 * rng.standard_normal((1500, 1))], axis=1)
    mixture = Mixture.fit(ridge, 0)
    assert len(mixture.weights) > 2
    assert main_share(mixture, ridge) > 0.95
    apart = np.concatenate([ridge[:700], ridge[700:] + np.array([0.0, 40.0])])
    mixture = Mixture.fit(apart, 0)
    assert main_share(mixture, apart) == pytest.approx(0.5, abs=0.1)
