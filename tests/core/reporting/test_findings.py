"""Each shortcoming is said when it is there, and only then."""

import copy

import pytest
from dynsur.core.reporting.findings import Judged, by_advice, findings
from dynsur.core.reporting.words import accuracy, headline, learnt, shown_outputs, speed


def summary(median, p95=None, n=100):
    return {"median": median, "p95": 2.0 * median if p95 is None else p95, "max": 9.0, "n": n}


SETUP = {"model": {"name": "nlss"}}
GOOD = {
    "n": 100,
    "floor": 1e-15,
    "base": "coarse",
    "split": {"train": 200, "validation": 20, "test": 100},
    "model": {
        "y": {
            "nrmse": summary(0.01),
            "peak_error": summary(0.02),
            "loop_area_error": summary(0.03),
            "loops": {"n": 50, "kept": 49},
            "floor_curves": {"n": 0, "predicted_below": 0},
        }
    },
    "baselines": {
        "nearest neighbour": {"y": {"nrmse": summary(0.2)}},
        "coarse solve": {"y": {"nrmse": summary(0.05)}},
    },
    "bands": {"y": {"nominal": 0.9, "all": 0.91, "by_size": {"0": {"covered": 0.91, "n": 100}}}},
    "seconds_per_curve": {
        "surrogate, one curve": 0.001,
        "surrogate, batch of 100": 0.0001,
        "simulation, median": 0.3,
    },
}


def changed(path, value):
    metrics = copy.deepcopy(GOOD)
    *way, last = path
    inner = metrics
    for key in way:
        inner = inner[key]
    inner[last] = value
    return metrics


def test_nothing_is_said_of_a_good_model():
    history = [{"validation": v} for v in (3.0, 1.0, 2.0)]
    assert findings(Judged(GOOD, history=history, counts={"ok": 320, "failed": 3})) == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("baselines", "nearest neighbour", "y"), {"nrmse": summary(0.005)},
         "nearest neighbour is better than the model: their median errors of the y are 0.5 % and"),
        (("baselines", "coarse solve", "y"), {"nrmse": summary(0.01)},
         "coarse solve is as good as the model"),
        (("bands", "y", "all"), 0.76, "90 % bands of the y hold only 76 %"),
        (("bands", "y", "all"), 0.99, "wider than they need to be"),
        (("bands", "y", "by_size"), {"-3": {"covered": 0.5, "n": 50}, "0": {"covered": 1, "n": 50}},
         "values about 10⁻³ of the y only 50 %"),
        (("model", "y", "loops"), {"n": 116, "kept": 87}, "29 of 116 open loops of the y are lost"),
        (("model", "y", "nrmse"), summary(0.15, 0.3), "Half of the curves of the y are off by 15"),
        (("model", "y", "nrmse"), summary(0.01, 0.3), "in twenty is off by 30 %"),
        (("n",), 4, "rest on 4 held-out simulations only"),
        (("seconds_per_curve", "simulation, median"), 1e-4, "the solver is faster"),
    ],
)  # fmt: skip
def test_a_shortcoming_is_said_with_advice(path, value, said):
    found = findings(Judged(changed(path, value)))
    assert any(said in finding.problem for finding in found), found
    assert all(finding.advice.endswith(".") for finding in found)


def test_failures_and_an_unfinished_training_are_said():
    history = [{"validation": 1.0 / epoch} for epoch in range(1, 11)]
    judged = Judged(
        GOOD, history=history, counts={"ok": 288, "failed": 32}, reasons=[("no convergence", 10)]
    )
    problems = " ".join(finding.problem for finding in findings(judged))
    assert "32 of 320 simulations did not finish, most often because of: no convergence" in problems
    assert "epoch 10 of 10 was the best" in problems


def test_simulations_that_no_part_holds_are_said():
    (finding,) = findings(Judged(GOOD, counts={"ok": 336}))
    assert finding.problem.startswith("16 of 336 finished simulations were left out: the coarse")


def test_chance_in_few_curves_is_no_finding():
    assert findings(Judged({**changed(("bands", "y", "all"), 0.84), "n": 40})) == []


def test_the_same_advice_stands_once():
    metrics = copy.deepcopy(GOOD)
    metrics["model"]["y"]["loops"] = {"n": 50, "kept": 0}
    metrics["model"]["z"] = metrics["model"]["y"]
    (finding,) = by_advice(findings(Judged(metrics)))
    assert "loops of the y" in finding.problem
    assert "loops of the z" in finding.problem


def test_of_many_outputs_the_best_the_middle_and_the_worst_are_shown():
    metrics = copy.deepcopy(GOOD)
    for k in range(9):
        metrics["model"][f"y{k}"] = {**metrics["model"]["y"], "nrmse": summary(0.2 + 0.1 * k)}
    judged = Judged(metrics)
    assert shown_outputs(judged) == ["y", "y4", "y7", "y8"]
    first, *paragraphs = accuracy(judged)
    assert "There are 10 outputs. Their median errors lie between 1 % (y) and 100 % (y8)" in first
    assert len(paragraphs) == 4
    wide = [f for f in by_advice(findings(judged)) if "off by" in f.problem]
    assert any(f.problem.endswith("And 6 more like these.") for f in wide)
    assert "learnt the 10 outputs of" in learnt(judged)[0]


def test_the_words_hold_the_numbers():
    judged = Judged(GOOD, names={"y": "displacement"}, description="a spring", setup=SETUP)
    told = " ".join(learnt(judged))
    assert "The network nlss learnt the displacement of this system: a spring." in told
    assert "fitted to 200 simulations" in told
    assert "starts from a coarse solve" in told
    (paragraph,) = accuracy(judged)
    assert "off by 1 % of its span, the median of 100 curves" in paragraph
    assert "Of 50 curves with an open loop, 49 keep it" in paragraph
    assert "predicting is 300 times faster" in speed(judged)
    assert "3,000 times faster" in speed(judged)


def test_the_headline_is_a_line_for_each_output_and_the_gravest_problem():
    metrics = changed(("model", "y", "loops"), {"n": 50, "kept": 4})
    line, but = headline(metrics)
    assert line == (
        "y: off by 1 % of its span (median of 100 held-out curves; 95 % below 2 %), "
        "peak to 2 %, 4 of 50 loops kept."
    )
    assert but.startswith("But: 46 of 50 open loops")


def test_a_model_without_any_curve_above_the_floor_is_told():
    metrics = changed(("model", "y", "nrmse"), {"median": None, "p95": None, "max": None, "n": 0})
    metrics["model"]["y"]["loops"] = {"n": 0, "kept": 0}
    assert "no held-out curve rises above the floor" in headline(metrics)[0]
