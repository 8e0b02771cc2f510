"""What a fit has found, in numbers and in words."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import DynsurError
from ..numbers import count
from ..reporting.formatting import listed, number, percent, quantity
from ..sampling import RELIABLE, Population
from .determined import Finding, correlated_pairs, findings, modes
from .likelihood import Likelihood
from .measured_loop import MeasuredLoop
from .point_fit import PointFit
from .posterior import Draws
from .prior import MOST_NOISE, RELATIVE

AGREED = 1.05  # R̂ of chains that agree; Vehtari et al. (2021), doi:10.1214/20-BA1221
APART = 1.3  # R̂ from which chains have found different posteriors
FORGOTTEN = 0.3  # correlation of particles with where they were, above which they have not
EXPLAINED = 2.0  # residuals in the scatter of the data, up to which a model explains them
MEDIAN = 0.6745  # of the modulus of a normal variable, in its deviation
NEAR_MOST = 0.9  # of the largest relative noise, from which an estimate counts as such
ALIKE = 0.9  # effective share of the simulated draws above which the shape of the tail is idle
FEW = 50.0  # effective draws below which weights are not used


def summarised(
    likelihood: Likelihood,
    point: PointFit,
    draws: Draws,
    chains: Sequence[Population],
    seed: int,
    rounds: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """Return what was found, as plain JSON values."""
    prior = likelihood.prior
    weighted = draws.weighted
    exact = likelihood.responder.surrogate is None
    by_solver = weighted.effective >= FEW and not exact
    z, weights = draws.weighed(by_solver)
    values = prior.values(z)
    found = findings(prior, values, weights)
    best, _ = draws.best
    system = {p.name for p in prior.parameters[: prior.system]}
    result: dict[str, Any] = {
        "system": likelihood.responder.simulator.name,
        "asked": likelihood.responder.name,
        "exact": exact,
        "loops": [_misfit(likelihood, number, best) for number in range(len(likelihood.loops))],
        "parameters": [dataclasses.asdict(finding) for finding in found],
        "correlated": [list(pair) for pair in correlated_pairs(prior, values, weights)],
        "modes": [{"share": share, "median": m} for share, m in modes(prior, z, weights, seed)],
        "log_evidence": [chain.log_evidence for chain in chains],
        "chains_agree": agreement(draws.z),
        "remembered": max(chain.correlation for chain in chains),
        "evaluations": sum(chain.evaluations for chain in chains),
        "draws": len(draws.flat),
        "checked": int(draws.checked.size),
        "k_hat": weighted.shape if np.isfinite(weighted.shape) else None,
        "effective": weighted.effective if draws.checked.size else None,
        "weighted_by_solver": by_solver,
        "rounds": list(rounds),
        "misfit_of_search": point.misfit,
        "failures": dict(likelihood.failures.most_common(5)),
        "device": {
            **{name: v for name, v in likelihood.prior.fixed.items() if name in _names(likelihood)},
            **dict(likelihood.settled[0]),
            **{name: float(prior.values(best[None])[name][0]) for name in system},
        },
        "settled_by_drive": [dict(values) for values in likelihood.settled],
    }
    result["in_words"] = in_words(result, found)
    return result


def _names(likelihood: Likelihood) -> tuple[str, ...]:
    return likelihood.responder.space.names


def _misfit(likelihood: Likelihood, number: int, best: np.ndarray) -> dict[str, Any]:
    """Compare the best draw, simulated, with one loop.

    Raises:
        DynsurError: The solver has no response for it.
    """
    loop, values = likelihood.loops[number], likelihood.prior.values(best[None])
    model, _ = likelihood.modelled(values, number, simulated=True)
    spread = likelihood.deviation(values, loop, model)[0, loop.used]
    error = (loop.output - model[0])[loop.used]
    if not np.isfinite(error).all():
        raise DynsurError(
            f"the solver has no response for the best device along '{loop.name}', so nothing can "
            "be said of the fit; narrow the prior with --set, or draw more with --checks."
        )
    simulator, rms = likelihood.responder.simulator, float(np.sqrt(np.mean(error**2)))
    lag = np.corrcoef(error[1:], error[:-1])[0, 1] if np.ptp(error) > 0 else 0.0
    return {
        "name": loop.name,
        "points": int(loop.used.sum()),
        "left_out": int((~loop.used).sum()),
        "chi_squared_per_point": float(np.mean((error / spread) ** 2)),
        "units": {v.name: v.units for v in simulator.outputs}[loop.quantity],
        "rms_error": rms,
        "rms_error_of_peak": rms / loop.peak,
        "scatter": scatter(loop),
        "scatter_of_peak": scatter(loop) / loop.peak,
        "lag_one_correlation": float(lag),
    }


def scatter(loop: MeasuredLoop) -> float:
    """Return the scatter of measured points about a smooth curve, from their second differences.

    For independent normal noise s the second differences have the variance 6 s². Their median
    modulus gives it, which a few abrupt steps of the loop do not raise.
    """
    y = loop.output[loop.used]
    return float(np.median(np.abs(np.diff(y, 2))) / (MEDIAN * np.sqrt(6.0)))


def agreement(z: np.ndarray) -> float:
    """Return the largest R̂ of the coordinates of chains [chain, draw, d]; 1 where they agree."""
    chains, draws, _ = z.shape
    if chains < 2:
        return 1.0
    within = z.var(axis=1, ddof=1).mean(axis=0)
    between = z.mean(axis=1).var(axis=0, ddof=1)
    return float(np.sqrt(((draws - 1) / draws * within + between) / within).max())


def in_words(result: dict[str, Any], found: Sequence[Finding]) -> str:
    """Say what the data determine and what not, and how far the result can be trusted.

    What takes the ground from under the rest comes first.
    """
    told = []
    if result["chains_agree"] > APART:
        told.append(
            f"The chains have not found the same posterior (R̂ = {result['chains_agree']:.2f}): "
            "nothing below can be relied on; draw more with --particles."
        )
    told += [_loop_in_words(loop) for loop in result["loops"] if not _explained(loop)]
    told += _noise_in_words(found)
    for verdict in ("determined", "partly determined", "not determined"):
        names = [f.name for f in found if f.verdict == verdict]
        if names:
            verb = "is" if len(names) == 1 else "are"
            told.append(f"{listed(names)} {verb} {verdict}.")
    for one, other, r in result["correlated"][:3]:
        how = "rise together" if r > 0 else "trade off"
        told.append(f"{one} and {other} {how} (correlation {r:.2f}): only together do they count.")
    if len(result["modes"]) > 1:
        shares = ", ".join(f"{mode['share']:.0%}" for mode in result["modes"])
        told.append(f"The posterior has {len(result['modes'])} separate modes ({shares}).")
    told += [_loop_in_words(loop) for loop in result["loops"] if _explained(loop)]
    told.append(_trust(result))
    return " ".join(told)


def _explained(loop: dict[str, Any]) -> bool:
    """Return whether a device is as near to a loop as its scatter, or off it by nothing smooth."""
    error, noise = loop["rms_error"], loop["scatter"]
    return error <= EXPLAINED * noise or loop["lag_one_correlation"] < 0.3


def _loop_in_words(loop: dict[str, Any]) -> str:
    error, noise, units = loop["rms_error"], loop["scatter"], loop["units"]
    of_peak = percent(loop["rms_error_of_peak"])
    if _explained(loop):
        return (
            f"The best device passes '{loop['name']}' with a root mean square error of "
            f"{quantity(error, units)} ({of_peak} of the peak), and the points scatter by "
            f"{quantity(noise, units)} about a smooth curve: the model explains the loop."
        )
    scattered = ", which do not scatter about a smooth curve"
    if noise:
        times = number(float(f"{error / noise:.1e}"), 2)
        scattered = f", {times} times their scatter about a smooth curve ({quantity(noise, units)})"
    return (
        f"The model cannot explain the loop '{loop['name']}': its best device misses the points by "
        f"{quantity(error, units)} (root mean square, {of_peak} of the peak){scattered}. "
        "Neighbouring errors resemble each other (correlation "
        f"{loop['lag_one_correlation']:.2f}). What is said of parameters holds only as far as the "
        "model does."
    )


def _noise_in_words(found: Sequence[Finding]) -> list[str]:
    """Say where the noise that was estimated is as large as it may be."""
    told = []
    for finding in found:
        if finding.name == RELATIVE and finding.median > NEAR_MOST * MOST_NOISE:
            told.append(
                f"The relative noise was estimated as {percent(finding.median)}, the most that is "
                "allowed: it stands for what the model gets wrong, and χ² near 1 means nothing."
            )
    return told


def _trust(result: dict[str, Any]) -> str:
    told = ""
    if AGREED < result["chains_agree"] <= APART:
        told = (
            f"The chains do not agree (R̂ = {result['chains_agree']:.2f}): draw more with "
            "--particles. "
        )
    if result["remembered"] > FORGOTTEN:
        told += (
            "Draws still resemble those that they were made from (correlation "
            f"{result['remembered']:.2f}), as on narrow, bent ridges: the ranges may be too "
            "narrow. "
        )
    if result["exact"]:
        return told + "The system itself was simulated for every draw."
    if not result["checked"]:
        return told + "No draw was simulated again by the solver."
    if searches := max((entry.get("searches", 0) for entry in result["rounds"]), default=0):
        told += (
            f"Draws were made around the ends of {count(searches, 'search', 'searches')}: another "
            "device that explains the loop as well, but in which none has ended, would not be "
            "found; --rounds 0 draws from the model alone, everywhere. "
        )
    earlier = result["rounds"][:-1]
    if earlier:
        checked = sum(entry["checked"] for entry in earlier)
        told += f"{checked} simulations near the posterior corrected what was drawn from. "
    shape, effective = result["k_hat"], result["effective"]
    named = "all weights alike" if shape is None else f"k̂ = {shape:.2f}"
    weighted = f"{result['checked']} draws were simulated by the solver: {named}, worth "
    weighted += f"{effective:.0f} independent draws"
    if not result["weighted_by_solver"]:
        return (
            f"{told}{weighted}. That is too few to weight them by: the ranges are those of the "
            "model and its band."
        )
    alike = effective > ALIKE * result["checked"]  # no tail matters then
    if shape is not None and shape > RELIABLE and not alike:
        return f"{told}{weighted}. With k̂ above {RELIABLE} the weights are not reliable."
    return f"{told}{weighted}; the ranges are weighted by the solver."
