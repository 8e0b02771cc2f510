"""Indices of systems whose parameters depend on each other: a subset of a box, or a posterior.

A condition makes parameters dependent. With v(u) = E[Var(Y|X_~u)], total indices and Shapley
effects keep their meaning; the parameters of u are drawn anew given the others, by rejection until
the condition is met. First-order indices are estimated from given data, since the distribution of Y
given one parameter needs no new systems.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import DynsurError
from .indices import Contributions, added
from .populations import Population
from .quantities import Answers

LEAST = 64  # systems that a subset needs
MOST_DRAWS = 64  # systems drawn for each one wanted
TRIES = 48  # redraws of a system before it counts as fixed

Accept = Callable[[Answers], np.ndarray]


@dataclass(frozen=True, eq=False)
class Sample:
    """Systems of a population that meet a condition, and the same with parameters drawn anew.

    Args:
        unit: The systems, shape [n, parameter].
        values: The quantities, shape [n, quantity].
        points: All points asked that are used: the systems, then those with one parameter anew,
            parameter by parameter, then those with the first k of an order anew, k by k; shape
            [point, parameter].
        all_values: The quantities at the points, shape [point, quantity].
        all_shifts: Their shifts by the model's error, of that shape.
        orders: An order of the parameters for each chain, shape [m, parameter].
        share: Share of the population that meets the condition.
        fixed: Share of redraws that found no other system.
    """

    unit: np.ndarray
    values: np.ndarray
    points: np.ndarray
    all_values: np.ndarray
    all_shifts: np.ndarray
    orders: np.ndarray
    share: float
    fixed: float


def draw_sample(
    population: Population,
    evaluate: Callable[[np.ndarray], Answers],
    accept: Accept,
    base: int,
    seed: int,
    told: str,
) -> Sample:
    """Draw a sample for `dependent_contributions`.

    Args:
        population: Where systems come from.
        evaluate: Asks systems.
        accept: Returns which of the asked systems meet the condition.
        base: Number of systems wanted.
        seed: Seed of all draws.
        told: The condition in words, for the message.

    Raises:
        DynsurError: Hardly any system meets the condition.
    """
    unit, answers, share = _members(population, evaluate, accept, base, seed, told)
    n, d = unit.shape
    m = max(min(n, LEAST), n // 2)
    orders = np.argsort(np.random.default_rng([seed, 1]).random((m, d)), axis=1)
    rank = np.argsort(orders, axis=1)
    rows = np.concatenate([np.arange(n)] * d + [np.arange(m)] * d)
    one_each = [np.broadcast_to(np.arange(d) == i, (n, d)) for i in range(d)]
    masks = np.concatenate(one_each + [rank < k for k in range(1, d + 1)])
    points = unit[rows]
    values, shifts = answers.values[rows], answers.shifts[rows]
    waiting = np.arange(len(rows))
    for attempt in range(TRIES):
        if not waiting.size:
            break
        # All redraws of a system share their noise, so that those of a chain differ little.
        noise = np.random.default_rng([seed, 2, attempt]).random((n, d))[rows[waiting]]
        new = population.redraw(unit[rows[waiting]], masks[waiting], noise)
        found = evaluate(new)
        met = accept(found)
        there = waiting[met]
        points[there], values[there] = new[met], found.values[met]
        shifts[there] = found.shifts[met]
        waiting = waiting[~met]
    return Sample(
        unit,
        answers.values,
        np.concatenate([unit, points]),
        np.concatenate([answers.values, values]),
        np.concatenate([answers.shifts, shifts]),
        orders,
        share,
        waiting.size / max(len(rows), 1),
    )


def _members(
    population: Population,
    evaluate: Callable[[np.ndarray], Answers],
    accept: Accept,
    base: int,
    seed: int,
    told: str,
) -> tuple[np.ndarray, Answers, float]:
    """Return `base` systems that meet a condition, their answers, and the share that does."""
    kept: list[tuple[np.ndarray, ...]] = []
    drawn = count = 0
    for part in range(MOST_DRAWS):
        unit = population.draw(part * base, base, seed)
        if not len(unit):
            break
        answers = evaluate(unit)
        met = accept(answers)
        kept.append((unit[met], answers.values[met], answers.shifts[met], answers.unfamiliar[met]))
        drawn, count = drawn + len(unit), count + int(met.sum())
        if count >= base or (not count and drawn >= 16 * base):
            break
    if count < min(LEAST, base):
        raise DynsurError(
            f"{count} of {drawn} systems drawn meet '{told}'; at least {min(LEAST, base)} are "
            "needed; widen the condition, or narrow the ranges by --set to where it is met."
        )
    unit, values, shifts, odd = (
        np.concatenate(column)[:base] for column in zip(*kept, strict=True)
    )
    return unit, Answers(values, shifts, np.ones(len(unit), bool), odd), count / drawn


def dependent_contributions(sample: Sample, values: np.ndarray) -> Contributions:
    """Return the contributions of a sample whose parameters depend on each other.

    Args:
        sample: The sample.
        values: A quantity at `sample.points`, shape [point].

    Source: Gamboa et al. (2022), doi:10.3150/21-BEJ1464, for the first-order index from given data;
    Song et al. (2016), doi:10.1137/15M1048070, for Shapley effects of dependent parameters.
    """
    n, d = sample.unit.shape
    own = values[:n]
    total = 0.5 * (values[n : (d + 1) * n].reshape(d, n).T - own[:, None]) ** 2
    variance = (own - own.mean()) ** 2 * (n / max(n - 1, 1))
    m = len(sample.orders)
    drawn_anew = values[(d + 1) * n :].reshape(d, m).T
    effects = added(sample.orders, np.hstack([own[:m, None], drawn_anew]))
    first = variance[:, None] - np.stack(
        [_spread_given(sample.unit[:, i], own) for i in range(d)], axis=1
    )
    return Contributions(first, total, variance, np.zeros_like(total), effects)


def _spread_given(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return contributions [n] to E[Var(Y|X)]: half squared differences of neighbours in X."""
    n = len(x)
    reach = min(max(1, round(n ** (1 / 3))), n - 1)
    order = np.argsort(x, kind="stable")
    ordered = y[order]
    total, count = np.zeros(n), np.zeros(n)
    for step in range(1, reach + 1):
        square = 0.5 * (ordered[step:] - ordered[:-step]) ** 2
        total[:-step] += square
        total[step:] += square
        count[:-step] += 1
        count[step:] += 1
    found = np.empty(n)
    found[order] = total / count
    return found
