"""A system answers for itself, along measured drives too."""

import numpy as np
import pytest
from dynsur.core import DynsurError, Variable, triangle
from dynsur.core.response import SimulatedResponder
from odes import system

LINEAR = system(lambda t, y, u, p: (p["rate"] * (u - y[0]),), start=lambda p: (0.0,))
RATES = {"rate": np.array([0.6, 1.0, 1.9])}


def test_the_response_along_a_given_drive_is_that_of_the_waveform():
    responder = SimulatedResponder("test", LINEAR)
    driven = responder.respond(RATES, triangle(2.0, 3.0))
    along = responder.along(RATES, driven.inputs, driven.time)
    np.testing.assert_allclose(along.outputs["y"], driven.outputs["y"], atol=1e-7)


def test_each_system_has_its_own_drive_and_its_own_clock():
    responder = SimulatedResponder("test", LINEAR)
    time = np.stack([np.linspace(0.0, end, 50) for end in (1.0, 2.0, 2.0)])
    step = np.ones_like(time) * np.array([1.0, 2.0, -1.0])[:, None]
    y = responder.along(RATES, {"u": step}, time).outputs["y"]
    exact = step * (1.0 - np.exp(-RATES["rate"][:, None] * time))
    np.testing.assert_allclose(y, exact, atol=1e-5)  # straight lines between recorded instants


def test_a_recording_may_start_at_any_instant():
    responder = SimulatedResponder("test", LINEAR)
    time, u = np.linspace(0.0, 2.0, 41), np.sin(np.linspace(0.0, 2.0, 41))
    early = responder.along(RATES, {"u": u}, time).outputs["y"]
    late = responder.along(RATES, {"u": u}, time + 5.0).outputs["y"]
    np.testing.assert_allclose(late, early, rtol=1e-9, atol=1e-12)


def test_a_failure_is_said_with_its_reason():
    growing = system(lambda t, y, u, p: (p["rate"] * y[0] ** 2 * 50.0,))
    response = SimulatedResponder("test", growing).respond({"rate": 1.0})
    assert response.reasons[0]
    assert not response.worked.any()
    assert np.isnan(response.outputs["y"]).all()


def test_a_system_without_one_input_has_no_given_drive():
    free = system(lambda t, y, u, p: (-y[0],), inputs=())
    with pytest.raises(DynsurError, match="no input"):
        SimulatedResponder("test", free).along({}, {}, np.linspace(0, 1, 5))


def test_several_inputs_are_followed_along_given_drives():
    two = system(
        lambda t, y, u, p: (p["rate"] * (u[0] * u[1] - y[0]),),
        drive=lambda p: {"u": triangle(1.0, 2.0), "gate": triangle(1.0, 1.0)},
        inputs=(Variable("u", "V"), Variable("gate", "V")),
        start=lambda p: (0.0,),
    )
    responder = SimulatedResponder("test", two)
    waves = {"u": triangle(2.0, 3.0), "gate": triangle(1.0, 1.5)}
    driven = responder.respond(RATES, waves)
    along = responder.along(RATES, driven.inputs, driven.time)
    np.testing.assert_allclose(along.outputs["y"], driven.outputs["y"], atol=1e-4)
    np.testing.assert_array_equal(along.inputs["gate"], driven.inputs["gate"])
