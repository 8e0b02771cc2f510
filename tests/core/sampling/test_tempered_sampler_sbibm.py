"""Draws agree with the reference posteriors of sbibm, which nobody here has drawn.

See Lueckmann et al. (2021), AISTATS 130, 343. `pip install --no-deps sbibm` brings the files.
"""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from dynsur.core.sampling import sample
from scipy.special import ndtr
from scipy.stats import norm

SBIBM = importlib.util.find_spec("sbibm")
DRAWS = 2000  # that are compared
PARTICLES = 6000  # that are drawn
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SBIBM is None, reason="the reference draws come with the package sbibm"),
]


def uniform(width):
    return lambda z: width * (2.0 * ndtr(z) - 1.0)


def two_moons(theta, x):
    shift = np.stack([-np.abs(theta.sum(axis=1)), theta[:, 1] - theta[:, 0]], axis=1) / np.sqrt(2)
    point = x - shift - np.array([0.25, 0.0])
    radius = np.hypot(*point.T)
    inside = np.where(point[:, 0] > 0, 0.0, -np.inf)
    return norm.logpdf(radius, 0.1, 0.01) - np.log(np.pi * radius) + inside


def slcp(theta, x):
    m, s, r = theta[:, None, :2], theta[:, None, 2:4] ** 2, np.tanh(theta[:, None, 4])
    d = (x.reshape(4, 2) - m) / np.maximum(s, 1e-12)
    square = (d[..., 0] ** 2 - 2 * r * d[..., 0] * d[..., 1] + d[..., 1] ** 2) / (1 - r**2)
    volume = np.log(2 * np.pi * s.prod(axis=2) * np.sqrt(1 - r**2) + 1e-300)
    return (-0.5 * square - volume).sum(axis=1)


def gaussian_linear(theta, x):
    return -0.5 * ((x - theta) ** 2).sum(axis=1) / 0.1


TASKS = {
    "two_moons": (two_moons, 2, uniform(1.0)),
    "slcp": (slcp, 5, uniform(3.0)),
    "gaussian_linear": (gaussian_linear, 10, lambda z: np.sqrt(0.1) * z),
}


def c2st(ours, reference):
    """Return how well a classifier tells two sets of draws apart; 0.5 if it cannot."""
    from sklearn.model_selection import cross_val_score
    from sklearn.neural_network import MLPClassifier

    x = np.concatenate([ours, reference])
    x = (x - reference.mean(axis=0)) / reference.std(axis=0)
    y = np.repeat([0, 1], [len(ours), len(reference)])
    order = np.random.default_rng(0).permutation(len(y))
    width = 10 * x.shape[1]
    network = MLPClassifier((width, width), early_stopping=True, random_state=0, max_iter=300)
    return float(cross_val_score(network, x[order], y[order], cv=5).mean())


@pytest.mark.parametrize("task", TASKS)
def test_a_classifier_cannot_tell_our_draws_from_the_reference(task, capsys):
    log_likelihood, dimensions, scaled = TASKS[task]
    files = Path(SBIBM.submodule_search_locations[0]) / "tasks" / task / "files"
    found = []
    for number in range(1, 11):
        folder = files / f"num_observation_{number}"
        x = np.loadtxt(folder / "observation.csv", delimiter=",", skiprows=1)
        reference = np.loadtxt(
            folder / "reference_posterior_samples.csv.bz2", delimiter=",", skiprows=1
        )
        draws = sample(lambda z, x=x: log_likelihood(scaled(z), x), dimensions, PARTICLES, number)
        some = np.random.default_rng(number).choice(PARTICLES, DRAWS, replace=False)
        found.append(c2st(scaled(draws.z)[some], reference[:DRAWS]))
    with capsys.disabled():
        print(f"\n{task}: C2ST {np.mean(found):.3f}, largest {max(found):.3f} of ten observations")
    assert max(found) <= 0.55
