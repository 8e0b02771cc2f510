"""A share of the training simulations, and nothing else changed."""

import numpy as np
import pytest
from dynsur.core import DynsurError
from dynsur.core.training.subset import Fewer
from learning import Loops, make_data, make_store


class Whole:
    name = "whole"
    description = "toy"

    def prepare(self, store, simulator, seed):
        return make_data(store)


def prepare(share, seed=0):
    return Fewer(Whole(), share).prepare(make_store(), Loops(), seed)


def test_the_test_part_the_instants_and_the_scales_stay():
    whole, part = make_data(make_store()), prepare(0.2)
    np.testing.assert_array_equal(part.test.sample, whole.test.sample)
    np.testing.assert_array_equal(part.test.target, whole.test.target)
    np.testing.assert_array_equal(part.time_index, whole.time_index)
    assert part.encoding == whole.encoding
    assert (len(part.train), len(part.validation)) == (5, 1)


def test_a_smaller_share_is_part_of_a_larger_one_and_rows_stay_together():
    whole, large, small = make_data(make_store()), prepare(0.8), prepare(0.2)
    assert set(small.train.sample) < set(large.train.sample) < set(whole.train.sample)
    rows = np.searchsorted(whole.train.sample, small.train.sample)
    np.testing.assert_array_equal(small.train.target, whole.train.target[rows])
    np.testing.assert_array_equal(small.train.series, whole.train.series[rows])


def test_seeds_choose_other_simulations_and_little_leaves_one():
    assert set(prepare(0.4, 1).train.sample) != set(prepare(0.4, 2).train.sample)
    assert len(prepare(1e-6).train) == len(prepare(1e-6).validation) == 1
    np.testing.assert_array_equal(prepare(1.0).train.sample, make_data(make_store()).train.sample)


@pytest.mark.parametrize("share", [0.0, 1.1, -1.0])
def test_a_share_is_a_share(share):
    with pytest.raises(DynsurError, match=r"must lie in \(0, 1\]"):
        Fewer(Whole(), share)
