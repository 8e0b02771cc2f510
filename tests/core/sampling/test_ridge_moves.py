"""Steps along ridges keep the density, however thin and bent it is, and cross it soon."""

import numpy as np
import pytest
from dynsur.core.sampling import sample, sample_near
from dynsur.core.sampling.ridge_moves import RidgeMoves

THIN = 0.01


class Banana:
    """z₂ₖ₊₁ lies within THIN of a parabola of z₂ₖ; every other coordinate keeps its prior.

    With u = (z₁ − z₀² + 1)/THIN as a coordinate, z₀ has the density exp(−½ [z₀² + (z₀² − 1)²]) in
    the limit of THIN → 0, the same for each pair.
    """

    withdrawn, smooth = 0.0, True

    def __call__(self, z):
        return -0.5 * (self.with_residuals(z)[1] ** 2).sum(axis=1)

    def with_residuals(self, z):
        residuals = (z[:, 1::2] - z[:, ::2] ** 2 + 1.0) / THIN
        return -0.5 * (residuals**2).sum(axis=1), residuals


def exact_quantiles(shares):
    """Return quantiles of z₀, by quadrature over both coordinates of one pair."""
    x = np.linspace(-4.0, 4.0, 8001)
    across = 1.0 + THIN**2  # the second coordinate is integrated analytically
    log_density = -0.5 * (x**2 + (x**2 - 1.0) ** 2 / across)
    total = np.cumsum(np.exp(log_density))
    return np.interp(shares, total / total[-1], x), log_density, x


def exact_evidence():
    """Return ln of the evidence of one pair."""
    _, log_density, x = exact_quantiles(0.5)
    mass = np.exp(log_density).sum() * (x[1] - x[0])
    return np.log(mass * THIN / np.sqrt(1.0 + THIN**2) / np.sqrt(2.0 * np.pi))


def test_a_thin_banana_in_six_dimensions_has_its_exact_quantiles_and_evidence():
    found = sample(Banana(), 6, 400, 0)
    shares = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
    exact, _, _ = exact_quantiles(0.5 + 0.5 * shares)
    for pair in range(3):
        z = found.z[:, 2 * pair]
        assert np.mean(z > 0) == pytest.approx(0.5, abs=0.15)  # both arms of the parabola
        within = (np.abs(z[:, None]) < exact).mean(axis=0)
        np.testing.assert_allclose(within, shares, atol=0.08)
    u = Banana().with_residuals(found.z)[1]
    np.testing.assert_allclose(u.std(axis=0), 1.0, atol=0.12)
    assert found.correlation < 0.4  # the largest of six, by 150 particles


def test_draws_from_a_similar_posterior_follow_the_ridge_too():
    known = sample(Banana(), 4, 200, 1).z
    found = sample_near(Banana(), known, 400, 2)
    exact, _, _ = exact_quantiles(np.array([0.625, 0.875]))
    for pair in range(2):
        within = (np.abs(found.z[:, 2 * pair, None]) < exact).mean(axis=0)
        np.testing.assert_allclose(within, [0.25, 0.75], atol=0.08)


@pytest.mark.parametrize("beta", [0.3, 1.0])
def test_every_step_is_taken_where_residuals_are_linear(beta):
    """Then the proposal is a draw of the density itself, even independent of the start."""
    rng = np.random.default_rng(0)
    design, y = rng.standard_normal((9, 3)), rng.standard_normal(9)

    class Line:
        withdrawn, smooth = 0.0, True

        def __call__(self, z):
            return self.with_residuals(z)[0]

        def with_residuals(self, z):
            residuals = z @ design.T - y
            return -0.5 * (residuals**2).sum(axis=1), residuals

    line = Line()
    z = np.zeros((4000, 3))
    moves = RidgeMoves(line, beta, rng)
    value = line(z)
    for _ in range(12):
        z, value, moved = moves.step(z, value, 1.0)
        assert moved.all()
    covariance = np.linalg.inv(np.eye(3) + beta * design.T @ design)
    whitened = (z - beta * covariance @ design.T @ y) @ np.linalg.inv(
        np.linalg.cholesky(covariance)
    ).T
    np.testing.assert_allclose(whitened.mean(axis=0), 0.0, atol=0.08)
    np.testing.assert_allclose(np.cov(whitened.T), np.eye(3), atol=0.1)
    np.testing.assert_array_equal(value, line(z))


def test_steps_keep_a_bent_density_in_which_they_start():
    """Particles that have the density exactly have it after many steps."""
    rng = np.random.default_rng(3)
    _, log_density, x = exact_quantiles(0.5)
    total = np.cumsum(np.exp(log_density))
    count = 3000
    one = np.interp(rng.random(count), total / total[-1], x)
    spread = THIN / np.sqrt(1.0 + THIN**2)
    other = (one**2 - 1.0) / (1.0 + THIN**2) + spread * rng.standard_normal(count)
    z = np.stack([one, other], axis=1)
    banana, start = Banana(), z
    moves, value = RidgeMoves(banana, 1.0, rng), banana(z)
    shares = []
    for _ in range(30):
        z, value, moved = moves.step(z, value, 1.0)
        shares.append(moved.mean())
    assert min(shares) > 0.2
    assert abs(np.corrcoef(start[:, 0], z[:, 0])[0, 1]) < 0.3
    deciles = np.linspace(0.1, 0.9, 9)
    exact, _, _ = exact_quantiles(deciles)
    below = (z[:, 0, None] < exact).mean(axis=0)
    np.testing.assert_allclose(below, deciles, atol=0.035)
    u = banana.with_residuals(z)[1]
    np.testing.assert_allclose([u.mean(), u.std()], [0.0, 1.0], atol=0.06)


def test_points_without_a_response_are_no_place_to_go():
    class Half(Banana):
        def with_residuals(self, z):
            value, residuals = super().with_residuals(z)
            none = z[:, 0] < 0
            return np.where(none, np.nan, value), np.where(none[:, None], np.nan, residuals)

        def __call__(self, z):
            return self.with_residuals(z)[0]

    found = sample(Half(), 2, 300, 0)
    assert (found.z[:, 0] > 0).all()
    assert np.isfinite(found.log_likelihood).all()
    assert found.log_evidence == pytest.approx(exact_evidence() - np.log(2.0), abs=0.4)


def test_a_rough_likelihood_is_drawn_from_as_one_without_residuals():
    class Rough(Banana):
        smooth = False

    banana = Banana()
    one, other = sample(Rough(), 2, 100, 4), sample(lambda z: banana(z), 2, 100, 4)
    np.testing.assert_array_equal(one.z, other.z)
