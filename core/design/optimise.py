"""Search the front of several objectives under constraints by NSGA-II."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import DynsurError
from ..numbers import numbers, whole
from ..optional import needed

FEATURE = ("design", "the search of designs")  # the extra, and what needs it

Evaluate = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def optimise(
    evaluate: Evaluate,
    variables: int,
    objectives: int,
    constraints: int,
    *,
    population: int = 100,
    generations: int = 100,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
    names: Sequence[str] = (),
) -> tuple[np.ndarray, np.ndarray]:
    """Return designs on the front that meet all constraints, and their costs.

    Args:
        evaluate: Returns for points [n, variable] of the unit cube the costs [n, objective], which
            are made small, and the violations [n, constraint], met where ≤ 0. A design whose costs
            are not finite does not count as one.
        variables: Number of variables.
        objectives: Number of objectives.
        constraints: Number of constraints.
        population: Number of designs in a generation.
        generations: Number of generations.
        seed: Seed of the search.
        progress: Called with the numbers of generations done and wanted.
        names: The constraints in words, for the message.

    Returns:
        Points [design, variable], sorted by the first cost, and costs [design, objective].

    Raises:
        DynsurError: No design meets the constraints, or pymoo is not installed.

    Source: Deb et al. (2002), doi:10.1109/4235.996017.
    """
    if variables < 1:
        raise DynsurError("every parameter is fixed: a design needs a free one to choose.")
    population = whole("the number of designs in a generation", population)
    generations = whole("the number of generations", generations)
    seed = whole("the seed", seed, 0)
    problem = _problem(evaluate, variables, objectives, constraints)
    result = _searched(problem, population, generations, seed, progress)
    if result.X is None:
        raise DynsurError(
            f"none of {population * generations} designs tried meets the constraints"
            f"{_closest(result, names)}; loosen them or widen the ranges."
        )
    points, costs = np.atleast_2d(result.X), np.atleast_2d(result.F)
    order = np.lexsort(costs.T[::-1])
    return points[order], costs[order]


def _searched(
    problem: Any,
    population: int,
    generations: int,
    seed: int,
    progress: Callable[[int, int], None],
) -> Any:
    """Return pymoo's result of a search."""
    minimise = needed("pymoo.optimize", *FEATURE).minimize
    method = needed("pymoo.algorithms.moo.nsga2", *FEATURE).NSGA2
    done = [0]

    def count(_: Any) -> None:
        done[0] += 1
        progress(done[0], generations)

    return minimise(
        problem,
        method(pop_size=population),
        ("n_gen", generations),
        seed=seed,
        callback=count,
        copy_algorithm=False,
    )


def _problem(evaluate: Evaluate, variables: int, objectives: int, constraints: int) -> Any:
    needed("pymoo.config", *FEATURE).Config.warnings["not_compiled"] = False
    base = needed("pymoo.core.problem", *FEATURE).Problem

    class Designs(base):
        def __init__(self) -> None:
            super().__init__(
                n_var=variables, n_obj=objectives, n_ieq_constr=constraints + 1, xl=0.0, xu=1.0
            )

        def _evaluate(self, x: np.ndarray, out: dict[str, Any], *_: Any, **__: Any) -> None:
            costs, violations = evaluate(np.clip(x, 0.0, 1.0))
            for what, found, width in (
                ("costs", costs, objectives), ("violations", violations, constraints)
            ):  # fmt: skip
                if np.shape(found) != (len(x), width):
                    raise DynsurError(
                        f"'evaluate' must return {what} of shape {(len(x), width)}; got "
                        f"{np.shape(found)}."
                    )
            undefined: np.ndarray = ~np.all(np.isfinite(costs), axis=1)
            out["F"] = np.where(undefined[:, None], 0.0, costs)
            out["G"] = np.column_stack([violations, np.where(undefined, 1.0, -1.0)])

    return Designs()


def _closest(result: Any, names: Sequence[str]) -> str:
    """Say what keeps most of the last designs from being one."""
    if result.pop is None:
        return ""
    broken = (result.pop.get("G") > 0).sum(axis=0)
    what = dict(enumerate(names)).get(int(broken.argmax()), f"constraint {broken.argmax() + 1}")
    if broken.argmax() == broken.size - 1:
        return " (an objective is undefined for most of them)"
    return f" ('{what}' fails most often)"


def nondominated(costs: np.ndarray) -> np.ndarray:
    """Return for each row of costs [n, objective] whether no other row is better, shape [n]."""
    costs = numbers("the costs", costs)
    if costs.ndim != 2:
        raise DynsurError(f"costs have the shape [n, objective]; got {costs.shape}.")
    no_worse = np.all(costs[:, None] <= costs[None], axis=2)
    better = np.any(costs[:, None] < costs[None], axis=2)
    return np.asarray(~np.any(no_worse & better, axis=0))
