"""Designs of systems whose best designs are known: by the solver, by bands, and in files."""

import csv
import dataclasses

import numpy as np
import pytest
from dynsur.core import DynsurError, ODESystem, Parameter, ParameterSpace, Variable, triangle
from dynsur.core.design import Candidates, agrees, design, headline, read_goals, write_front
from dynsur.core.design.front import spread
from dynsur.core.response import SimulatedResponder, open_responder

RESISTOR = ODESystem(
    name="resistor",
    description="a resistor of two conductances, one of which rectifies",
    space=ParameterSpace(
        (
            Parameter("one", 1.0, 3.0, "S"),
            Parameter("two", 0.1, 1.0, "S"),
            Parameter("idle", 1.0, 1.0, "1"),
        )
    ),
    inputs=(Variable("voltage", "V"),),
    outputs=(Variable("current", "A"),),
    rhs=lambda t, y, u, p: (0.0 * y[0],),
    drive=lambda p: triangle(1.0, 1.0),
    start=lambda p: (0.0,),
    observe=lambda y, u, p: (np.where(u > 0, p["one"], p["two"]) * u,),
    points=61,
)
SMALL = {"population": 24, "generations": 20}


@dataclasses.dataclass(frozen=True)
class Optimist(SimulatedResponder):
    """Predicts currents a tenth too large, with a band that is half as wide."""

    surrogate = "stands for a model"

    def respond(self, parameters, waveform=None, *, banded=True):
        found = self.simulate(parameters, waveform)
        outputs = {n: 1.1 * y for n, y in found.outputs.items()}
        half = {n: 0.05 * np.abs(y) for n, y in found.outputs.items()}
        return dataclasses.replace(
            found,
            outputs=outputs,
            low={n: y - half[n] for n, y in outputs.items()} if banded else {},
            high={n: y + half[n] for n, y in outputs.items()} if banded else {},
            unfamiliar=["far away"] * len(found.reasons),
        )


def designs(responder, robust=False, **goals):
    return Candidates(responder, read_goals(responder, **goals), robust)


@pytest.fixture
def resistor():
    return SimulatedResponder("resistor", RESISTOR)


def test_the_best_rectifier_is_the_one_at_the_corner(resistor):
    front = design(designs(resistor, maximise=["rectification"]), **SMALL)
    assert front["simulated"].values[0, 0] == pytest.approx(30.0, rel=1e-3)  # 3 S over 0.1 S
    assert front["one"].values[0] == pytest.approx(3.0, rel=1e-3)
    assert front["two"].values[0] == pytest.approx(0.1, rel=1e-3)
    np.testing.assert_array_equal(front["predicted"], front["simulated"])


def test_a_front_of_two_ends_at_the_best_of_each_under_its_constraint(resistor):
    """The energy of a cycle is (one + two)/6 J, and the ratio one/two; one + two = 3 at most."""
    front = design(
        designs(resistor, maximise=["rectification"], minimise=["energy"],
                subject_to=["one + two <= 3 and current_peak > 1.5"]),
        population=40, generations=40,
    )  # fmt: skip
    ratio, energy = front["simulated"].values.T
    assert front["met"].all()
    assert front["best"].all()
    np.testing.assert_allclose(ratio.max(), 29.0, rtol=0.03)  # 2.9 S over 0.1 S
    np.testing.assert_allclose(energy.min(), 1.6 / 6, rtol=0.03)
    np.testing.assert_allclose(energy, (front["one"] + front["two"]) / 6, rtol=1e-2)
    assert (np.diff(ratio[np.argsort(energy)]) > 0).all()


def test_both_values_are_shown_and_a_wrong_model_is_told(tmp_path):
    optimist = Optimist("resistor", RESISTOR)
    front = design(designs(optimist, maximise=["current_peak"], subject_to=["peak < 2.2"]), **SMALL)
    np.testing.assert_allclose(front["deviation"], 0.1, rtol=1e-6)
    np.testing.assert_allclose(front["predicted"].values.max(), 2.2, rtol=5e-3)
    np.testing.assert_allclose(front["simulated"].values.max(), 2.0, rtol=5e-3)
    assert not agrees(front)
    assert agrees(front, 0.11)
    assert "differ by up to 10.0%" in headline(front)
    table, picture, page = write_front(front, tmp_path / "out")
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[0]["simulated current_peak (A)"]) == front["simulated"].values[0, 0]
    assert rows[0]["unfamiliar"] == "far away"
    assert picture.stat().st_size > 1000
    text = page.read_text("utf-8")
    assert "The search wanted to maximise current_peak." in text
    assert "lie outside of the model" in text


def test_a_design_that_the_solver_refuses_is_told():
    pessimist = Optimist("resistor", RESISTOR)
    goals = {"minimise": ["energy"], "subject_to": ["current_peak > 3.25"]}
    front = design(designs(pessimist, **goals), **SMALL)  # the true peak is 3 A at most
    assert front["meets"].all()
    assert not front["met"].any()
    assert not agrees(front, 0.5)
    assert "None of the" in headline(front)


def test_a_robust_design_keeps_away_from_its_constraint():
    optimist = Optimist("resistor", RESISTOR)
    goals = {"maximise": ["current_peak"], "subject_to": ["current_peak < 2.2"]}
    front = design(designs(optimist, robust=True, **goals), **SMALL)
    # The upper end of the band, 1.1 + 0.05 times the current, stays below 2.2 A.
    assert front["simulated"].values.max() == pytest.approx(2.2 / 1.15, rel=5e-3)
    np.testing.assert_allclose(front["worst"], 1.05 * front["simulated"], rtol=1e-6)


def test_third_party_systems_and_seeds():
    duffing = open_responder("duffing", {"period": 10, "delta": "0.3:0.5"})
    asked = designs(duffing, maximise=["displacement_area"], minimise=["peak"])
    one, two = (design(asked, population=8, generations=3, points=5, seed=2) for _ in "ab")
    assert one.identical(two)
    assert one.sizes["point"] <= 5
    assert (one["period"] == 10).all()


def test_points_are_spread_over_a_front():
    costs = np.stack([np.r_[np.linspace(0, 0.1, 50), 1.0], np.r_[np.linspace(1, 0.9, 50), 0.0]], 1)
    assert spread(costs, 3).tolist()[0] == 0
    assert 50 in spread(costs, 3)
    assert len(spread(costs, 7)) == 7


@pytest.mark.parametrize(
    ("goals", "said"),
    [
        ({}, "a design needs an objective"),
        ({"maximise": ["peek"]}, "unknown figure of merit of 'duffing' 'peek'"),
        ({"minimise": ["energy"]}, "'energy' does not apply to 'duffing'"),
        ({"maximise": ["peak > 1"]}, "the objective 'peak > 1' is a condition"),
        ({"maximise": ["peak"], "minimise": ["peak"]}, "'peak' is given twice"),
        ({"maximise": ["peak"], "subject_to": ["peak"]}, "'peak' is not a condition"),
        ({"maximise": ["peak"], "subject_to": ["not peak > 1"]}, "turn its comparison around"),
        ({"maximise": ["peak"], "subject_to": ["peak > 1 and"]}, "cannot read the expression"),
        ({"maximise": ["peak"], "subject_to": ["peak > 1e9"]}, "none of 8 designs tried meets"),
    ],
)
def test_what_cannot_be_searched_is_one_line(goals, said):
    duffing = open_responder("duffing", {"period": 10})
    with pytest.raises(DynsurError, match=said) as error:
        design(designs(duffing, **goals), population=4, generations=2)
    assert "\n" not in str(error.value)
    fixed = open_responder("duffing", {p.name: p.value for p in duffing.space})
    with pytest.raises(DynsurError, match="every parameter is fixed"):
        design(designs(fixed, maximise=["peak"]))
