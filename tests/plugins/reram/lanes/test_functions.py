"""Exponential and logarithm of eight numbers are those of numpy to rounding."""

import numpy as np
from dynsur.plugins.reram.lanes.functions import exponential, logarithm
from dynsur.plugins.reram.lanes.vector import load, select, store, which_lanes
from numba import njit

ROUNDING = 4e-16


@njit
def tabulate(x, power, less_one, log):
    for k in range(x.shape[0]):
        of_one, of_other = exponential(load(x, k))
        store(power, k, of_one)
        store(less_one, k, of_other)
        store(log, k, logarithm(of_one))


def test_functions_are_exact_to_rounding():
    sizes = [1e-9, 1e-4, 0.1, 0.7, 3.0, 30.0, 200.0, 700.0]
    x = np.random.default_rng(0).uniform(-1.0, 1.0, (500, 8)) * sizes
    power, less_one, log = (np.zeros_like(x) for _ in range(3))
    tabulate(x, power, less_one, log)
    assert np.abs(power / np.exp(x) - 1.0).max() < ROUNDING
    assert np.abs(less_one / np.expm1(x) - 1.0).max() < ROUNDING
    assert np.abs(log - np.log(power)).max() < 1e3 * ROUNDING


def test_beyond_the_range_the_exponential_stays_finite():
    x = np.full((1, 8), 1e9) * np.array([1, -1, 1, -1, 1, -1, 1, -1])
    power, less_one, log = (np.zeros_like(x) for _ in range(3))
    tabulate(x, power, less_one, log)
    assert np.isfinite([power, less_one, log]).all()
    assert (power > 0.0).all()


@njit
def branches(x, chosen):
    which = (load(x, ()) > 0.0) & ~(load(x, ()) >= 2.0)
    store(chosen, (), select(which, -load(x, ()), 7.0))
    return which_lanes(which)


def test_a_selection_is_made_in_each_lane_for_itself():
    x = np.array([-1.0, 0.0, 1.0, 1.5, 2.0, 3.0, np.nan, 0.5])
    chosen = np.zeros(8)
    bits = branches(x, chosen)
    inside = (x > 0.0) & (x < 2.0)
    assert np.array_equal(chosen, np.where(inside, -x, 7.0))
    assert bits == sum(1 << lane for lane in np.flatnonzero(inside))
