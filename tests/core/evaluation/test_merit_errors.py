"""Errors of figures of merit are those of what was predicted, and bands cover new systems."""

import dataclasses

import numpy as np
import pytest
from dynsur.core.evaluation.merit_errors import judge_merits
from learning import Loops, make_data, make_store


class Oracle:
    """Predicts every curve times a factor of its own, drawn from seed 0."""

    simulator = Loops()

    def __init__(self, store, spread):
        self.answers = store["y"].values
        self.factor = 10 ** (spread * np.random.default_rng(0).normal(size=len(self.answers)))
        self.keys = store["a"].values

    def predict(self, parameters, series, time, duration):
        rows = [int(np.flatnonzero(self.keys == a)[0]) for a in parameters["a"]]
        return {"y": self.answers[rows] * self.factor[rows, None]}


def judged(spread, held_back="validation"):
    store = make_store()
    data = make_data(store)
    data = dataclasses.replace(data, validation=getattr(data, held_back))
    oracle = Oracle(store, spread)
    factor = np.log10(oracle.factor[data.test.sample])
    predicted = {"y": store["y"].values[data.test.sample] * 10 ** factor[:, None]}
    return judge_merits(oracle, data, store, predicted), factor


def test_a_perfect_prediction_has_perfect_merits():
    found, _ = judged(0.0)
    assert found["read"] == 0.2
    for name, row in found["of"].items():
        if row["n"]:
            assert row["error"]["max"] == pytest.approx(0.0, abs=1e-12), name
    assert found["of"]["y_peak"]["n"] == 10
    assert found["of"]["y_energy"]["units"] == "J"


def test_a_factor_is_an_error_of_the_peak_in_decades_and_of_no_ratio():
    found, factor = judged(0.1, held_back="train")
    peak = found["of"]["y_peak"]
    assert peak["error"]["median"] == pytest.approx(np.median(np.abs(factor)))
    assert peak["error"]["max"] == pytest.approx(np.abs(factor).max())
    assert found["of"]["y_on_off_ratio"]["error"]["max"] == pytest.approx(0.0, abs=1e-12)
    band = peak["band"]
    assert band["coverage"] == pytest.approx(np.mean(np.abs(factor) <= band["half_width"]))


def test_what_cannot_be_told_is_none_and_never_a_number():
    found, _ = judged(0.1)
    assert found["of"]["y_peak"]["band"]["half_width"] is None  # of too few to tell
    lacking = {"simulated": 0, "predicted": 0, "both": 10}
    undefined = [row for row in found["of"].values() if row["undefined"] == lacking]
    for row in undefined:
        assert row["error"] == {"median": None, "p95": None, "max": None}
        assert row["band"]["half_width"] is None
    assert "Infinity" not in __import__("json").dumps(found)
