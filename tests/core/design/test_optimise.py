"""Fronts of problems whose true fronts are known, by the hypervolume that they enclose."""

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.design import nondominated, optimise
from pymoo.indicators.hv import HV
from pymoo.problems import get_problem


def share_of_true_front(name, population, generations, seed=0):
    """Return the hypervolume found over that of the true front, both scaled to the latter's box."""
    problem = get_problem(name)
    constraints = problem.n_ieq_constr

    def evaluate(unit):
        points = problem.xl + unit * (problem.xu - problem.xl)
        found = problem.evaluate(points, return_values_of=["F", "G"])
        return found[0], found[1] if constraints else np.zeros((len(unit), 0))

    _, costs = optimise(
        evaluate, problem.n_var, problem.n_obj, constraints,
        population=population, generations=generations, seed=seed,
    )  # fmt: skip
    true = osy_front(problem) if name == "osy" else problem.pareto_front()
    low, span = true.min(axis=0), np.ptp(true, axis=0)
    volume = HV(ref_point=np.full(problem.n_obj, 1.1))
    return volume((costs - low) / span) / volume((true - low) / span)


def osy_front(problem):
    """The five pieces of the front of Osyczka & Kundu, after Deb (2001), section 8.3.3."""
    s, o, z = np.linspace(0.0, 1.0, 400), np.ones(400), np.zeros(400)
    pieces = [
        (5 * o, o, 1 + 4 * s, z, 5 * o, z),
        (5 * o, o, 1 + 4 * s, z, o, z),
        (4.056 + 0.944 * s, (2.056 + 0.944 * s) / 3, o, z, o, z),
        (z, 2 * o, 1 + 2.732 * s, z, o, z),
        (s, 2 - s, o, z, o, z),
    ]
    points = np.concatenate([np.stack(piece, axis=1) for piece in pieces])
    costs, violations = problem.evaluate(points, return_values_of=["F", "G"])
    costs = costs[(violations <= 1e-3).all(axis=1)]
    return costs[nondominated(costs)]


@pytest.mark.parametrize(
    ("name", "population", "generations"), [("zdt1", 100, 200), ("bnh", 60, 40)]
)
def test_the_front_encloses_99_percent_of_the_true_hypervolume(name, population, generations):
    assert share_of_true_front(name, population, generations) >= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(
    ("name", "population", "generations"),
    [("zdt1", 100, 300), ("zdt2", 100, 300), ("zdt3", 100, 300), ("bnh", 100, 100),
     ("osy", 200, 400)],
)  # fmt: skip
def test_every_front_encloses_99_percent(name, population, generations, seed):
    share = share_of_true_front(name, population, generations, seed)
    print(f"{name}, seed {seed}: {share:.2%}")
    assert share >= 0.99


def test_a_design_without_values_does_not_count():
    def evaluate(unit):
        x = unit[:, 0]
        costs = np.stack([x, 1 - x], axis=1)
        costs[x < 0.5] = np.nan
        return costs, np.zeros((len(unit), 0))

    points, costs = optimise(evaluate, 1, 2, 0, population=20, generations=10)
    assert points.min() >= 0.5
    assert np.isfinite(costs).all()


def test_constraints_that_nothing_meets_are_one_line():
    def evaluate(unit):
        return unit, np.stack([unit[:, 0] - 2.0, unit[:, 0] + 1.0], axis=1)

    options = {"population": 20, "generations": 10, "names": ["x < 2", "x < -1"]}
    with pytest.raises(DynsurError, match=r"none of 200 designs tried meets .* \('x < -1' fails"):
        optimise(evaluate, 2, 2, 2, **options)

    def nowhere(unit):
        return np.full(unit.shape, np.nan), np.zeros((len(unit), 0))

    with pytest.raises(DynsurError, match="an objective is undefined for most of them"):
        optimise(nowhere, 2, 2, 0, population=8, generations=2)


def test_the_same_seed_searches_the_same_designs():
    def evaluate(unit):
        return np.stack([unit[:, 0], 1 / (0.1 + unit[:, 0])], axis=1), np.zeros((len(unit), 0))

    one, two = (optimise(evaluate, 1, 2, 0, population=12, generations=5, seed=3) for _ in "ab")
    np.testing.assert_array_equal(one[0], two[0])


def test_what_is_better_in_every_cost_dominates():
    costs = np.array([[1.0, 2.0], [2.0, 1.0], [2.0, 2.0], [1.0, 2.0], [3.0, 0.5]])
    assert nondominated(costs).tolist() == [True, True, False, True, True]
