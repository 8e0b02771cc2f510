"""Sampling depends on seed and index alone; values are checked."""

import numpy as np
import pytest
from dynsur.core import DynsurError, Parameter, ParameterSpace
from scipy.stats import qmc

SPACE = ParameterSpace(
    (
        Parameter("a", 0.0, 1.0, "V"),
        Parameter("b", 1e-3, 1e3, "1", scale="log", domain=(1e-9, 1e9)),
        Parameter("c", 5.0, 5.0, "m"),
    )
)


@pytest.mark.parametrize("sampler", ["sobol", "random"])
def test_any_part_of_the_sequence_is_the_same(sampler):
    space = ParameterSpace(SPACE.parameters, sampler)
    whole, part = space.sample(7, 0, 40), space.sample(7, 13, 9)
    for name in space.names:
        np.testing.assert_array_equal(whole[name][13:22], part[name])


@pytest.mark.parametrize(("start", "count"), [(0, 64), (13, 9), (1000, 50)])
def test_sobol_points_are_those_of_scipy(start, count):
    points = qmc.Sobol(2, rng=np.random.default_rng(7)).random(2048)[start : start + count]
    columns = SPACE.sample(7, start, count)
    np.testing.assert_allclose(columns["a"], points[:, 0], rtol=1e-15)
    np.testing.assert_allclose(np.log10(columns["b"]), 6.0 * points[:, 1] - 3.0, atol=1e-12)


def test_samples_fill_the_ranges_on_their_scale():
    columns = SPACE.sample(0, 0, 1024)
    assert columns["a"].mean() == pytest.approx(0.5, abs=0.01)
    assert np.log10(columns["b"]).mean() == pytest.approx(0.0, abs=0.05)
    assert set(columns["c"]) == {5.0}


def test_other_seeds_give_other_samples():
    assert not np.array_equal(SPACE.sample(0, 0, 8)["a"], SPACE.sample(1, 0, 8)["a"])


def test_unknown_and_impossible_values_are_refused():
    with pytest.raises(DynsurError, match="did you mean 'b'"):
        SPACE.values({"B": 1.0})
    with pytest.raises(DynsurError, match="must lie in"):
        SPACE.values({"b": -1.0})
    with pytest.raises(DynsurError, match="low <= high"):
        Parameter("x", 2.0, 1.0, "V")


def test_restricting_fixes_or_narrows_a_range():
    assert SPACE.restrict("a", 0.25)["a"].is_fixed
    narrowed = SPACE.restrict("a", 0.25, 0.5).sample(0, 0, 64)["a"]
    assert 0.25 <= narrowed.min() < narrowed.max() <= 0.5


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_the_unit_interval_and_the_range_map_onto_each_other(scale):
    parameter = Parameter("a", 1e-3, 1e2, "1", scale=scale)
    unit = np.linspace(0.0, 1.0, 11)
    np.testing.assert_allclose(parameter.to_unit(parameter.from_unit(unit)), unit, atol=1e-12)


@pytest.mark.parametrize("value", ["3", None, [1.0, 2.0], np.nan, 1j])
def test_a_value_that_is_no_number_is_refused_by_every_door(value):
    with pytest.raises(DynsurError, match="'a'"):
        SPACE.values({"a": value})
    if not isinstance(value, list):
        with pytest.raises(DynsurError, match="'a'"):
            SPACE.columns({"a": value})
        with pytest.raises(DynsurError, match="'b'"):
            Parameter("b", value, 1.0, "1")


def test_a_default_outside_of_the_domain_is_refused():
    with pytest.raises(DynsurError, match=r"'b' must lie in \[0, 1\]"):
        Parameter("b", 0.0, 1.0, "1", default=2.0, domain=(0.0, 1.0))
