"""A model answers for many systems at once, and one that has no answer concerns only itself."""

import dataclasses

import numpy as np
import pytest
from driven import DEPARTING, Known, untrained
from dynsur.core import rest, triangle
from dynsur.core.response.predicted import PredictedResponder
from dynsur.core.surrogate.applicability import Familiarity
from dynsur.core.surrogate.conformal import Calibration
from dynsur.core.systems.bases import CoarseError
from odes import system

DEVICES = Known.space.sample(4, 0, 5)


@pytest.fixture(scope="module")
def surrogate():
    bands = Calibration("y", 0.9, 0.1, (), (2.0,))
    return dataclasses.replace(untrained(Known(), DEPARTING), calibration=(bands,))


def test_answers_are_those_of_the_surrogate(surrogate):
    response = PredictedResponder("known", surrogate).respond(DEVICES)
    expected = surrogate.respond(DEVICES, banded=True)
    np.testing.assert_array_equal(response.outputs["y"], expected["y"])
    np.testing.assert_array_equal(response.low["y"], expected["y_low"])
    np.testing.assert_array_equal(response.high["y"], expected["y_high"])
    np.testing.assert_array_equal(response.time, expected["time"])
    assert response.worked.all()
    assert len(response) == 5


def test_bands_are_left_out_when_they_are_not_asked_for(surrogate):
    assert not PredictedResponder("known", surrogate).respond(DEVICES, banded=False).low


def test_a_waveform_is_the_same_as_the_drive_along_its_instants(surrogate):
    responder, wave = PredictedResponder("known", surrogate), triangle(1.5, 3.0)
    driven = responder.respond(DEVICES, wave)
    along = responder.along(DEVICES, {"u": driven.inputs["u"][0]}, driven.time[0])
    np.testing.assert_allclose(along.outputs["y"], driven.outputs["y"], rtol=1e-6)


def test_a_failing_coarse_solve_concerns_its_system_only(surrogate, monkeypatch):
    responder = PredictedResponder("known", surrogate)
    whole = responder.respond(DEVICES)
    bad = DEVICES["a"][2]

    def predict_with_bands(self, parameters, series, time, duration=None):
        for failing in np.flatnonzero(parameters["a"] == bad):
            raise CoarseError(int(failing), "it did not converge")
        return original(self, parameters, series, time, duration)

    original = type(surrogate).predict_with_bands
    monkeypatch.setattr(type(surrogate), "predict_with_bands", predict_with_bands)
    response = responder.respond(DEVICES)
    assert response.reasons == ["", "", "it did not converge", "", ""]
    assert np.isnan(response.outputs["y"][2]).all()
    assert np.isnan(response.low["y"][2]).all()
    others = [0, 1, 3, 4]
    np.testing.assert_allclose(response.outputs["y"][others], whole.outputs["y"][others], rtol=1e-6)


def test_what_lies_outside_of_the_training_is_said(surrogate):
    known = Familiarity((("a", 0.5, float(np.sort(DEVICES["a"])[-2])),), (), 0.0, 9.0)
    responder = PredictedResponder("known", dataclasses.replace(surrogate, familiarity=known))
    told = responder.respond(DEVICES).unfamiliar
    assert [bool(text) for text in told] == list(DEVICES["a"] == DEVICES["a"].max())


def test_the_solver_is_asked_by_simulate(surrogate):
    decay = system(lambda t, y, u, p: (-p["rate"] * y[0],), inputs=(), drive=lambda p: rest(1.0))
    asked = PredictedResponder("decay", dataclasses.replace(surrogate, simulator=decay))
    simulated = asked.simulate({"rate": np.array([0.5, 1.5])})
    exact = np.exp(-np.array([[0.5], [1.5]]) * simulated.time)
    np.testing.assert_allclose(simulated.outputs["y"], exact, rtol=1e-6)
