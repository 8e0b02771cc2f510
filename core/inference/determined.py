"""What data determine of the parameters of a system, and what they leave open."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..sampling import Mixture
from .prior import Prior

DETERMINED, PARTLY = 0.8, 0.3  # contraction from which a parameter counts as such
CORRELATED = 0.7  # modulus of a correlation that is reported
LEAST_MODE = 0.02  # share of the draws


@dataclass(frozen=True)
class Finding:
    """What the data say of one parameter.

    Args:
        name: The parameter.
        units: Its unit.
        long_name: What it is.
        low: The 5 % quantile of the posterior.
        median: The median.
        high: The 95 % quantile.
        contraction: 1 − variance of the posterior / variance of the prior, on the parameter's
            scale: 1 if the data determine it, 0 if they say nothing about it.
        verdict: "determined", "partly determined" or "not determined".
    """

    name: str
    units: str
    long_name: str
    low: float
    median: float
    high: float
    contraction: float
    verdict: str


def findings(prior: Prior, values: Mapping[str, np.ndarray], weights: np.ndarray) -> list[Finding]:
    """Return what the data say of each parameter.

    Args:
        prior: The prior, uniform on each parameter's scale.
        values: Draws by name, each of shape [draw].
        weights: Of the draws, normalised, shape [draw].
    """
    found = []
    for p in prior.parameters:
        unit = p.to_unit(values[p.name])
        mean = float((weights * unit).sum())
        spread = float((weights * (unit - mean) ** 2).sum())
        contraction = 1.0 - 12.0 * spread  # a uniform prior has the variance 1/12
        low, median, high = weighted_quantiles(values[p.name], weights, (0.05, 0.5, 0.95))
        verdict = (
            "determined"
            if contraction >= DETERMINED
            else "partly determined"
            if contraction >= PARTLY
            else "not determined"
        )
        found.append(
            Finding(p.name, p.units, p.long_name or p.name, low, median, high, contraction, verdict)
        )
    return found


def correlated_pairs(
    prior: Prior, values: Mapping[str, np.ndarray], weights: np.ndarray
) -> list[tuple[str, str, float]]:
    """Return pairs of parameters that the data determine only together, strongest first."""
    unit = np.stack([p.to_unit(values[p.name]) for p in prior.parameters])
    covariance = np.atleast_2d(np.cov(unit, aweights=weights))
    spread = np.sqrt(np.diag(covariance))
    correlation = covariance / np.maximum(np.outer(spread, spread), 1e-300)
    names = prior.names
    pairs = [
        (names[i], names[j], float(correlation[i, j]))
        for i in range(len(names))
        for j in range(i)
        if abs(correlation[i, j]) >= CORRELATED
    ]
    return sorted(pairs, key=lambda pair: -abs(pair[2]))


def modes(
    prior: Prior, z: np.ndarray, weights: np.ndarray, seed: int
) -> list[tuple[float, dict[str, float]]]:
    """Return the separate modes of a posterior: their shares and their medians, largest first.

    Gaussians of a mixture that share draws are one mode, such as those that follow a bent ridge.

    Args:
        prior: The prior.
        z: Draws in standard normal coordinates, shape [draw, d].
        weights: Of the draws, normalised, shape [draw].
        seed: Seed of the fit.
    """
    rng = np.random.default_rng(seed)
    even = z[rng.choice(len(z), len(z), p=weights)]
    mixture = Mixture.fit(even, seed)
    group = mixture.joined(even)
    of_draw = group[mixture.mode_of(z)]
    values = prior.values(z)
    found = []
    for mode in np.unique(of_draw):
        inside = of_draw == mode
        share = float(weights[inside].sum())
        if share >= LEAST_MODE:
            middle = {
                name: weighted_quantiles(column[inside], weights[inside] / share, (0.5,))[0]
                for name, column in values.items()
            }
            found.append((share, middle))
    return sorted(found, key=lambda pair: -pair[0])


def weighted_quantiles(
    values: np.ndarray, weights: np.ndarray, wanted: tuple[float, ...]
) -> list[float]:
    """Return quantiles of weighted draws, each the first value at which the share is reached."""
    order = np.argsort(values)
    share = np.cumsum(weights[order])
    places = np.minimum(np.searchsorted(share, np.array(wanted) * share[-1]), values.size - 1)
    return [float(v) for v in values[order][places]]
