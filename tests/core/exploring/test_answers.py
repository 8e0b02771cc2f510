"""Simulations run in a process of their own; whatever happens there, the page gets an answer."""

import os
from dataclasses import dataclass

import numpy as np
import pytest
import toy_page
from dynsur.core import DynsurError
from dynsur.core.exploring import Drive, State
from dynsur.core.exploring.answers import Answers
from dynsur.core.exploring.drives import usual_fields
from dynsur.core.response import SimulatedResponder

VALUES = toy_page.Layered.space.values({"a": 0.7})


@dataclass(frozen=True)
class Deadly(toy_page.Layered):
    """Ends its process above a = 1 S, and raises an error at a = 1 S."""

    def simulate(self, parameters):
        if parameters["a"] > 1.0:
            os._exit(3)
        if parameters["a"] == 1.0:
            raise DynsurError("a must not be 1 S.")
        return super().simulate(parameters)


@pytest.fixture(scope="module")
def answers():
    found = Answers(SimulatedResponder("deadly", Deadly()))
    yield found
    found.close()


def test_a_system_answers_under_the_pages_drive(answers):
    state = State((VALUES,), Drive("pulses", usual_fields(1.0, 2.0)), "y")
    response = answers.respond(state).result(60)
    assert response.reasons == [""]
    wave = state.drive.waveform()
    np.testing.assert_allclose(response.inputs["u"][0], wave(response.time[0]))


def test_a_simulation_brings_its_inner_state(answers):
    [found] = answers.simulate(State((VALUES,), output="y")).result(60)
    [profile] = found.profiles
    assert profile.label == "density (m⁻³)"
    assert profile.x_label == "position (µm)"
    np.testing.assert_allclose(profile.values, 1.0 + np.outer(profile.times, profile.x))
    expected = toy_page.Layered().simulate(VALUES)["y"].values
    np.testing.assert_allclose(found.response.outputs["y"][0], expected)


def test_a_solver_that_dies_or_refuses_is_told_and_the_next_one_works(answers):
    dies = State(({**VALUES, "a": 2.0},), output="y")
    with pytest.raises(DynsurError, match="ended with exit code 3"):
        answers.simulate(dies).result(60)
    [refused] = answers.simulate(State(({**VALUES, "a": 1.0},), output="y")).result(60)
    assert refused.response.reasons == ["a must not be 1 S."]
    assert refused.profiles == ()
    assert answers.simulate(State((VALUES,), output="y")).result(60)[0].response.worked.all()
