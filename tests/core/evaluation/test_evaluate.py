"""Evaluation uses the test part alone and judges the baselines by the same numbers."""

import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import pytest
from dynsur.core import Scale
from dynsur.core.evaluation.evaluate import evaluate, judge, summarise
from learning import Loops, make_data, make_store


@dataclasses.dataclass
class Oracle:
    """Predicts what it was given, times a factor."""

    calibration = ()

    answer: np.ndarray
    factor: float = 1.0
    simulator = Loops()
    provenance = {"seed": 3}
    encoding = SimpleNamespace(base="none")

    def predict(self, parameters, series, time, duration):
        return {"y": self.factor * self.answer[: len(time)]}


@pytest.fixture(scope="module")
def store():
    return make_store()


def _oracle(store, data, factor=1.0):
    return Oracle(store["y"].values[data.test.sample], factor)


def test_a_perfect_prediction_has_no_error(store):
    data = make_data(store)
    metrics, predictions = evaluate(_oracle(store, data), data, store)
    judged = metrics["model"]["y"]
    assert judged["mse_minmax"] == {"mean": 0.0, "n": 10}
    assert judged["nrmse"] == {"median": 0.0, "p95": 0.0, "max": 0.0, "n": 10}
    assert judged["log_error"]["max"] == 0.0
    assert np.array_equal(predictions["y_predicted"], predictions["y"])


def test_a_prediction_ten_times_too_large_is_one_decade_off(store):
    data = make_data(store)
    judged = evaluate(_oracle(store, data, 10.0), data, store)[0]["model"]["y"]
    assert judged["log_error"]["median"] == pytest.approx(1.0)
    assert judged["peak_error"]["max"] == pytest.approx(9.0)
    assert judged["loop_area_error"]["median"] == pytest.approx(9.0)


def test_baselines_are_the_training_mean_and_the_nearest_training_curve(store):
    data = make_data(store)
    baselines = evaluate(_oracle(store, data), data, store)[0]["baselines"]
    test = store["y"].values[np.ix_(data.test.sample, data.time_index)]
    known = store["y"].values[np.ix_(data.train.sample, data.time_index)]
    distance = ((data.test.parameters[:, None] - data.train.parameters[None]) ** 2).sum(axis=2)
    for name, guess in (
        ("training mean", np.tile(known.mean(axis=0), (10, 1))),
        ("nearest neighbour", known[distance.argmin(axis=1)]),
    ):
        expected = np.sqrt(((guess - test) ** 2).mean(axis=1)) / np.ptp(test, axis=1)
        assert baselines[name]["y"]["nrmse"]["median"] == pytest.approx(np.median(expected))


def test_a_closed_form_estimate_is_judged_beside_the_model(store):
    class Guessing(Loops):
        def estimate(self, parameters, series, time):
            return {"y": 3.0 * store["y"].values[np.ix_(data.test.sample, data.time_index)]}

    data = make_data(store)
    oracle = _oracle(store, data)
    oracle.simulator = Guessing()
    judged = evaluate(oracle, data, store)[0]["baselines"]["closed form"]["y"]
    assert judged["peak_error"]["max"] == pytest.approx(2.0)


def test_the_papers_scale_is_the_training_parts_range(store):
    data = make_data(store)
    metrics, predictions = evaluate(_oracle(store, data, 2.0), data, store)
    span = np.ptp(store["y"].values[data.train.sample])
    expected = ((predictions["y"] / span) ** 2).mean()
    assert metrics["model"]["y"]["mse_minmax"]["mean"] == pytest.approx(float(expected))
    assert predictions["mse_minmax"].mean() == pytest.approx(float(expected))


def test_the_metrics_are_json_and_say_how_they_were_measured(store):
    data = make_data(store)
    metrics, predictions = evaluate(_oracle(store, data), data, store, floor=1e-9)
    metrics = json.loads(json.dumps(metrics, allow_nan=False))
    assert metrics["n"] == 10
    assert metrics["seed"] == 3
    assert metrics["floor"] == 1e-9
    assert metrics["split"] == {"train": 25, "validation": 5, "test": 10, "by": "simulation"}
    assert set(metrics["norm"]) < set(predictions.data_vars)
    assert predictions["sample"].values.tolist() == data.test.sample.tolist()


def test_curves_below_the_floor_are_counted_apart():
    simulated = np.array([[0.0, 1e-16, 0.0], [0.0, 1e-6, 0.0]])
    drive = np.array([[0.0, 1.0, 0.0]] * 2)
    predicted = 2 * simulated
    rows = judge(predicted, simulated, drive, Scale("y"), 1e-15)
    assert np.isnan(rows["nrmse"][0])
    summary = summarise(rows, predicted, simulated, 1e-15)
    assert summary["nrmse"]["n"] == 1
    assert summary["floor_curves"] == {"n": 1, "predicted_below": 1}
    missed = summarise(rows, predicted + 1.0, simulated, 1e-15)
    assert missed["floor_curves"] == {"n": 1, "predicted_below": 0}


def test_loops_that_keep_their_area_to_a_half_are_counted():
    drive = np.array([[0.0, 1.0, 0.0, -1.0, 0.0]] * 3)
    loop = np.array([[0.0, 0.0, 2.0, 0.0, 0.0]] * 3)
    guess = loop * np.array([[1.4], [1.6], [1.0]])
    rows = judge(guess, loop, drive, Scale("y"), 1e-9)
    assert summarise(rows, guess, loop, 1e-9)["loops"] == {"n": 3, "kept": 2}


def test_without_a_drive_there_is_no_loop():
    curve = np.array([[0.0, 0.0, 2.0, 0.0, 0.0]])
    rows = judge(curve, curve, np.zeros_like(curve), Scale("y"), 1e-9)
    assert summarise(rows, curve, curve, 1e-9)["loops"] == {"n": 0, "kept": 0}
