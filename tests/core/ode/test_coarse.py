"""The coarse version of a system of ordinary differential equations."""

import dataclasses
import math

import numpy as np
import pytest
from dynsur.core import DynsurError, rest, triangle
from dynsur.core.conformance.coarse import knows_its_coarse_version
from dynsur.core.systems.bases import offered
from odes import RICH, columns, space, system, van_der_pol

LAG = system(
    lambda t, y, u, p: (p["rate"] * (u - y[0]),),
    start=lambda p: (0.0,),
    drive=lambda p: triangle(p["rate"], 4.0),
    points=101,
)


def loose(simulator, tolerance):
    return dataclasses.replace(simulator, coarse_tolerance=tolerance)


def solved(simulator, count, seed=0):
    """Return parameters, inputs, instants and outputs of simulated systems."""
    given = columns(simulator, count, seed)
    rows = simulator.simulate_batch(given)
    assert not any(rows["reason"])
    return given, {v.name: rows[v.name] for v in simulator.inputs}, rows["time"], rows


def test_it_is_offered_where_a_tolerance_is_set():
    assert LAG.coarse is None
    assert offered(LAG) == ()
    assert offered(loose(LAG, 1e-2)) == ("coarse",)
    with pytest.raises(DynsurError, match="coarse_tolerance must lie in"):
        loose(LAG, 1.0)


@pytest.mark.parametrize("simulator", [LAG, RICH, van_der_pol(1.0, 3.0)])
def test_its_error_follows_the_tolerance(simulator):
    given, series, time, rows = solved(simulator, 5)
    errors = [
        np.abs(loose(simulator, tolerance).coarse(given, series, time, time)["y"] - rows["y"]).max()
        for tolerance in (1e-2, 1e-4, 1e-6)
    ]
    assert errors[0] > 10 * errors[2]
    assert errors[2] < 1e-4
    assert errors[0] < 0.2


@pytest.mark.parametrize("simulator", [LAG, RICH, van_der_pol(1.0, 3.0)])
def test_it_keeps_the_promise(simulator):
    knows_its_coarse_version(loose(simulator, 1e-3))


def test_any_instants_are_answered_even_the_same_twice_and_after_the_end():
    given, series, time, _ = solved(LAG, 2)
    wanted = np.array([[3.9, 0.0, 1.01, 1.01, 9.0], [0.5, 4.0, 0.5, 0.1, -1.0]])
    found = loose(LAG, 1e-6).coarse(given, series, time, wanted)["y"]
    exact = loose(LAG, 1e-6).coarse(given, series, time, np.sort(np.clip(wanted, 0.0, 4.0)))["y"]
    assert found[0].tolist() == exact[0][[3, 0, 1, 2, 4]].tolist()
    assert found[1].tolist() == exact[1][[2, 4, 3, 1, 0]].tolist()
    assert found[0, 1] == 0.0


def test_it_follows_the_drive_that_is_given():
    given, series, time, _ = solved(LAG, 3)
    doubled = {name: 2.0 * values for name, values in series.items()}
    once, twice = (loose(LAG, 1e-8).coarse(given, s, time, time)["y"] for s in (series, doubled))
    assert twice == pytest.approx(2.0 * once, abs=1e-6)


@pytest.mark.parametrize("one_by_one", [False, True])
def test_what_fails_has_a_reason_and_the_others_a_result(one_by_one):
    power = math.pow if one_by_one else np.power
    blowing_up = system(
        lambda t, y, u, p: (p["rate"] * power(abs(y[0]), 2.0),),
        drive=lambda p: rest(1.0),
        space=space(rate=(0.5, 2.0)),
        inputs=(),
        coarse_tolerance=1e-3,
        evaluations=2000,
    )  # y = 1 / (1 − rate · t), which ends at t = 1 / rate
    time = np.tile(np.linspace(0.0, 1.0, 11), (3, 1))
    found = blowing_up.coarse({"rate": np.array([0.5, 2.0, 0.8])}, {}, time, time)
    assert [bool(reason) for reason in found["reason"]] == [False, True, False]
    assert np.isnan(found["y"][1]).all()
    for i, rate in ((0, 0.5), (2, 0.8)):
        assert found["y"][i] == pytest.approx(1.0 / (1.0 - rate * time[i]), rel=0.05)
